"""What does one request of each kind cost? A regression of consumption on the rates of several kinds at once.

    resource = idle + sum over kinds of cost * rate,    idle >= 0, cost >= 0

Non-negative least squares (C. L. Lawson and R. J. Hanson, "Solving Least Squares Problems", 1974, chapter 23), since no
request can give a resource back. Where the rates of some kinds are collinear, or hardly change, the rows may not
determine their costs (see `ties`). Of those, a cost is withheld if its interval holds zero or is wider than the cost
itself, and the answer says what would mend it; all others are given. Intervals are those of `fit`, widened where errors
of successive rows are correlated (see `carried_over`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from plimsoll.capacity.carried_over import carried_over, times_as_wide
from plimsoll.capacity.draws import Normals
from plimsoll.capacity.fit import Fit, fit
from plimsoll.capacity.model import CapacityModel, Parameter, Quantity, Values
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.ties import Ties, basis, ties
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.unit_cost import CacheBenefit, ResourceCost

MOST_KINDS = 8
IDLE = "idle"
_ROUNDING = 1e-9  # of what was used: a cost that adds up to less is a rounding error


@dataclass(frozen=True, eq=False)
class KindsTogether:
    """A linear model of several rates; the `load` it is given holds row numbers.

    `rest`, (n, r), are columns without bounds that replace the collinear ones; where idle is among those, `idle` is
    False.
    """

    kinds: tuple[str, ...]
    rates: Values  # (n, kinds)
    idle: bool = True
    rest: Values | None = None
    name = "per_unit"
    formula = "idle + sum of cost * rate"
    linear = True
    fixed: tuple[tuple[str, float], ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Idle consumption and the cost of each kind, none below zero; then the unbounded ones."""
        bounded = (IDLE, *self.kinds) if self.idle else self.kinds
        free = 0 if self.rest is None else self.rest.shape[1]
        return (*(Parameter(name, 0.0) for name in bounded), *(Parameter(f"rest {i}") for i in range(free)))

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer itself."""
        del quantity, load, measured
        return (self,)

    def start(self, load: Values, measured: Values) -> Values:
        """Solve without bounds."""
        return np.asarray(np.linalg.lstsq(self._terms(load), measured, rcond=None)[0])

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict the rows numbered by `load`."""
        return np.asarray(parameters @ self._terms(load).T)

    def _terms(self, load: Values) -> Values:
        rows = load.astype(np.int64)
        idle = [np.ones(load.size)] if self.idle else []
        return np.column_stack([*idle, self.rates[rows], *([] if self.rest is None else [self.rest[rows]])])


def resource_cost(
    resource: str, unit: str, used: Values, rates: Mapping[str, Values], normals: Normals
) -> ResourceCost:
    """Regress what was used, (n,), on the rates of each kind; `unit` is what one unit of rate costs."""
    kinds = tuple(rates)
    table = np.column_stack([rates[kind] for kind in kinds])
    known = np.isfinite(used) & np.all(np.isfinite(table), axis=1)
    used, table = used[known], table[known]
    rows = int(used.size)
    if problem := _too_few_or_many(kinds, rows):
        return ResourceCost(resource, unit, None, {}, None, rows, problem)
    names = (IDLE, *kinds)
    columns = np.column_stack([np.ones(rows), table])
    tied = ties(columns)
    reasons = _reasons_by_name(tied, names, columns)
    if len(reasons) == len(names):
        return ResourceCost(resource, unit, None, {}, None, rows, "; ".join(dict.fromkeys(reasons.values())), reasons)
    fitted = fit((_model(kinds, columns, tied),), np.arange(rows, dtype=np.float64), used, normals)
    if fitted is None:
        return ResourceCost(resource, unit, None, {}, None, rows, "no costs fit what was used")
    residuals = used - fitted.point.predict(np.arange(rows, dtype=np.float64))
    wider = dict(zip(names, times_as_wide(columns, carried_over(residuals, columns)).tolist(), strict=True))
    costs = _known_costs(fitted, dict(zip(names, columns.T, strict=True)), used, reasons, wider)
    spread = float(np.sum((used - np.mean(used)) ** 2))
    return ResourceCost(
        resource,
        unit,
        idle=costs.get(IDLE),
        per_unit={kind: costs[kind] for kind in kinds if kind in costs},
        explained_ratio=None if spread == 0 else max(0.0, 1 - fitted.point.optimum.squares / spread),
        rows=rows,
        why="",
        untold={name: why for name, why in reasons.items() if name not in costs},
    )


