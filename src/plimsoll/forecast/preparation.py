"""What can be forecast, and in which form? Every series of a panel gets a state before the kernel sees it.

- fewer than `FEWEST` known samples: no forecast, but the moment from which there could be one
- never moved: the same value again
- too short for its main season, or a handful of samples: a forecast without season, its width from the fleet
- a counter: its increments, with resets removed, to be summed up again; a series that went below zero is no counter
- bounds that leave no room, or a horizon past the end of the calendar: no forecast
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import ForecastState
from plimsoll.domain.panel import LAST_MS, NO_TIME, Panel, Request
from plimsoll.domain.quantity import PAST_MEASURE, counted
from plimsoll.domain.series import MetricKind, Values, falls_of, is_no_counter
from plimsoll.forecast.grid import Grid, on_grid
from plimsoll.forecast.kernel.clean import clear_slope
from plimsoll.forecast.kernel.windows import least_for
from plimsoll.forecast.seasons import Seasons, rescaled, seasons_for
from plimsoll.forecast.steps import Step

FEWEST, FEWEST_FOR_OK = 3, 16
LONGEST_TAIL = 3  # unknown steps at the end without a remark; with more a series is stale elsewhere, too
MOST_UNREAD = 0.8  # of a counter's steps: up to it intervals were found to have their coverage
SMALLEST = 1 / PAST_MEASURE  # below it ratios underflow
NOT_NEGATIVE = frozenset({MetricKind.COUNT, MetricKind.BYTES, MetricKind.RATE, MetricKind.SECONDS, MetricKind.COUNTER})
CEILING = {MetricKind.PERCENT: 100.0, MetricKind.RATIO: 1.0}


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One series ready for the kernel: values on a grid, its seasons, its bounds, its state and the reason.

    `base` is added to the result: the last reading of a counter, else 0. `readings` (n,) are a counter's, whose
    `values` are its gains; NaN where nothing was read.
    """

    values: Values
    end_ms: int
    step: Step
    seasons: Seasons
    lower: float
    upper: float
    base: float
    is_counter: bool
    state: ForecastState
    why: str
    ready_at_ms: int | None = None
    readings: Values | None = None

    @property
    def truths(self) -> Values:
        """The values on which errors are measured, (n,): for a counter, gains at whose end its total was read."""
        if self.readings is None:
            return self.values
        return np.where(np.isnan(self.readings[: self.values.size]), np.nan, self.values)

    @property
    def step_ms(self) -> int:
        """The length of a step; of calendar months, the mean."""
        return self.step.ms

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The kernel's description: main season, long season, year, and whether to sum up."""
        return self.seasons.main, self.seasons.long, self.seasons.year, int(self.is_counter)


def prepare(panel: Panel, index: int, request: Request, regular: bool) -> Prepared:
    """Prepare series `index`; `regular` says that its rows are known to lie on the request's grid already."""
    rows = slice(panel.offsets[index], panel.offsets[index + 1])
    times, values, kind = panel.times_ms[rows], panel.values[rows], panel.kinds[index]
    if not regular and not (times != NO_TIME).any():
        return without_times(request)
    grid = Grid(values, int(times[-1]), Step(request.step_ms)) if regular else on_grid(times, values, request.step_ms)
    seasons = seasons_for(grid.step.ms, rescaled(request.seasons, request.step_ms, grid.step.ms))
    readings = since_first_known(grid.values)
    state, why, ready = state_of(readings, grid, seasons)
    is_counter = kind is MetricKind.COUNTER and state.answered and float(np.nanmin(readings)) >= 0.0
    base = float(readings[~np.isnan(readings)][-1]) if is_counter else 0.0
    lower, upper, remark = bounds_of(readings, kind, *stated_bounds(panel, index, request))
    if state.answered and (hindrance := obstacle(grid, request.horizon, lower, upper)):
        state, why = ForecastState.CANNOT_TELL, hindrance
    never = unseen_phases(readings, seasons.main) if state is ForecastState.OK and not is_counter else ""
    unread = joined(mostly_interpolated(readings), often_reset(readings)) if is_counter else ""
    remarks = (remark, unknown_tail(readings), never, unread, panel.remarks[index] if panel.remarks else "")
    reasons = joined(why, *grid.remarks, *remarks)
    found = Prepared(readings, grid.end_ms, grid.step, seasons, lower, upper, base, is_counter, state, reasons, ready)
    return with_gains(replace(found, readings=readings), increments_of(readings, seasons.main)) if is_counter else found


