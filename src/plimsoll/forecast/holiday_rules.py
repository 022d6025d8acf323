"""How does a holiday's demand follow from that of usual days? Rules that predict it, each fitted and tested.

With W the usual slots of a holiday's own weekday and S those of the days of rest around it (`day_profiles`), each rule
for a prediction P is fitted to past holidays. A holiday on a day of rest is taken for a usual day.

    rest day P = W + c (S - W)     c by ridge regression, 0..1.5, the penalty a quarter of a holiday without effect
    ratio    P = r W               log r the mean of the holidays' log ratios, shrunk by its error
    by name  P x q_name            log q the mean residual log ratio of holidays of that name, shrunk in the same way

The rule of least error on past holidays, each left out of the fit in turn, is used if it is clearly better than taking
them for usual days: by a tenth, and by `_CLEARLY` standard errors of the mean gain. Otherwise nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.holidays import Holiday, HolidayWay
from plimsoll.domain.series import Values
from plimsoll.forecast.day_profiles import DayProfiles

FEWEST = 3
_MOST_SHARE = 1.5
_RIDGE = 0.25  # holidays without effect, added to the observed ones
_LEAST_GAIN, _CLEARLY = 0.1, 2.0
_FOR_NAMES = 1.05  # names are distinguished where that saves a twentieth of the error
MOST_TIMES = 100.0  # cap on a reported ratio of errors


@dataclass(frozen=True, eq=False)
class ComparedDay:
    """A holiday beside usual days: slots of its weekday, of the day of rest, and its own (NaN where it is ahead)."""

    name: str
    is_rest: bool
    usual: Values
    rest: Values
    own: Values

    @cached_property
    def size(self) -> float:
        """The mean size of the usual day, zero where it is unknown."""
        known = self.usual[np.isfinite(self.usual)]
        return float(np.abs(known).mean()) if known.size else 0.0

    @cached_property
    def projection(self) -> tuple[float, float]:
        """The squared distance from usual day to day of rest, and the inner product of the holiday's move with it."""
        gap, move = (self.rest - self.usual) / self.size, (self.own - self.usual) / self.size
        both = np.isfinite(gap) & np.isfinite(move)
        return float(gap[both] @ gap[both]), float(gap[both] @ move[both])

    @cached_property
    def log(self) -> float:
        """The log ratio to the usual day."""
        return log_ratio(self.own, self.usual)

    def error(self, predicted: Values) -> float:
        """The mean error of a predicted day as a share of the usual day's size."""
        return float(np.nanmean(np.abs(self.own - predicted))) / self.size


@dataclass(frozen=True, slots=True)
class Rule:
    """A fitted rule: its size, and a factor for each name where names are distinguished."""

    way: HolidayWay
    size: float
    names: tuple[tuple[str, float], ...] = ()

    def predict(self, day: ComparedDay) -> Values:
        """Predict the slots of a holiday."""
        return self.plain(day) * dict(self.names).get(day.name, 1.0)

    def plain(self, day: ComparedDay) -> Values:
        """Predict the slots of a holiday regardless of its name; a slot without a day of rest stays usual."""
        if day.is_rest:
            return day.usual
        if self.way is HolidayWay.RATIO:
            return day.usual * self.size
        return day.usual + self.size * np.nan_to_num(day.rest - day.usual)


def compared_day(profiles: DayProfiles, holiday: Holiday, without: frozenset[int]) -> ComparedDay:
    """Compare a day with the usual days around it; `without` are the rows of all holidays."""
    row = profiles.row(holiday.day)
    is_past = 0 <= row < len(profiles.values)
    weekday = profiles.weekday(row)
    return ComparedDay(
        holiday.name,
        weekday == profiles.rest_day,
        profiles.usual(row, weekday, without),
        profiles.usual(row, profiles.rest_day, without),
        profiles.values[row] if is_past else np.full(profiles.values.shape[1], np.nan),
    )


def is_comparable(day: ComparedDay) -> bool:
    """Whether a past holiday and its usual day are known, and the usual day is not zero."""
    both = np.isfinite(day.own) & np.isfinite(day.usual)
    return bool(both.any()) and float(np.abs(day.usual[both]).max()) > 0.0 and day.size > 0.0


