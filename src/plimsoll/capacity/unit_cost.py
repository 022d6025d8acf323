"""What does one request of each kind cost? Consumption by several kinds at once.

    resource = idle + sum over kinds of cost * rate,    idle >= 0, cost >= 0

Non-negative least squares (C. L. Lawson and R. J. Hanson, "Solving Least Squares Problems", 1974, chapter 23), since no
request can give a resource back. Where two kinds always rise together, the data cannot tell their costs apart, and that
is said instead of numbers. Intervals are those of `fit`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.draws import Normals
from plimsoll.capacity.fit import fit
from plimsoll.capacity.model import CapacityModel, Parameter, Quantity, Values
from plimsoll.capacity.models.linear import Linear
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.unit_cost import CacheBenefit, ResourceCost

MOST_KINDS = 8
_WORST_CONDITION = 30.0  # of columns scaled to length one (Belsley, Kuh and Welsch, "Regression Diagnostics", 1980)
_IDLE = "idle"


@dataclass(frozen=True, eq=False)
class KindsTogether:
    """A linear model of several rates; the `load` it is handed numbers the rows."""

    kinds: tuple[str, ...]
    rates: Values  # (n, kinds)
    name = "per_unit"
    formula = "idle + sum of cost * rate"
    linear = True
    fixed: tuple[tuple[str, float], ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Idle consumption and the cost of each kind, none below zero."""
        return tuple(Parameter(name, 0.0) for name in (_IDLE, *self.kinds))

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer itself."""
        del quantity, load, measured
        return (self,)

    def start(self, load: Values, measured: Values) -> Values:
        """Solve without bounds."""
        return np.asarray(np.linalg.lstsq(self._terms(load), measured, rcond=None)[0])

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict the rows that `load` numbers."""
        return np.asarray(parameters @ self._terms(load).T)

    def _terms(self, load: Values) -> Values:
        rows = self.rates[load.astype(np.int64)]
        return np.column_stack([np.ones(load.size), rows])


def resource_cost(
    resource: str, unit: str, used: Values, rates: Mapping[str, Values], normals: Normals
) -> ResourceCost:
    """Regress what was used, (n,), on the rates of each kind; `unit` is what one unit of rate costs."""
    kinds = tuple(rates)
    table = np.column_stack([rates[kind] for kind in kinds])
    known = np.isfinite(used) & np.all(np.isfinite(table), axis=1)
    used, table = used[known], table[known]
    if problem := _unidentified(kinds, table):
        return ResourceCost(resource, unit, None, {}, None, int(used.size), problem)
    model = KindsTogether(kinds, table)
    found = fit((model,), np.arange(used.size, dtype=np.float64), used, normals)
    if found is None:
        return ResourceCost(resource, unit, None, {}, None, int(used.size), "no costs come near what was used")
    estimates = found.parameters()
    idle = estimates.pop(_IDLE)
    spread = float(np.sum((used - np.mean(used)) ** 2))
    explained = None if spread == 0 else max(0.0, 1 - found.point.optimum.squares / spread)
    return ResourceCost(resource, unit, idle, estimates, explained, int(used.size), "")


def cache_benefit(source: str, hit_ratio: Values, latency_s: Values, normals: Normals) -> CacheBenefit:
    """Split mean latency into that of hits and of misses: latency = miss - hit ratio * (miss - hit)."""
    known = np.isfinite(hit_ratio) & np.isfinite(latency_s)
    ratio, latency = hit_ratio[known], latency_s[known]
    rows = int(ratio.size)
    if rows < 4 or np.unique(ratio).size < 3:
        why = f"the hit ratio takes {np.unique(ratio).size} values in {rows} rows; needs 3 different ones and 4 rows"
        return CacheBenefit(source, None, None, None, None, None, rows, why)
    line = Linear()
    found = fit((line,), ratio, latency, normals)
    if found is None:
        return CacheBenefit(source, None, None, None, None, None, rows, "no line comes near the rows")
    intercept, slope = (float(value) for value in found.point.optimum.parameters)
    benefit = found.estimate(-slope, lambda _, drawn: -drawn[:, 1])
    now = float(np.mean(ratio))
    return CacheBenefit(
        source,
        miss_s=found.estimate(intercept, lambda _, drawn: drawn[:, 0]),
        hit_s=found.estimate(intercept + slope, lambda _, drawn: drawn[:, 0] + drawn[:, 1]),
        benefit_s=benefit,
        hit_ratio=now,
        saved_now_s=-slope * now,
        rows=rows,
        why=_benefit_words(benefit),
    )


def _benefit_words(benefit: Estimate) -> str:
    if benefit.low is not None and benefit.low > 0:
        return ""
    return "the interval of the benefit holds zero: these rows do not show that the cache helps"


def _unidentified(kinds: tuple[str, ...], table: Values) -> str:
    """Say why costs cannot be told, or nothing."""
    needed = len(kinds) + 2
    if len(kinds) > MOST_KINDS:
        return f"{len(kinds)} kinds at once; at most {MOST_KINDS}: put rare kinds together"
    if table.shape[0] < needed:
        return f"{table.shape[0]} rows; {len(kinds)} kinds need {needed}"
    still = [kind for kind, column in zip(kinds, table.T, strict=True) if np.ptp(column) == 0]
    if still:
        return f"{', '.join(still)} never changes, so its cost cannot be told from what is idle: vary it"
    scaled = np.column_stack([np.ones(table.shape[0]), table])
    scaled = scaled / np.linalg.norm(scaled, axis=0)
    if np.linalg.cond(scaled) > _WORST_CONDITION and len(kinds) > 1:
        return f"{', '.join(kinds)} rise and fall together: vary one while the others stay"
    return ""