def with_gains(counter: Prepared, gains: Values) -> Prepared:
    """Give a counter its gains (n,); without a known one there is no forecast."""
    if np.isnan(gains).all():
        why = "no increase of the counter is known"
        return replace(counter, values=gains, state=ForecastState.CANNOT_TELL, why=joined(why, counter.why))
    return replace(counter, values=gains)


def obstacle(grid: Grid, horizon: int, lower: float, upper: float) -> str:
    """Say what rules out a forecast that the samples themselves would allow; empty where nothing does."""
    if not lower < upper:
        return f"its bounds leave no room: lower {lower:g}, upper {upper:g}"
    if grid.step.goes_past(grid.end_ms, horizon, LAST_MS):
        return "the horizon goes past the year 9999"
    return ""


def unseen_phases(values: Values, season: int) -> str:
    """Say that some steps of a season (weekends, nights) never occur in the samples, so their forecast is a guess."""
    unknown = np.isnan(values)
    if not unknown.any():
        return ""
    never = season - np.unique(np.flatnonzero(~unknown) % season).size
    return f"{never} of {season} steps of its season were never seen; their forecast is a guess" if never else ""


def mostly_interpolated(readings: Values) -> str:
    """Say that nearly all gains of a counter are interpolated over gaps, within which it may have gone any way."""
    missing = int(np.count_nonzero(np.isnan(readings)))
    if missing <= MOST_UNREAD * readings.size:
        return ""
    return f"{missing} of {readings.size} steps were not read: how increases vary between readings is unknown"


def often_reset(readings: Values) -> str:
    """Say that a counter falls so often that it may be none."""
    falls, steps = falls_of(readings)
    return f"falls at {falls} of {steps} steps, each taken as a reset" if is_no_counter(falls, steps) else ""


def unknown_tail(values: Values) -> str:
    """Say that the newest part of a series is unknown, if that is more than a few steps long."""
    steps = unknown_steps(values)
    return f"the newest {steps} of {values.size} steps are unknown or left out" if steps > LONGEST_TAIL else ""


def known_samples(prepared: Prepared) -> int:
    """Count the samples, or a counter's gains, that are known."""
    return int(np.count_nonzero(~np.isnan(prepared.truths)))


def unknown_steps(values: Values) -> int:
    """Count the steps after the newest known one; 0 where nothing is known."""
    known = np.flatnonzero(~np.isnan(values[::-1]))
    return int(known[0]) if known.size else 0


def without_times(request: Request) -> Prepared:
    """Return the state of a series none of whose rows has a time."""
    why = "no row has a time within the years 1 to 9999"
    seasons = seasons_for(request.step_ms, request.seasons)
    nothing = np.zeros(0)
    state = ForecastState.CANNOT_TELL
    return Prepared(nothing, NO_TIME, Step(request.step_ms), seasons, -np.inf, np.inf, 0.0, False, state, why)


def since_first_known(values: Values) -> Values:
    """Cut the unknown start off a series."""
    if values.size == 0 or not np.isnan(values[0]):
        return values
    known = np.flatnonzero(~np.isnan(values))
    return values[known[0] :] if known.size else values[:0]


def state_of(values: Values, grid: Grid, seasons: Seasons) -> tuple[ForecastState, str, int | None]:
    """Return the state of a series, the reason, and the moment from which a missing forecast could be made."""
    known = int(np.count_nonzero(~np.isnan(values)))
    if known < FEWEST:
        ready = int(grid.step.after(grid.end_ms, np.array([FEWEST - known]))[0])
        return ForecastState.CANNOT_TELL, f"{known} known sample{'s' * (known != 1)}, needs {FEWEST}", ready
    lowest, highest = float(np.nanmin(values)), float(np.nanmax(values))
    size = max(abs(lowest), abs(highest))
    if size > PAST_MEASURE:
        return ForecastState.CANNOT_TELL, f"holds values beyond {PAST_MEASURE:g}", None
    if lowest == highest:
        return ForecastState.CONSTANT, "never moved", None
    if size < SMALLEST:
        return ForecastState.CANNOT_TELL, f"holds no value that is {SMALLEST:g} or more in size", None
    if values.size < (needed := least_for(seasons.main)):
        of = f"{counted(values.size, 'step')} of history"
        return ForecastState.SHORT_HISTORY, f"{of}, a season of {seasons.main} needs {needed}", None
    if known < FEWEST_FOR_OK:
        return ForecastState.SHORT_HISTORY, f"{counted(known, 'known sample')}, fewer than {FEWEST_FOR_OK}", None
    return ForecastState.OK, "", None