def _model(kinds: tuple[str, ...], columns: Values, tied: Ties) -> KindsTogether:
    """Fit every column by itself, or, where columns are exactly collinear, a basis in place of those."""
    if not tied.exact:
        return KindsTogether(kinds, columns[:, 1:])
    loose = [number for number in range(1, columns.shape[1]) if number not in tied.columns]
    rest = basis(columns[:, list(tied.columns)])
    return KindsTogether(tuple(kinds[i - 1] for i in loose), columns[:, loose], 0 not in tied.columns, rest)


def _known_costs(
    fitted: Fit, columns: Mapping[str, Values], used: Values, reasons: Mapping[str, str], wider: Mapping[str, float]
) -> dict[str, Estimate]:
    """Keep the costs that are known: of collinear ones, those above zero in an interval no wider than the cost."""
    estimates = {
        name: _clipped_at_zero(_widened(one, wider.get(name, 1.0))) for name, one in fitted.parameters().items()
    }
    return {
        name: _without_rounding_error(estimates[name], column, used)
        for name, column in columns.items()
        if name in estimates and (name not in reasons or _is_sharp(estimates[name]))
    }


def _widened(estimate: Estimate, times: float) -> Estimate:
    """Move both ends away from the value by this factor."""
    value, low, high = estimate.value, estimate.low, estimate.high
    if low is None or high is None:
        return estimate
    return replace(estimate, low=value - times * (value - low), high=value + times * (high - value))


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    """Multiply a value and its interval by a factor that is known and not below zero."""
    low, high = (None if side is None else factor * side for side in (estimate.low, estimate.high))
    return replace(estimate, value=factor * estimate.value, low=low, high=high)


def _clipped_at_zero(estimate: Estimate) -> Estimate:
    """Clip the lower end of an interval at zero: no request gives a resource back."""
    return replace(estimate, low=None if estimate.low is None else max(0.0, estimate.low))


def _is_sharp(estimate: Estimate) -> bool:
    low, high = estimate.low, estimate.high
    return low is not None and high is not None and low > 0 and high - low <= estimate.value


def _without_rounding_error(estimate: Estimate, column: Values, used: Values) -> Estimate:
    """Return zero for a cost so small that it is a rounding error of what was used."""
    most = max(estimate.value, estimate.high or 0.0) * float(np.max(column))
    small = estimate.high is not None and most < _ROUNDING * float(np.max(np.abs(used)))
    return replace(estimate, value=0.0, low=0.0, high=0.0) if small else estimate


