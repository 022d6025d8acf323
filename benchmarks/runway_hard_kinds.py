"""Are runways right for what does not grow as a whole day does? Measured where the first passage is known.

    python benchmarks/runway_hard_kinds.py     writes benchmarks/RESULTS/runway_hard_kinds.md

60 days of history, 90 days of horizon, 100 cases a kind. Working hours: use from 8 to 18 on weekdays rises along a
line by 0.15 to 0.6 points a day from 45 %, with noise of 3 %; nights and weekends stay at 8 %, or rise in proportion.
Idle is the rest, with a limit from below; days are the highest hour of each. Counts: whole numbers that rise one by one
every 12 to 50 days, at even distances or by chance; and a Poisson count of some thousands an hour on a line. Two jobs
clean a disk every 3 to 7 and every 10 to 20 days; nothing grows there, and the limit lies 0.5 to 5 above all that was
seen, where one job frees 8 and the other 12. Other limits lie where the course gets in 10 to 80 days.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from plimsoll.domain.limit import Direction, Limit
from plimsoll.domain.series import Series, SeriesId
from plimsoll.domain.time_spans import DAY_MS, DAY_S
from plimsoll.planning.runway import Resource, Terms, estimate_runway

RESULT = Path(__file__).parent / "RESULTS" / "runway_hard_kinds.md"
HISTORY, HORIZON, CASES = 60, 90, 100
SEEN = HISTORY * 24
HOURS = np.arange((HISTORY + HORIZON) * 24)
DAYS = HOURS / 24
Case = tuple[np.ndarray, float]
"""Hourly samples of history and horizon, and the limit."""
Kind = Callable[[np.random.Generator], Case]


def _working_hours(rng: np.random.Generator, nights_grow: bool) -> Case:
    hour, pace = HOURS % 24, 0.003 * rng.uniform(0.5, 2)
    working = (hour >= 8) & (hour < 18) & ((HOURS // 24 + 3) % 7 < 5)
    top = 0.45 + pace * DAYS
    night = 0.15 * top if nights_grow else 0.08
    shape = np.where(working, 0.8 + 0.2 * np.sin(np.pi * (hour - 8) / 10), 0.0)
    values = night + (top - night) * shape + np.where(working, 0.03, 0.006) * rng.normal(0, 1, HOURS.size)
    values = np.clip(values, 0, 1)
    return values, min(max(top[SEEN - 1] + pace * rng.uniform(10, 80), values[:SEEN].max() + 0.005), 0.98)


def _idle(case: Case) -> Case:
    return 1 - case[0], 1 - case[1]


def _highest_hours(case: Case) -> Case:
    return case[0].reshape(-1, 24).max(axis=1), case[1]


def _stairs(rng: np.random.Generator, even: bool) -> Case:
    pace = rng.uniform(0.02, 0.08)
    values = (
        np.floor(3 + rng.uniform(0, 1) + pace * DAYS) if even else 3.0 + np.cumsum(rng.poisson(pace / 24, HOURS.size))
    )
    return values, max(np.floor(values[SEEN - 1] + pace * rng.uniform(10, 80)), values[:SEEN].max() + 1)


def _count(rng: np.random.Generator) -> Case:
    pace = rng.uniform(0.002, 0.01)
    values = rng.poisson(2000 * (1 + pace * DAYS)).astype(float)
    return values, max(np.round(2000 * (1 + pace * (HISTORY + rng.uniform(10, 80)))), values[:SEEN].max() + 1)


def _two_jobs(rng: np.random.Generator) -> Case:
    often, seldom = rng.uniform(3, 7), rng.uniform(10, 20)
    values = 50 + 8 * ((DAYS + rng.uniform(0, often)) % often) / often
    values += 12 * ((DAYS + rng.uniform(0, seldom)) % seldom) / seldom + rng.normal(0, 0.3, DAYS.size)
    return values, values[:SEEN].max() + rng.uniform(0.5, 5)


KINDS: dict[str, Kind] = {
    "working hours, nights stay": lambda r: _working_hours(r, nights_grow=False),
    "working hours, nights grow": lambda r: _working_hours(r, nights_grow=True),
    "idle, nights stay": lambda r: _idle(_working_hours(r, nights_grow=False)),
    "idle, nights grow": lambda r: _idle(_working_hours(r, nights_grow=True)),
    "highest working hours of days": lambda r: _highest_hours(_working_hours(r, nights_grow=False)),
    "idle, highest working hours of days": lambda r: _idle(_highest_hours(_working_hours(r, nights_grow=False))),
    "stairs, even": lambda r: _stairs(r, even=True),
    "stairs, by chance": lambda r: _stairs(r, even=False),
    "large count on a line": _count,
    "two jobs clean a disk": _two_jobs,
}


def dated(case: Case, direction: Direction) -> tuple[float, float, float, float, float]:
    """Return early, p50 and late in days after the last sample, the probability of none, and the true passage."""
    values, limit = case
    step_ms = DAY_MS * (HISTORY + HORIZON) // values.size
    seen = HISTORY * DAY_MS // step_ms
    series = Series(SeriesId("case"), step_ms * np.arange(seen, dtype=np.int64), values[:seen])
    end_ms = int(series.times_ms[-1])
    resource = Resource("case", "", series, Limit("case", "", "benchmark", hard=limit, direction=direction))
    row = estimate_runway(resource, Terms(end_ms, horizon_s=HORIZON * DAY_S)).row
    parts = (row.breach.early, row.breach.p50, row.breach.late) if row.breach else (None, None, None)
    early, p50, late = (np.inf if part is None else part.timestamp() / DAY_S - end_ms / DAY_MS for part in parts)
    passing = np.flatnonzero(direction.sign * values[seen:] >= direction.sign * limit)
    true = (passing[0] + 1) * step_ms / DAY_MS if passing.size else np.inf
    assert row.probability_none is not None, row.why
    return early, p50, late, row.probability_none, true


def row_of(name: str, kind: Kind) -> str:
    """Make one row of the table."""
    direction = Direction.LOW_IS_BAD if "idle" in name else Direction.HIGH_IS_BAD
    cases = np.array([dated(kind(np.random.default_rng(seed)), direction) for seed in range(CASES)])
    early, p50, late, none, true = cases.T
    before, after = true < early - 0.5, np.isfinite(late) & (true > late + 0.5)
    right = np.where(np.isfinite(late), 0.9, 1.0) - np.where(np.isfinite(early), 0.1, 1 - none)
    off = (np.minimum(p50, HORIZON) - true)[true < 0.6 * HORIZON]
    days = f"{off.mean():+.1f} | {np.abs(off).mean():.1f}" if off.size else "- | -"
    brier = np.mean((none - np.isinf(true)) ** 2)
    shares = (before.mean(), 1 - before.mean() - after.mean(), right.mean(), after.mean())
    cells = " | ".join(f"{share:.2f}" for share in shares)
    return f"| {name} | {cells} | {days} | {none.mean():.2f} | {np.isinf(true).mean():.2f} | {brier:.3f} |"


def main() -> None:
    lines = [
        "# Runways of what does not grow as a whole day does",
        "",
        "`python benchmarks/runway_hard_kinds.py`",
        "",
        f"{HISTORY} days of history, {HORIZON} days of horizon, {CASES} cases a kind. Nominal: 0.10 before early,",
        "at most 0.10 after late.",
        "",
        "- `if right`: the share between if the futures were the truth; a late date past the horizon cannot be missed.",
        "- `off` and `error`: days by which p50 differs, where the limit was passed in the first 60 % of the horizon.",
        "- `none`: no passage within the horizon, and the Brier score of its probability.",
        "",
        "| kind | before early | early..late | if right | after late | off | error | none told | seen | Brier |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        *(row_of(name, kind) for name, kind in KINDS.items()),
        "",
    ]
    RESULT.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
