"""Which parts of a run were steady, and so may count as steps?

A plateau is a stretch in which the number of users stays within 2 % of its median. A ramp of many users stays within
that for a while, too. So where a stretch lies on a line that climbs, its start is dropped until the rest is level, and
all of it where no part is. Where the number of users was not recorded, the request rate takes its place (see
`rate_levels`).

The warm-up of a plateau is cut by MSER-5 (K. P. White, "An effective truncation heuristic for bias reduction in
simulation output", Simulation 69, 1997): over means of five seconds each, the cut, in the first half at most, that
minimizes the squared standard error of the rest. What remains must be long enough.

A test that sets the arrival rate keeps its users ready: while their number stays, the request rate goes up, in stairs
or on a ramp, and latency with it. Then the rate defines the steps. Where latency falls as the rate rises, users wait
for their answers (N = X R), and the test set the number of users.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from plimsoll.capacity.model import Values
from plimsoll.capacity.rate_levels import rate_levels
from plimsoll.capacity.stairs import listed, stairs
from plimsoll.capacity.step_latency import STATISTICS, TOO_FEW_FOR_TAIL, TOO_FEW_IN_WINDOW, step_latency
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.load_test import LoadUnit, Recording, Steps

SHORTEST_S = 10.0
_BATCH = 5
_OTHER_RATE = 1.3  # ratio of two rates: more than the rate varies with the same users
_NOT_FALLEN = 0.9
_CLEARLY = 4.0  # standard errors of the difference of two counts
_STEERED = "users stayed while the request rate changed, and latency did not fall: the load is arrivals a second"
_SAME_USERS_RATIO = 0.02
_STEADY_RATIO = 0.005
_STRAIGHT = 0.9  # correlation from which a stretch that climbs is a ramp
_LEVEL = 4.0  # times less steep than together with the ramp before it


@dataclass(frozen=True)
class Plateau:
    """Seconds `start` to `end` (indices into the recording, end not included); `warm_up` seconds were cut before."""

    start: int
    end: int
    warm_up: int


def cut_steps(recording: Recording) -> Steps:
    """Cut a recording into steady steps.

    Raises InputError for a ramp without plateaus, NothingToAnswer where there was no request or every one failed.
    """
    if not np.sum(recording.requests):
        raise NothingToAnswer(f"{recording.source}: no request was made; test next in stairs of 60 s each")
    if np.sum(recording.failures) >= np.sum(recording.requests):
        raise NothingToAnswer(
            f"{recording.source}: every request failed, so there is nothing to learn about capacity; fix what fails, "
            "then test next in stairs that begin with one user, 60 s each"
        )
    has_users = bool(np.any(recording.users > 0))
    plateaus = find_plateaus(recording, has_users)
    if has_users and _arrivals_were_steered(recording, plateaus):
        recording = replace(recording, notes=(*recording.notes, _STEERED))
        has_users, plateaus = False, find_plateaus(recording, has_users=False)
    if not plateaus:
        raise InputError(no_plateau(recording, has_users))
    unit = LoadUnit.USERS if has_users else LoadUnit.ARRIVALS_PER_S
    rows = sorted((_row(recording, plateau, has_users) for plateau in plateaus), key=lambda row: row["load"])
    return _steps(rows, unit, recording, plateaus)


def find_plateaus(recording: Recording, has_users: bool) -> list[Plateau]:
    """Find stretches of steady load that are long enough after the warm-up is cut."""
    stretches = _of_users(recording.users) if has_users else rate_levels(recording.requests)
    plateaus = []
    for start, end in stretches:
        if end - start >= SHORTEST_S:
            warm_up = _warm_up(_served(recording)[start:end])
            if end - start - warm_up >= SHORTEST_S:
                plateaus.append(Plateau(start + warm_up, end, warm_up))
    return plateaus


def _arrivals_were_steered(recording: Recording, by_users: Sequence[Plateau]) -> bool:
    """Whether the request rate changed while users stayed, or were as many again, and latency did not fall with it."""
    if recording.latency_sum_s is None:
        return False
    by_rate = [(plateau.start, plateau.end) for plateau in find_plateaus(recording, has_users=False)]
    spans = [(plateau.start - plateau.warm_up, plateau.end) for plateau in by_users]
    for start, end in spans:
        users = float(np.median(recording.users[start:end]))
        alike = [span for span in spans if _same_users(recording.users[slice(*span)], users)]
        levels = [level for level in by_rate if any(span[0] <= level[0] and level[1] <= span[1] for span in alike)]
        third = (end - start) // 3  # of a ramp; the first third is left to start-up
        late = [(start + third, start + 2 * third), (end - third, end)]
        if _rose(recording, levels) or (_clearly_differ(recording, late) and _rose(recording, late)):
            return True
    return False


def _rose(recording: Recording, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a different rate came with a latency at least about as long."""
    points = sorted(_rate_and_latency(recording, *span) for span in spans if np.any(recording.requests[slice(*span)]))
    return bool(points) and points[-1][0] > _OTHER_RATE * points[0][0] and points[-1][1] > _NOT_FALLEN * points[0][1]