Fit = Callable[[Sequence[ComparedDay]], Rule]


def rest_day_rule(days: Sequence[ComparedDay]) -> Rule:
    """Fit the share of the way from the usual day to the day of rest."""
    projections = [day.projection for day in days if not day.is_rest]
    squares = sum(square for square, _ in projections)
    if not squares > 0.0:
        return Rule(HolidayWay.REST_DAY, 0.0)
    share = sum(along for _, along in projections) / (squares * (1.0 + _RIDGE / len(projections)))
    return Rule(HolidayWay.REST_DAY, min(max(share, 0.0), _MOST_SHARE))


def ratio_rule(days: Sequence[ComparedDay]) -> Rule:
    """Fit the ratio to the usual day."""
    return Rule(HolidayWay.RATIO, float(np.exp(shrunk([day.log for day in days if not day.is_rest]))))


def by_name(fit: Fit) -> Fit:
    """Wrap a fit so that it distinguishes names by their residuals."""

    def fitted(days: Sequence[ComparedDay]) -> Rule:
        rule = fit(days)
        left: dict[str, list[float]] = {}
        for day in days:
            left.setdefault(day.name, []).append(log_ratio(day.own, rule.plain(day)))
        return Rule(rule.way, rule.size, tuple((name, float(np.exp(shrunk(logs)))) for name, logs in left.items()))

    return fitted


def shrunk(logs: Sequence[float]) -> float:
    """Compute the mean, shrunk to zero as far as it may be chance: m^3 / (m^2 + s^2 / n); half of a single value."""
    known = np.array([log for log in logs if np.isfinite(log)])
    if known.size < 2:
        return float(known.sum()) / 2
    mean, variance = float(known.mean()), float(known.var(ddof=1)) / known.size
    return mean**3 / (mean**2 + variance) if mean else 0.0


def log_ratio(own: Values, usual: Values) -> float:
    """Compute the log ratio of two days over the slots that both have; NaN where one total is not above zero."""
    both = np.isfinite(own) & np.isfinite(usual)
    first, second = float(own[both].sum()), float(usual[both].sum())
    return float(np.log(first / second)) if first > 0.0 and second > 0.0 else float("nan")


def fits(days: Sequence[ComparedDay], is_positive: bool) -> tuple[tuple[Fit, bool], ...]:
    """List the rules that suit a series, each with whether it distinguishes names; ratios need non-negative values."""
    if not is_positive:
        return ((rest_day_rule, False),)
    plain = ((rest_day_rule, False), (ratio_rule, False))
    names = {day.name for day in days}
    return (*plain, *((by_name(fit), True) for fit, _ in plain)) if 1 < len(names) < len(days) else plain


def errors_left_out(fit: Fit, days: Sequence[ComparedDay]) -> NDArray[np.float64]:
    """Compute the error on each day of the rule fitted to the others."""
    return np.array([day.error(fit([*days[:i], *days[i + 1 :]]).predict(day)) for i, day in enumerate(days)])


def is_clear(plain: NDArray[np.float64], errors: NDArray[np.float64]) -> bool:
    """Whether errors are smaller than the plain ones by more than chance would explain."""
    gains = plain - errors
    spread = float(gains.std(ddof=1)) / float(np.sqrt(gains.size))
    return float(gains.mean()) > max(_LEAST_GAIN * float(plain.mean()), _CLEARLY * spread)


@dataclass(frozen=True, slots=True)
class Found:
    """The rule that the past supports, the error it leaves, and the ratio of the error without it to that."""

    rule: Rule
    by_name: bool
    error: float
    error_ratio: float


def best_rule(days: Sequence[ComparedDay], is_positive: bool) -> Found | None:
    """Choose the rule of least error on days left out; None where none is clearly better than usual days."""
    plain = np.array([day.error(day.usual) for day in days])
    tried = [(errors_left_out(fit, days), fit, names) for fit, names in fits(days, is_positive)]
    errors, fit, names = min(tried, key=lambda one: float(one[0].mean()) * (_FOR_NAMES if one[2] else 1.0))
    if not is_clear(plain, errors):
        return None
    least = max(float(errors.mean()), float(plain.mean()) / MOST_TIMES)
    return Found(fit(days), names, float(errors.mean()), float(plain.mean()) / least)
