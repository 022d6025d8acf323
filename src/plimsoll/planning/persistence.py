"""Does a date jump from run to run? Only by more than the new interval can resolve.

A new run sees a few more samples, so its quantiles differ a little. The dates of the last run are kept while each of
them lies within a quarter of the new early..late span of its new value (or a fiftieth of the horizon, up to a day, if
that is more). Otherwise all new dates are taken. So a date stays put under noise, and moves at once, in either
direction, when there is news. A date past the horizon of its run is compared as the end of that horizon, because
whether a quantile lies just inside or just past it is no news. The probability of none is kept with the dates, since a
p50 date and a probability above one half exclude each other. Both are of one horizon: nothing is kept where another is
asked for. The end of a horizon moves with time, and twice as fast where it is as long as a growing history.

Of a soft and a hard limit one may be kept and the other not. Every future passes the soft one first or with the other,
so its dates are moved to those of the hard one where they would lie after them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from plimsoll.domain.prediction import Prediction
from plimsoll.domain.time_spans import DAY_MS

_TOLERANCE = 0.25
_OF_HORIZON = 0.02


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of first passage, UTC epoch milliseconds, None past the horizon, and the probability of none."""

    early_ms: int | None
    p50_ms: int | None
    late_ms: int | None
    probability_none: float
    kept_from_ms: int | None = None

    @property
    def parts(self) -> tuple[int | None, int | None, int | None]:
        """Early, p50 and late."""
        return self.early_ms, self.p50_ms, self.late_ms


def steady_dates(new: Dates, last: Prediction | None, as_of_ms: int, horizon_end_ms: int) -> Dates:
    """Keep the dates of the last run where they agree; `last` must be of the same resource and limit."""
    if last is None or last.made_at_ms >= as_of_ms or new.early_ms is None or last.early_ms is None:
        return new
    old = (last.early_ms, last.p50_ms, last.late_ms)
    old_parts = [last.horizon_end_ms if part is None else part for part in old]
    new_parts = [horizon_end_ms if part is None else part for part in new.parts]
    span = new_parts[-1] - new_parts[0]
    tolerance = max(_TOLERANCE * span, min(DAY_MS, _OF_HORIZON * (horizon_end_ms - as_of_ms)))
    if abs(horizon_end_ms - last.horizon_end_ms) > 2 * (as_of_ms - last.made_at_ms) + tolerance:
        return new
    pairs = zip(old_parts, new_parts, strict=True)
    if any(abs(before - now) > tolerance or not as_of_ms <= before <= horizon_end_ms for before, now in pairs):
        return new
    return Dates(*old, last.probability_none, kept_from_ms=last.made_at_ms)


def not_after(soft: Dates, hard: Dates) -> Dates:
    """Move the dates of a soft limit to those of the hard one where they lie after them.

    >>> not_after(Dates(3, 7, None, 0.3), Dates(4, 6, 9, 0.05)).parts
    (3, 6, 9)
    """
    pairs = zip(soft.parts, hard.parts, strict=True)
    early, p50, late = (min((part for part in pair if part is not None), default=None) for pair in pairs)
    return replace(
        soft,
        early_ms=early,
        p50_ms=p50,
        late_ms=late,
        probability_none=min(soft.probability_none, hard.probability_none),
    )