def cache_benefit(source: str, hit_ratio: Values, latency_s: Values, normals: Normals) -> CacheBenefit:
    """Split mean latency into that of hits and of misses: latency = miss - hit ratio * (miss - hit)."""
    known = np.isfinite(hit_ratio) & np.isfinite(latency_s)
    ratio, latency = hit_ratio[known], latency_s[known]
    rows = int(ratio.size)
    if rows < 4 or np.unique(ratio).size < 3:
        why = f"the hit ratio takes {np.unique(ratio).size} values in {rows} rows; needs 3 different ones and 4 rows"
        return CacheBenefit(source, None, None, None, None, None, rows, why)
    line = Linear()
    fitted = fit((line,), ratio, latency, normals)
    if fitted is None:
        return CacheBenefit(source, None, None, None, None, None, rows, "no line fits the rows")
    intercept, slope = (float(value) for value in fitted.point.optimum.parameters)
    by_kind = np.column_stack([1 - ratio, ratio])  # latency = (1 - hit ratio) * miss + hit ratio * hit
    correlation = carried_over(latency - fitted.point.predict(ratio), by_kind)
    of_miss, of_hit = times_as_wide(by_kind, correlation).tolist()
    _, of_benefit = times_as_wide(np.column_stack([np.ones(rows), ratio]), correlation).tolist()
    benefit = _widened(fitted.estimate(-slope, lambda _, drawn: -drawn[:, 1]), of_benefit)
    miss = _widened(fitted.estimate(intercept, lambda _, drawn: drawn[:, 0]), of_miss)
    hit = _widened(fitted.estimate(intercept + slope, lambda _, drawn: drawn[:, 0] + drawn[:, 1]), of_hit)
    now, why = float(np.mean(ratio)), _doubt_of_benefit(benefit, intercept, intercept + slope)
    if any(estimate.high is not None and estimate.high < 0 for estimate in (miss, hit)):
        return CacheBenefit(source, None, None, None, now, None, rows, why)  # a negative time: no line
    return CacheBenefit(
        source,
        miss_s=miss,
        hit_s=hit,
        benefit_s=benefit,
        hit_ratio=now,
        saved_now_s=_scaled(benefit, now),
        rows=rows,
        why=why,
    )


def _doubt_of_benefit(benefit: Estimate, miss_s: float, hit_s: float) -> str:
    if min(miss_s, hit_s) < 0:
        which, end = ("hit", 1) if hit_s < miss_s else ("miss", 0)
        return f"a {which} would take negative time: latency is not linear up to a hit ratio of {end}"
    if benefit.low is not None and benefit.low > 0:
        return ""
    if benefit.high is not None and benefit.high < 0:
        return "latency rises with the hit ratio: is it that of misses, or does something else rise with it?"
    return "the interval of the benefit includes zero: these rows do not show that the cache helps"


def _too_few_or_many(kinds: tuple[str, ...], rows: int) -> str:
    """Say why no costs can be computed; empty where they can."""
    if len(kinds) > MOST_KINDS:
        return f"{len(kinds)} kinds at once; at most {MOST_KINDS}: group rare kinds"
    needed = len(kinds) + 2
    return f"{rows} rows; {len(kinds)} kinds need {needed}" if rows < needed else ""


def _reasons_by_name(tied: Ties, names: tuple[str, ...], columns: Values) -> dict[str, str]:
    """Say for each collinear column why its cost may be withheld, and the remedy."""
    reasons: dict[str, str] = {}
    for group in tied.groups:
        why = _why(tuple(names[i] for i in group), columns[:, list(group)])
        reasons |= {names[i]: why for i in group}
    return {name: reasons[name] for name in names if name in reasons}


def _why(names: tuple[str, ...], columns: Values) -> str:
    kinds = tuple(name for name in names if name != IDLE)
    constant = [name for name, column in zip(names, columns.T, strict=True) if name != IDLE and np.ptp(column) == 0]
    if constant:
        never = f"{constant[0]} never changes" if len(constant) == 1 else f"{', '.join(constant)} never change"
        return f"{never}, so its cost cannot be separated from idle consumption: vary it"
    if len(kinds) < 2:
        low, high = float(np.min(columns[:, -1])), float(np.max(columns[:, -1]))
        return f"{''.join(kinds)} changes too little ({low:.4g} to {high:.4g}) to tell its cost from idle: vary it more"
    pairs = combinations(columns[:, len(names) - len(kinds) :].T, 2)
    if IDLE not in names and all(float(np.corrcoef(first, second)[0, 1]) > 0 for first, second in pairs):
        return f"{', '.join(kinds)} rise and fall together: vary one while the others stay"
    return f"{', '.join(names)} are linearly dependent: vary one while the others stay"
