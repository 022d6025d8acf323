"""How may scales follow the level of the forecast? Eight ways, applied to outlooks whose scales do not.

The typical level is the mean center of the windows behind the scale ("past"), or of the forecast's own horizon, so that
its mean width stays ("horizon"). The power is 1/2 for all series ("half"), one a pool by regression over its series
("pool"), or each series' own by ridge regression over its windows, shrunk to zero ("own") or to the pool's ("both").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from forecast_settings_cases import Fleet

LOWEST, HIGHEST, FORGETTING, STRENGTH, LEAST_SHARE = 1 / 3, 3.0, 0.85, 1.0, 0.02
PRIOR_SERIES = 10


@dataclass(frozen=True)
class Following:
    """One way for a scale to follow the level."""

    power: str
    typical: str

    @property
    def label(self) -> str:
        """The way in words."""
        return f"{self.power}, beside the mean of the {self.typical}"


FOLLOWINGS = [Following(power, typical) for power in ("half", "pool", "own", "both") for typical in ("past", "horizon")]


@dataclass(frozen=True)
class Leveled:
    """A prepared series and its outlook, with the centers of its windows and what is typical of them."""

    prepared: Any
    outlook: Any

    @cached_property
    def centers(self) -> np.ndarray:
        """The centers of the windows there are, (windows, h), NaN where the truth is unknown."""
        from plimsoll.forecast.outlook import origins_of

        origins, found = origins_of(self.prepared, self.outlook.center.size), np.full_like(self.outlook.errors, np.nan)
        for w, origin in enumerate(origins):
            truth = self.prepared.values[origin : origin + found.shape[1]]
            found[w, : truth.size] = truth - self.outlook.errors[w, : truth.size]
        return np.asarray(found[: len(origins)])

    @property
    def applies(self) -> bool:
        """Whether it has windows and a level at all."""
        return self.prepared.lower >= 0.0 and not self.prepared.is_counter and np.isfinite(self.centers).any()

    @property
    def rows(self) -> list[int]:
        """The windows from which widths are measured."""
        return [w for w in range(2, len(self.centers)) if np.isfinite(self.outlook.standardized[w]).any()]

    def ratio(self, center: np.ndarray, before: int, typical: str) -> np.ndarray:
        """Return the center over its typical value, from the windows before one or from the horizon."""
        sizes = np.abs(self.centers[:before]) if typical == "past" else np.abs(center)[None]
        weights = FORGETTING ** np.arange(len(sizes))[::-1, None] * np.isfinite(sizes)
        usual = np.nansum(sizes * weights) / weights.sum() if weights.any() else 0.0
        return np.clip(center / usual, LOWEST, HIGHEST) if usual > 0.0 else np.where(np.isfinite(center), 1.0, np.nan)

    def moments(self, errors: Sequence[np.ndarray], ratios: Sequence[np.ndarray], typical: str) -> tuple[float, float]:
        """Return sums over windows of the means of x y and x x, x log ratio and y log error, both about their means."""
        pairs = []
        for error, ratio in zip(errors, ratios, strict=True):
            known = np.isfinite(error) & np.isfinite(ratio)
            if known.any():
                pairs.append((np.log(ratio[known]), np.log(np.abs(error[known]) + LEAST_SHARE)))
        if not pairs:
            return 0.0, 0.0
        middle = np.mean([(x.mean(), y.mean()) for x, y in pairs], axis=0)
        own = typical == "horizon"
        parts = [(x - (x.mean() if own else middle[0]), y - (y.mean() if own else middle[1])) for x, y in pairs]
        return sum(float((x * y).mean()) for x, y in parts), sum(float((x * x).mean()) for x, _ in parts)

    def pooled(self, typical: str) -> tuple[float, float]:
        """Return the moments of the errors from which widths are measured."""
        ratios = [self.ratio(self.centers[w], w, typical) for w in self.rows]
        return self.moments([self.outlook.standardized[w] for w in self.rows], ratios, typical)

    def own_power(self, before: int, typical: str, pulled_to: float) -> float:
        """Return the power from the windows before one."""
        errors = [self.outlook.errors[w] / self.outlook.scale for w in range(before)]
        ratios = [self.ratio(self.centers[w], before, typical) for w in range(before)]
        product, square = self.moments(errors, ratios, typical)
        return float(np.clip((product + STRENGTH * pulled_to) / (square + STRENGTH), 0.0, 1.0))

    def times(self, center: np.ndarray, before: int, way: Following, pool: float) -> np.ndarray:
        """Return the factor on the scale of a center, (h,)."""
        power = self.own_power(before, way.typical, pool) if way.power in ("own", "both") else pool
        found = self.ratio(center, before, way.typical) ** power
        found = found / np.nanmean(found) if way.typical == "horizon" and np.isfinite(found).any() else found
        return np.where(np.isfinite(found), found, 1.0)


def followed(way: Following, fleet: Fleet) -> Fleet:
    """Return a fleet whose scales follow the level, including those under its old errors."""
    from plimsoll.domain.forecast import ForecastState

    series = [Leveled(one, outlook) for one, outlook in zip(fleet.prepared, fleet.outlooks, strict=True)]
    sampled = [one for one in series if one.prepared.state is ForecastState.OK and one.applies and one.rows]
    pool = {"half": 0.5, "own": 0.0}.get(way.power)
    power = pool_power([one.pooled(way.typical) for one in sampled]) if pool is None else pool
    return replace(fleet, outlooks=[laid_on(one, way, power) if one.applies else one.outlook for one in series])


def pool_power(moments: Sequence[tuple[float, float]]) -> float:
    """Return the power of a pool, shrunk by N / (N + 10)."""
    product, square = np.sum(moments, axis=0) if moments else (0.0, 0.0)
    slope = float(np.clip(product / square, 0.0, 1.0)) if square > 0.0 else 0.0
    return len(moments) * slope / (len(moments) + PRIOR_SERIES)


def laid_on(one: Leveled, way: Following, pool: float) -> Any:
    """Return the outlook with scale and standardized errors changed by a way."""
    standardized = one.outlook.standardized.copy()
    for w in one.rows:
        standardized[w] /= one.times(one.centers[w], w, way, pool)
    scale = one.outlook.scale * one.times(one.outlook.center, len(one.centers), way, pool)
    return replace(one.outlook, scale=scale, standardized=standardized)
