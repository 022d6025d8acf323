"""How can the widths of intervals be computed from the errors of a fleet? The alternatives that are ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from forecast_settings_cases import Fleet


@dataclass(frozen=True)
class Widths:
    """One way to compute widths from the errors of a fleet."""

    errors: str = "newest 2 windows"
    skew_series: float = 0.0
    prior_series: float = 5.0
    profile: bool = False
    tail_windows: int = 0
    tail_skew_series: float | None = None
    tail_prior_series: float | None = None
    rescaling: str = ""
    others_prior: bool = False
    one_more: bool = False

    @property
    def rules(self) -> int:
        """The number of rules beyond quantiles of errors and a prior."""
        apart = (self.tail_skew_series, self.tail_prior_series)
        differing = sum(one is not None for one in apart)
        return (
            int(0 < self.skew_series < np.inf)
            + int(self.profile)
            + int(self.tail_windows > 0)
            + differing
            + (self.rescaling != "")
            + self.one_more
        )

    @property
    def label(self) -> str:
        """The way in words."""
        skew = {0.0: "skew believed", np.inf: "no skew"}.get(self.skew_series, f"skew N/(N+{self.skew_series:g})")
        tails = f", tails {self.tail_windows}" if self.tail_windows else ""
        if self.tail_skew_series is not None:
            tails += (
                " without skew" if self.tail_skew_series == np.inf else f" with skew N/(N+{self.tail_skew_series:g})"
            )
        tails += f" with prior {self.tail_prior_series:g}" if self.tail_prior_series is not None else ""
        profile = "; shared profile" if self.profile else ""
        rescaling = f"; rescaled by {self.rescaling}" if self.rescaling else ""
        others = " of the other sets" if self.others_prior else ""
        more = "; of one series more" if self.one_more else ""
        return f"{self.errors}{tails}{rescaling}; {skew}; prior {self.prior_series:g}{others}{profile}{more}"


WAYS = [
    Widths(errors, skew, prior, profile)
    for errors in (*(f"newest {windows} windows" for windows in (1, 2, 3, 4)), "left out by window")
    for skew in (0.0, 50.0, 100.0, 200.0, np.inf)
    for prior in (5.0, 10.0, 20.0, 40.0)
    for profile in (False, True)
]
JOINT_WAYS = [
    Widths(f"newest {windows} windows", skew, prior, tail_windows=tails)
    for windows, tails in ((1, 0), (2, 0), (4, 0), (1, 2), (1, 4), (2, 4))
    for skew in (0.0, 100.0, np.inf)
    for prior in (5.0, 10.0, 20.0)
]
TAIL_WAYS = [
    Widths("newest 1 windows", 0.0, prior, profile, 4, tail_skew, None if tail_prior == prior else tail_prior)
    for prior in (5.0, 10.0, 20.0)
    for tail_prior in (5.0, 10.0, 20.0, 40.0)
    for tail_skew in (None, 100.0, np.inf)
    for profile in (False, True)
]


def errors_by(way: str, prepared: Any, outlook: Any) -> np.ndarray:
    """Return the standardized errors (windows, h) that a way uses."""
    if way == "left out by window":
        return left_out(prepared, outlook)
    from plimsoll.forecast.outlook import comparable_errors

    errors = comparable_errors(prepared, outlook)
    return np.asarray(errors[np.isfinite(errors).any(axis=1)])


def left_out(prepared: Any, outlook: Any) -> np.ndarray:
    """Divide the errors of each window by the scale from all the others."""
    from plimsoll.forecast.kernel.backtesting import FLOOR, usual_step
    from plimsoll.forecast.kernel.spread import horizon_scale, usual_move

    known = outlook.errors[np.isfinite(outlook.errors).any(axis=1)]
    seasons, values = prepared.seasons, prepared.values
    floor = FLOOR * usual_step(values)
    move = usual_move(values, outlook.center.size, seasons.main, seasons.long)
    divided = np.full_like(known, np.nan)
    for w in range(known.shape[0] if known.shape[0] > 1 else 0):
        others, scale = known.copy(), np.empty(outlook.center.size)
        others[w] = np.nan
        horizon_scale(others, floor, move, scale)
        divided[w] = known[w] / np.where(scale > 0.0, scale, np.nan)
    return divided


def profile_of(errors: Sequence[np.ndarray], horizon: int) -> np.ndarray:
    """Return how the fleet's errors grow with the horizon beyond their scales (h,), shrunk by N / (N + 20)."""
    parts = np.array_split(np.arange(horizon), min(4, horizon))
    shapes = []
    for one in errors:
        sizes = np.abs(one)
        if np.isfinite(sizes).any() and (mean := np.nanmean(sizes)) > 0.0:
            known = [sizes[:, part][np.isfinite(sizes[:, part])] for part in parts]
            shapes.append([part.mean() / mean if part.size else np.nan for part in known])
    if not shapes:
        return np.ones(horizon)
    usual = np.log(np.nanmean(shapes, axis=0)) * len(shapes) / (len(shapes) + 20)
    at = np.log([part.mean() + 1.0 for part in parts])
    slope = ((at - at.mean()) * usual).sum() / ((at - at.mean()) ** 2).sum() if len(parts) > 1 else 0.0
    return np.asarray(np.exp(slope * (np.log(np.arange(horizon) + 1.0) - at.mean())))