def _clearly_differ(recording: Recording, spans: Sequence[tuple[int, int]]) -> bool:
    first, second = (float(recording.requests[slice(*span)].sum()) for span in spans)
    return abs(first - second) > _CLEARLY * float(np.sqrt(first + second))


def _rate_and_latency(recording: Recording, start: int, end: int) -> tuple[float, float]:
    requests = float(recording.requests[start:end].sum())
    seconds = 0.0 if recording.latency_sum_s is None else float(recording.latency_sum_s[start:end].sum())
    return requests / (end - start), seconds / requests


def _of_users(users: Values) -> list[tuple[int, int]]:
    level = (_level_part(users, start, end) for start, end in _stretches(users) if users[start] > 0)
    return [span for span in level if span is not None]


def _stretches(users: Values) -> Iterator[tuple[int, int]]:
    """Yield stretches (start, end not included) of users (n,) that stay within 2 % of their median."""
    start = 0
    for end in range(1, users.size + 1):
        if end < users.size and (users[end] == users[end - 1] or _same_users(users[start:end], float(users[end]))):
            continue
        yield start, end
        start = end


def _same_users(stretch: Values, value: float) -> bool:
    middle = float(np.median(stretch))
    return abs(value - middle) <= max(0.5, _SAME_USERS_RATIO * middle)


def _level_part(users: Values, start: int, end: int) -> tuple[int, int] | None:
    """Drop the ramp at the start of a stretch; None where the whole stretch is a ramp."""
    climb, spread = _climb(users[start:end])
    if climb <= max(1.0, _STEADY_RATIO * float(np.median(users[start:end]))) or climb < _STRAIGHT * spread:
        return start, end
    steep = climb / (end - start) / _LEVEL
    later = range(start + 1, end - int(SHORTEST_S) + 1)
    return next(((cut, end) for cut in later if _climb(users[cut:end])[0] < steep * (end - cut)), None)


def _climb(values: Values) -> tuple[float, float]:
    """Return how far a line through values (n,) climbs or falls, and how far a line with all of their scatter would."""
    place = np.arange(values.size) - (values.size - 1) / 2
    squares, away = max(float(place @ place), 0.5), values - np.mean(values)
    return abs(float(place @ away)) / squares * values.size, float(np.sqrt(away @ away / squares)) * values.size


def _served(recording: Recording) -> Values:
    return np.asarray(recording.requests - np.nan_to_num(recording.failures))