def stated_bounds(panel: Panel, index: int, request: Request) -> tuple[float, float]:
    """Return the bounds stated for one series, or for all, NaN where there is none."""
    lower, upper = float(panel.lower[index]), float(panel.upper[index])
    if np.isnan(lower) and request.lower is not None:
        lower = request.lower
    if np.isnan(upper) and request.upper is not None:
        upper = request.upper
    return lower, upper


def bounds_of(values: Values, kind: MetricKind, lower: float, upper: float) -> tuple[float, float, str]:
    """Return the bounds that apply, infinite where there is none, and a remark.

    A stated bound always applies. That of a kind applies unless the history has passed it (a CPU percentage over
    several cores). A series never below zero is not forecast below zero.
    """
    known = values[~np.isnan(values)]
    remark = ""
    if np.isnan(lower):
        has_floor = kind in NOT_NEGATIVE or kind in CEILING or (known.size > 0 and float(known.min()) >= 0.0)
        lower = 0.0 if has_floor else -np.inf
        if known.size and float(known.min()) < lower:
            lower, remark = -np.inf, f"went below zero, the bound of a {kind.value}"
    elif known.size and float(known.min()) < lower:
        remark = f"went below {lower:g}, the lower bound that was stated"
    if np.isnan(upper):
        upper = CEILING.get(kind, np.inf)
        if known.size and float(known.max()) > upper:
            remark, upper = f"went above {upper:g}, the bound of a {kind.value}", np.inf
    elif known.size and float(known.max()) > upper:
        remark = f"went above {upper:g}, the upper bound that was stated"
    return lower, upper, remark


def increments_of(readings: Values, m: int) -> Values:
    """Turn a counter's readings, the first of them known, into increments of the same size.

    A gain over a gap is divided among its steps as their phases of a season of `m` steps usually gain, evenly where
    some phase was never seen alone. A fall is a reset, after which the counter starts from zero. Increments are unknown
    over a gap with a reset in it, and after the newest known reading.

    >>> increments_of(np.array([5.0, 7.0, 1.0, 4.0, np.nan, 6.0, np.nan, 3.0]), 1).tolist()
    [2.0, 2.0, 1.0, 3.0, 1.0, 1.0, nan, nan]
    >>> increments_of(np.array([0.0, 1.0, 4.0, 5.0, np.nan, 13.0]), 2).tolist()
    [1.0, 1.0, 3.0, 1.0, 6.0, 2.0]
    """
    known = np.flatnonzero(~np.isnan(readings))
    gains, apart = np.diff(readings[known]), np.diff(known)
    sums = np.where(gains < 0.0, np.where(apart == 1, readings[known[1:]], np.nan), gains)
    steps = np.full(readings.size, np.nan)
    steps[known[1:]] = np.where(apart == 1, sums, np.nan)
    if (apart > 1).any():
        stretch = np.repeat(np.arange(apart.size), apart)
        usual = usual_of_phases(steps, m)[1 : known[-1] + 1]
        whole = np.bincount(stretch, weights=usual)[stretch]
        shares = np.divide(usual, whole, out=1.0 / apart[stretch], where=whole > 0.0)
        steps[1 : known[-1] + 1] = sums[stretch] * shares
    steps[0] = steps[1]
    return steps


def usual_of_phases(gains: Values, m: int) -> Values:
    """Return what each step usually gains, (n,): the mean of the known gains of its phase.

    Gains that clearly grow along a line do so within each phase; none is below zero. All steps gain the same where some
    phase was never seen.
    """
    steps, known = np.arange(gains.size), np.flatnonzero(~np.isnan(gains))
    counts = np.bincount(known % m, minlength=m)
    if not counts.all():
        return np.ones(gains.size)
    values = np.bincount(known % m, weights=gains[known], minlength=m) / counts
    places = np.bincount(known % m, weights=known, minlength=m) / counts
    apart, above = known - places[known % m], gains[known] - values[known % m]
    slope = clear_slope(float(apart @ apart), float(apart @ above), float(above @ above), known.size - m - 1)
    return np.asarray(np.maximum(values[steps % m] + slope * (steps - places[steps % m]), 0.0))


def regular_rows(panel: Panel, step_ms: int) -> NDArray[np.bool_]:
    """Find the series whose rows are one step apart and finite or NaN, all at once, shape (series,)."""
    odd = np.zeros(panel.times_ms.size, dtype=np.bool_)
    odd[1:] = np.diff(panel.times_ms) != step_ms
    odd[panel.offsets[:-1]] = False
    odd |= np.isinf(panel.values)
    return ~np.logical_or.reduceat(odd, panel.offsets[:-1])


def joined(*reasons: str) -> str:
    """Join several reasons in one line."""
    return "; ".join(reason for reason in reasons if reason)