def pool_by(way: Widths, errors: Sequence[np.ndarray], prior: np.ndarray) -> Any:
    """Pool standardized errors as `calibration.pool_of` does, in another way."""
    from plimsoll.forecast.calibration import NO_POOL, Pool

    factors, count = factors_by(way, errors)
    if not count:
        return NO_POOL
    tail_prior = way.prior_series if way.tail_prior_series is None else way.tail_prior_series
    weight = np.where(outer_levels() & (way.tail_windows > 0), tail_prior, way.prior_series)
    factors = (count * factors + weight * prior) / (count + weight)
    middle = factors.size // 2
    factors[middle:] = np.maximum.accumulate(factors[middle:])
    factors[: middle + 1] = np.minimum.accumulate(factors[middle::-1])[::-1]
    return Pool(factors, count)


def factors_by(way: Widths, errors: Sequence[np.ndarray]) -> tuple[np.ndarray, int]:
    """Return the fleet's own factors by a way, and the number of series behind them."""
    windows = int(way.errors.split()[1]) if way.errors.startswith("newest") else 0
    measured, count = measured_by(way, way.skew_series, [one[-windows:] for one in errors])
    if count and way.tail_windows:
        skew = way.skew_series if way.tail_skew_series is None else way.tail_skew_series
        tails, _ = measured_by(way, skew, [one[-way.tail_windows :] for one in errors])
        measured = np.where(outer_levels(), tails, measured)
    return measured, count


def outer_levels() -> np.ndarray:
    """Return which levels of the grid lie beyond the 80 % interval."""
    from plimsoll.forecast.calibration import GRID

    return np.array([level < 0.1 or level > 0.9 for level in GRID])


def measured_by(way: Widths, skew_series: float, errors: Sequence[np.ndarray]) -> tuple[np.ndarray, int]:
    """Return the errors' own factors, and the number of series behind them."""
    from plimsoll.forecast.calibration import GRID, MOST_SCALES, weighted_quantiles

    known = [np.clip(one[np.isfinite(one)], -MOST_SCALES, MOST_SCALES) for one in errors]
    known = [one for one in known if one.size]
    if not known:
        return np.zeros(len(GRID)), 0
    count = len(known)
    weights = np.concatenate([np.full(one.size, 1.0 / one.size) for one in known])
    levels = np.asarray(GRID)
    if way.one_more:
        levels = np.clip((levels * (count + 1) - 0.5) / count, 0.0, 1.0)
    measured = weighted_quantiles(np.concatenate(known), weights, tuple(levels))
    measured -= measured[len(GRID) // 2]
    mirrored = 0.5 * (measured - measured[::-1])
    return mirrored + count / (count + skew_series) * (measured - mirrored), count


def quantiles_by(
    way: Widths, fleet: Fleet, errors: Sequence[np.ndarray], levels: Sequence[float], prior: np.ndarray
) -> list[np.ndarray]:
    """Return the quantiles (h, levels) of each task of a fleet."""
    from plimsoll.domain.forecast import ForecastState
    from plimsoll.forecast.outlook import bounded_values
    from plimsoll.forecast.sporadic import is_sporadic, newest_of, own_past_is_better

    pooled = [one for one, series in zip(errors, fleet.prepared, strict=True) if series.state is ForecastState.OK]
    grown = profile_of(pooled, fleet.meta["h"]) if way.profile else np.ones(fleet.meta["h"])
    pool = pool_by(way, [one / grown for one in pooled], prior)
    factors = pool.at(tuple(levels))[None, None, :]
    found = []
    for series, outlook in zip(fleet.prepared, fleet.outlooks, strict=True):
        if is_sporadic(series) and own_past_is_better(series, outlook, pool):
            own = np.quantile(newest_of(series, series.values.size), levels)
            found.append(np.tile(np.clip(own, series.lower, series.upper), (fleet.meta["h"], 1)))
        else:
            found.append(bounded_values([series], outlook.center[None], (outlook.scale * grown)[None], factors)[0])
    return found