def _warm_up(rate: Values) -> int:
    """Count the seconds to cut from the start of a plateau, by MSER-5."""
    batches = rate[: rate.size // _BATCH * _BATCH].reshape(-1, _BATCH).mean(axis=1)
    errors = [float(np.var(batches[cut:])) / (batches.size - cut) for cut in range(batches.size // 2)]
    return _BATCH * int(np.argmin(errors)) if errors else 0


def _row(recording: Recording, plateau: Plateau, has_users: bool) -> dict[str, float]:
    span = slice(plateau.start, plateau.end)
    seconds = plateau.end - plateau.start
    requests, failures = float(recording.requests[span].sum()), float(recording.failures[span].sum())
    row = {
        "load": float(np.median(recording.users[span])) if has_users else requests / seconds,
        "throughput": float(_served(recording)[span].sum()) / seconds,
        "error_ratio": failures / requests if requests else np.nan,
        "duration_s": float(seconds),
        "requests": requests,
    }
    for name, (value, error) in step_latency(recording, span).items():
        row[name], row[_error_of(name)] = value, error
    return row


def _error_of(name: str) -> str:
    return f"standard error of {name}"


def _steps(rows: list[dict[str, float]], unit: LoadUnit, recording: Recording, plateaus: Sequence[Plateau]) -> Steps:
    columns = {name: np.array([row.get(name, np.nan) for row in rows]) for name in rows[0]}
    latency = {
        name: columns[name] for name in ("mean", *STATISTICS) if name in columns and np.any(np.isfinite(columns[name]))
    }
    return Steps(
        load=columns["load"],
        load_unit=unit,
        throughput=columns["throughput"],
        latency_s=latency,
        error_ratio=None if np.all(np.isnan(columns["error_ratio"])) else columns["error_ratio"],
        duration_s=columns["duration_s"],
        source=recording.source,
        notes=(*recording.notes, *_notes(recording, plateaus, columns)),
        absent={**recording.absent, **_absent(recording, columns)},
        standard_errors={name: columns[_error_of(name)] for name in latency if _error_of(name) in columns},
    )


def _notes(recording: Recording, plateaus: Sequence[Plateau], columns: dict[str, Values]) -> list[str]:
    kept = sum(plateau.end - plateau.start for plateau in plateaus)
    warm_up = sum(plateau.warm_up for plateau in plateaus)
    ramps = recording.times_s.size - kept - warm_up
    summary = f"{len(plateaus)} steady steps of {recording.times_s.size} s: {kept} s kept"
    left_out = f"{warm_up} s of warm-up dropped (MSER-5), {ramps} s of ramps and short stretches left out"
    served = "all requests, failed or not" if np.all(np.isnan(recording.failures)) else "requests that succeeded"
    notes = [f"{summary}, {left_out}", f"throughput counts {served}; latency is of all requests"]
    thin = [name for name in STATISTICS if name in columns and np.any(np.isnan(columns[name]))]
    if recording.latency_counts is not None and thin:
        notes.append(f"{', '.join(thin)} is left out where fewer than {TOO_FEW_FOR_TAIL} requests lie beyond it")
    if recording.latency_quantiles_s:
        notes.extend(_window_notes(recording.quantile_window_s, thin))
    return notes


def _window_notes(window_s: int, thin: Sequence[str]) -> list[str]:
    combined = f"quantiles of a step combine those of the file, each over the last {window_s} s"
    notes = [f"{combined}; those that reach back past the start of their step are left out"]
    if thin:
        few = f"fewer than {TOO_FEW_IN_WINDOW} requests of a window lie beyond it"
        notes.append(f"{', '.join(thin)} is left out where a step keeps {window_s} s or less, or {few}")
    return notes


def _absent(recording: Recording, columns: dict[str, Values]) -> dict[str, str]:
    """Say, for each quantile that no step has, what steps it would need."""
    missing = [name for name in recording.latency_quantiles_s if np.all(np.isnan(columns.get(name, np.nan)))]
    needed_s = recording.quantile_window_s + 2 * SHORTEST_S
    why = (
        f"the file's quantiles are over the last {recording.quantile_window_s} s, and no steady step holds such a span "
        f"with {TOO_FEW_IN_WINDOW} requests beyond the quantile; test with steps of {needed_s:g} s or more"
    )
    return dict.fromkeys(missing, why)


def no_plateau(recording: Recording, has_users: bool) -> str:
    """Say that nothing was steady, and what to test instead."""
    level = recording.users if has_users else recording.requests
    what = "users" if has_users else "requests/s"
    low, high = float(np.nanmin(level)), float(np.nanmax(level))
    loads = listed(stairs(high / 6, high, 6, whole=has_users))
    return (
        f"{recording.source}: a ramp without plateaus: {low:g} to {high:g} {what} in {recording.times_s.size} s and no "
        f"{SHORTEST_S:g} s at one level; test in stairs, for example {loads} {what} for 60 s each"
    )
