"""On which grid is the future of a series simulated?

A runway looks months ahead, and a series may have a sample every minute. So the future is simulated in periods: a day
with three weeks of history, else an hour with a day of it, else a few of the series' own steps. The mean of a period is
its level. How the samples of a period lie around its level, its shape, is kept whole for each past period, and drawn
again with the future levels. So a daily peak passes a limit at the hour when it does, and no detail is simulated that
the past does not show.

Periods are counted back from the last sample, so that the last one is as complete as the others. A period with less
than a quarter of its samples is a gap and stays one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import Event, without_events
from plimsoll.domain.series import MetricKind, Times, Values
from plimsoll.domain.time_spans import DAY_MS, HOUR_MS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_WEEK = 7
_SEASONS = {
    DAY_MS: ((_WEEK, 0.3), *((days, 0.6) for days in range(2, 7))),
    HOUR_MS: ((24, 0.3),),
}  # by period: lengths, and the share of the detrended variance that each must explain
_WEEKS_FOR_DAYS = 3
_FEWEST_SEASONS = 4
_FEWEST_OF_A_PLACE = 3
_FEWEST_DAYS = 14
_QUARTER, _WHOLE = 0.25, 0.9  # of a period
_MOST_PERIODS = 200
_MOST_SLOTS = 1440
_BUSY = 0.5  # of the largest usual spread of a place
_STEADY = 0.02  # a coefficient of variation up to which something counts as constant


@dataclass(frozen=True)
class Grid:
    """A history in periods, the last of which ends at `end_ms`.

    `levels` (n,) are means without the season, NaN for gaps. `season` (m,) is what a period's place in the season adds
    (or multiplies by, where `relative`). `shapes` (n, k) is how samples differ from their period's level (as a share of
    it where `relative`), NaN where there is none. `is_total` says that the levels are a counter's, which only rise.
    """

    end_ms: int
    period_ms: int
    levels: Floats
    season: Floats
    shapes: Floats
    relative: bool
    is_total: bool = False

    @property
    def samples(self) -> Floats:
        """The samples of each period (n, k), NaN where there is none."""
        places = self.season[np.arange(self.levels.size) % self.season.size]
        if self.relative:
            return np.asarray((self.levels * places)[:, None] * (1 + self.shapes))
        return (self.levels + places)[:, None] + self.shapes

    def seasoned(self, paths: Floats) -> Floats:
        """Add the season to future levels, shape (paths, horizon)."""
        return paths * self._season_ahead(paths) if self.relative else paths + self._season_ahead(paths)

    def unseasoned(self, paths: Floats) -> Floats:
        """Remove the season from future levels, shape (paths, horizon)."""
        return paths / self._season_ahead(paths) if self.relative else paths - self._season_ahead(paths)

    def _season_ahead(self, paths: Floats) -> Floats:
        return self.season[(self.levels.size + np.arange(paths.shape[1])) % self.season.size]


def period_for(span_ms: int, step_ms: int) -> int:
    """Choose a period: a day for three weeks of history or more, an hour for a day or more, else a few steps.

    A history of under a day has at most `_MOST_PERIODS` periods.
    """
    if span_ms >= _WEEKS_FOR_DAYS * _WEEK * DAY_MS:
        return max(DAY_MS, step_ms)
    if span_ms >= DAY_MS:
        return max(HOUR_MS, step_ms)
    return step_ms * max(1, -(-span_ms // (step_ms * _MOST_PERIODS)))


def grid_of(times_ms: Times, values: Values, step_ms: int) -> Grid:
    """Arrange finite samples (n,), sorted, at least one, in periods."""
    period_ms = period_for(int(times_ms[-1] - times_ms[0]) + step_ms, step_ms)
    samples = _in_periods(times_ms, values, period_ms, step_ms)
    return _grid_of(samples, np.ones(samples.shape[1], dtype=np.bool_), int(times_ms[-1]), period_ms)


def with_levels_of(grid: Grid, slots: Flags) -> Grid:
    """Take the levels of all periods from those of their samples that lie in `slots` (k,)."""
    return replace(_grid_of(grid.samples, slots, grid.end_ms, grid.period_ms), is_total=grid.is_total)


def _grid_of(samples: Floats, slots: Flags, end_ms: int, period_ms: int) -> Grid:
    levels, relative = _levels(samples[:, slots], _WEEK if period_ms == DAY_MS else 1)
    shapes = samples / levels[:, None] - 1 if relative else samples - levels[:, None]
    season = _season(levels, period_ms, relative)
    places = season[np.arange(levels.size) % season.size]
    return Grid(end_ms, period_ms, levels / places if relative else levels - places, season, shapes, relative)


def plain_grid(times_ms: Times, values: Values, step_ms: int, period_ms: int) -> Grid:
    """Arrange samples in periods of that length, without a season; shapes are added to levels."""
    samples = _in_periods(times_ms, values, period_ms, step_ms)
    levels = row_means(samples)
    return Grid(int(times_ms[-1]), period_ms, levels, np.zeros(1), samples - levels[:, None], relative=False)


def _in_periods(times_ms: Times, values: Values, period_ms: int, step_ms: int) -> Floats:
    slots = min(max(1, period_ms // step_ms), _MOST_SLOTS)
    samples = _by_slot(times_ms, values, period_ms, slots)
    samples[np.isfinite(samples).sum(axis=1) < _QUARTER * slots] = np.nan
    return samples


def in_slots(times_ms: Times, values: Values, period_ms: int, most: int, step_ms: int) -> tuple[Floats, int]:
    """Arrange samples in slots counted back from the last one, NaN for gaps; return them and the slots a period.

    A period has at most `most` slots.
    """
    slots = min(max(1, period_ms // step_ms), most)
    return _by_slot(times_ms, values, period_ms, slots).ravel(), slots


def unrolled(values: Values, kind: MetricKind) -> Values:
    """Undo the resets of a counter, so that the last value stays; other kinds are returned as they are.

    >>> unrolled(np.array([5.0, 9.0, 2.0, 4.0]), MetricKind.COUNTER)
    array([-4.,  0.,  2.,  4.])
    """
    if kind is not MetricKind.COUNTER or values.size < 2:
        return values
    steps = np.diff(values)
    steps = np.where(steps < 0, values[1:], steps)
    total = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(total + (values[-1] - total[-1]), dtype=np.float64)


def without_events_on_gains(times_ms: Times, totals: Values, step_ms: int, events: Sequence[Event]) -> Values:
    """Remove the effect of events from the gains of an unrolled counter, each made in the middle of its step.

    The last reading stays. What would have been gained where an event left nothing is unknown: those readings become
    NaN, and the earlier ones lie as far below as if the mean had been gained.

    >>> without_events_on_gains(np.array([0, 10, 20]), np.array([5.0, 9.0, 19.0]), 10, [Event("x", 10, factor=2.0)])
    array([10., 14., 19.])
    """
    if not events or totals.size < 2:
        return totals
    gains = without_events(times_ms[1:] - step_ms // 2, np.diff(totals), events)
    unknown = np.isnan(gains)
    gains[unknown] = gains[~unknown].mean() if not unknown.all() else 0.0
    usual = totals[-1] - np.concatenate([np.cumsum(gains[::-1])[::-1], [0.0]])
    usual[1:-1][unknown[:-1]] = np.nan
    return np.asarray(usual, dtype=np.float64)


def _by_slot(times_ms: Times, values: Values, period_ms: int, slots: int) -> Floats:
    """Arrange samples by period and slot, (n, slots), counted back from the last; the mean of several in a slot."""
    back = times_ms[-1] - times_ms
    count = int(back[0] // period_ms) + 1
    rows = count - 1 - back // period_ms
    columns = slots - 1 - (back % period_ms) * slots // period_ms
    where = rows * slots + columns
    hits = np.bincount(where, minlength=count * slots)
    sums = np.bincount(where, weights=values, minlength=count * slots)
    return np.where(hits > 0, sums / np.maximum(hits, 1), np.nan).reshape(count, slots)


def row_means(samples: Floats) -> Floats:
    """Return the mean of what is known in each row of (n, k), NaN where nothing is."""
    known = np.isfinite(samples)
    counts = known.sum(axis=1)
    sums = np.where(known, samples, 0.0).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _levels(samples: Floats, length: int) -> tuple[Floats, bool]:
    """Return the level of each period, and whether its shape grows with it, judged by every `length`-th alone."""
    means = row_means(samples)
    whole = np.isfinite(samples).mean(axis=1) >= _WHOLE
    usable = whole if whole.sum() >= _FEWEST_DAYS else np.isfinite(means)
    if _grows_with_level(samples[usable], means[usable], np.flatnonzero(usable) % length):
        levels = _as_if_whole(samples, means, whole, relative=True)
        if (levels[np.isfinite(levels)] > 0.0).all():
            return levels, True
    return _as_if_whole(samples, means, whole, relative=False), False


def _as_if_whole(samples: Floats, levels: Floats, whole: Flags, relative: bool) -> Floats:
    """Estimate the levels of partly known periods as if the rest had the usual shape: a morning is no whole day.

    Where shapes are ratios, and the known part is usually almost zero (a night), the level is unknown.
    """
    known = np.isfinite(samples)
    part = np.flatnonzero(~known.all(axis=1) & np.isfinite(levels))
    if not part.size or whole.sum() < _FEWEST_OF_A_PLACE:
        return levels
    rows = samples[whole] / levels[whole, None] if relative else samples[whole] - levels[whole, None]
    usual = np.nan_to_num(row_means(rows.T), nan=1.0 if relative else 0.0)
    found = levels.copy()
    of_known = np.where(known[part], usual, 0.0).sum(axis=1) / known[part].sum(axis=1)
    if relative:
        found[part] = levels[part] / np.where(of_known >= _QUARTER, of_known, np.nan)
    else:
        found[part] = levels[part] - of_known
    return found


def _grows_with_level(samples: Floats, levels: Floats, places: NDArray[np.intp]) -> bool:
    """Whether the spread of periods grows as their level does; `places` (n,) says which of them are compared.

    Weekdays may lie higher and spread more than weekends while the spread of neither grows. That of a quiet place is
    noise, and not compared.
    """
    known = np.isfinite(levels)
    if samples.shape[1] < 2 or known.sum() < _FEWEST_DAYS or (levels[known] <= 0).any():
        return False
    spread = np.nanmax(samples[known], axis=1) - np.nanmin(samples[known], axis=1)
    usual_spread, usual_level = (_usual_at_places(part, places[known]) for part in (spread, levels[known]))
    busy = (usual_spread > 0.0) & (usual_spread >= _BUSY * usual_spread.max())
    if not busy.any():
        return False
    spread, level = spread[busy] / usual_spread[busy], levels[known][busy] / usual_level[busy]
    if _variation(spread) <= _STEADY or _variation(level) <= _STEADY:
        return False
    if _variation(spread / level) >= _variation(spread):  # levels near zero make the ratio vary
        return False
    spread_rank, level_rank = (np.argsort(np.argsort(part)) for part in (spread, level))
    return bool(np.corrcoef(spread_rank, level_rank)[0, 1] > 0.5)


def _usual_at_places(values: Floats, places: NDArray[np.intp]) -> Floats:
    """Return the median of the values (n,) at the place of each; that of all where some place has too few."""
    counts = np.bincount(places)
    if counts[counts > 0].min() < _FEWEST_OF_A_PLACE:
        return np.full(values.size, np.median(values))
    usual = [np.median(values[places == place]) if count else np.nan for place, count in enumerate(counts)]
    return np.array(usual, dtype=np.float64)[places]


def _variation(values: Floats) -> float:
    """Compute the coefficient of variation of positive numbers; 0 where all of them are zero."""
    mean = float(values.mean())
    return float(values.std()) / mean if mean > 0 else 0.0


def _season(levels: Floats, period_ms: int, relative: bool) -> Floats:
    """Estimate the additive (or multiplicative) season of the levels that explains most of the detrended variance.

    Days may have a week, or a job that runs every few days; hours a day.
    """
    values = np.log(levels) if relative else levels
    found = [_season_of(values, length, least) for length, least in _SEASONS.get(period_ms, ())]
    strength, means = max(found, key=lambda one: one[0], default=(0.0, np.zeros(1)))
    if strength <= 0.0:
        means = np.zeros(1)
    return np.exp(means) if relative else means


def _season_of(values: Floats, length: int, least: float) -> tuple[float, Floats]:
    """Return the share of variance that a season explains, adjusted for its places, and its means; 0 below `least`."""
    none = 0.0, np.zeros(1)
    known = int(np.isfinite(values).sum())
    if known < _FEWEST_SEASONS * length:
        return none
    residuals = values - _moving_mean(values, length)
    places = np.arange(values.size) % length
    means = np.array([_middle(residuals[places == place]) for place in range(length)])
    if not np.isfinite(means).all():
        return none
    means -= means.mean()
    unexplained, total = np.nanvar(residuals - means[places]), np.nanvar(residuals)
    tiny = (1e-9 * float(np.nanmax(np.abs(values)))) ** 2
    if total <= tiny or 1 - unexplained / total < least:
        return none
    return 1 - unexplained / total * known / (known - length), means


def _moving_mean(values: Floats, length: int) -> Floats:
    known = np.isfinite(values)
    kernel = np.ones(length)
    if length % 2 == 0:
        kernel = np.concatenate([[0.5], np.ones(length - 1), [0.5]])
    sums = np.convolve(np.where(known, values, 0.0), kernel, mode="same")
    counts = np.convolve(known.astype(np.float64), kernel, mode="same")
    centered = np.where(counts >= length * 0.75, sums / np.maximum(counts, 1e-9), np.nan)
    half = length // 2
    centered[:half] = centered[-half:] = np.nan
    return np.asarray(centered, dtype=np.float64)


def _middle(values: Floats) -> float:
    """Return the median deviation at one place in the season, so that one odd period makes no season."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size >= _FEWEST_OF_A_PLACE else float("nan")
