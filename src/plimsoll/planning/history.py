"""Is there enough history to say anything about the future, and which part of it counts?

A horizon of 90 days needs 28 days of history (four weeks show the week and a month's growth). A shorter horizon needs a
third of itself, at least two days and 14 samples. With less, the answer is when there will be enough, unless the limit
is near: if a passage is more likely than not within a time as long as the history, it is reported at once, with a poor
grade.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import Annotations
from plimsoll.domain.quantity import PAST_MEASURE, format_duration
from plimsoll.domain.series import Times, Values, as_datetime, once_a_step
from plimsoll.domain.time_spans import DAY_S, HOUR_MS

Flags = NDArray[np.bool_]

NOTHING_KNOWN = Annotations()
_ENOUGH_S = 28 * DAY_S
_LEAST_S = 2 * DAY_S
_LEAST_SAMPLES = 14
FEWEST_SAMPLES = 8
_HORIZONS = 4


@dataclass(frozen=True)
class History:
    """The finite samples that count, sorted, (n,) each; what was left out and why; and how long the history must be."""

    times_ms: Times
    values: Values
    step_ms: int
    left_out: tuple[str, ...]
    needed_s: float

    @property
    def span_s(self) -> float:
        """The length of the history, including the last sample's own step."""
        return float(self.times_ms[-1] - self.times_ms[0] + self.step_ms) / 1000.0

    @property
    def enough(self) -> bool:
        """Whether a full horizon can be answered."""
        return self.span_s >= self.needed_s * 0.99

    @property
    def some(self) -> bool:
        """Whether the near future can be tried."""
        return self.times_ms.size >= FEWEST_SAMPLES

    @property
    def ready_at_ms(self) -> int:
        """The time at which there will be enough history."""
        return int(self.times_ms[0]) + round(self.needed_s * 1000)

    def shortfall(self) -> str:
        """Say how much history there is, how much is needed and from when it suffices."""
        if self.times_ms.size < 2:
            need = format_duration(self.needed_s)
            return f"no history, needs {need}, ready on {as_datetime(self.ready_at_ms):%Y-%m-%d}"
        if self.needed_s >= 3 * DAY_S and self.span_s >= DAY_S:
            have, need = f"{_days(self.span_s)} d", _days(self.needed_s)
        else:
            have, need = format_duration(self.span_s), format_duration(self.needed_s)
        return f"{have} of history, needs {need}, ready on {as_datetime(self.ready_at_ms):%Y-%m-%d}"


def history_of(
    times_ms: Times, values: Values, as_of_ms: int, horizon_s: float, annotations: Annotations = NOTHING_KNOWN
) -> History:
    """Keep the samples that count up to `as_of_ms`, the newest however old it is; the resulting arrays may be empty.

    A change point after that time has no effect yet.
    """
    left_out: list[str] = []
    keep = times_ms <= as_of_ms
    _note(left_out, keep, "samples after the as-of time")
    finite = np.isfinite(values) & (np.abs(values) <= PAST_MEASURE)
    _note(left_out, finite | ~keep, f"samples that are not numbers, or beyond {PAST_MEASURE:g}")
    keep &= finite
    for change in (one for one in annotations.changepoints if one.at_ms <= as_of_ms):
        keep = _without(left_out, keep, times_ms < change.at_ms, f"before {change.reason or 'a change point'}")
    for reason, inside in _ignored(times_ms, annotations).items():
        keep = _without(left_out, keep, inside, f"in {reason or 'an ignored window'}")
    reach_ms = max(max(_HORIZONS * horizon_s, 2 * _ENOUGH_S) * 1000, 2 * _LEAST_SAMPLES * _step(times_ms[keep]))
    old = times_ms < as_of_ms - reach_ms
    old[np.flatnonzero(keep)[-1:]] = False
    keep = _without(left_out, keep, old, f"older than {format_duration(reach_ms / 1000)}")
    times_ms, values = times_ms[keep], values[keep]
    step_ms = _step(times_ms)
    wanted = min(_ENOUGH_S, max(horizon_s / 3, _LEAST_S))
    return History(times_ms, values, step_ms, tuple(left_out), max(wanted, _LEAST_SAMPLES * step_ms / 1000.0))


def with_true_samples(annotations: Annotations) -> Annotations:
    """Drop the windows to ignore whose samples are true but not typical."""
    return replace(annotations, ignore=tuple(one for one in annotations.ignore if not one.is_true))


def sound_values(times_ms: Times, values: Values, annotations: Annotations) -> Values:
    """Set to NaN what a user wants ignored: it counts neither for the present nor for the score of a prediction."""
    inside = _ignored(times_ms, with_true_samples(annotations)).values()
    return np.where(np.any([np.zeros(times_ms.size, dtype=np.bool_), *inside], axis=0), np.nan, values)


def _days(span_s: float) -> str:
    days = span_s / DAY_S
    return f"{days:.0f}" if days >= 1000 else f"{days:.3g}"


def _ignored(times_ms: Times, annotations: Annotations) -> dict[str, Flags]:
    """Return which samples lie in windows to ignore, by reason."""
    inside: dict[str, Flags] = {}
    for one in annotations.ignore:
        within = (times_ms >= one.window.start_ms) & (times_ms < one.window.end_ms)
        inside[one.reason] = inside.get(one.reason, np.zeros(times_ms.size, dtype=np.bool_)) | within
    return inside


def stale_after_ms(step_ms: int) -> int:
    """Return how old a last sample may be: three steps, at least an hour."""
    return max(3 * step_ms, HOUR_MS)


def _step(times_ms: Times) -> int:
    """Return the median distance between samples: gaps are few, and of two sampling rates the commoner one counts."""
    return max(1, int(np.median(np.diff(once_a_step(times_ms))))) if times_ms.size > 1 else 1


def _without(left_out: list[str], keep: Flags, out: Flags, what: str) -> Flags:
    _note(left_out, ~(keep & out), f"samples {what}")
    return np.asarray(keep & ~out, dtype=np.bool_)


def _note(left_out: list[str], kept: Flags, what: str) -> None:
    count = int((~kept).sum())
    if count:
        left_out.append(f"{count} {what}")
