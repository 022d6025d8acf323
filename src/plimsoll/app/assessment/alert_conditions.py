"""Which alert rules of the model hold now? Each is judged over its whole duration, with gaps taken into account.

A rule without a duration, or with no sample within it, is judged from its newest sample on. More than two steps without
a sample are a gap: if no sample refutes the rule, its state is then unknown. A rule holds if it holds for any series of
its signal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.app.assessment.measures import Measures
from plimsoll.app.assessment.resources import is_health
from plimsoll.app.model import Model
from plimsoll.app.model.alerts import AlertRuleSection
from plimsoll.app.model.units import Amount
from plimsoll.assess.sustained import Sustained, held_past
from plimsoll.domain.assessment import Condition, Truth
from plimsoll.domain.limit import Direction
from plimsoll.domain.quantity import format_duration
from plimsoll.domain.series import Harvest, Series, Window

STEPS_WITHOUT = 2
_LEAST_GAP_S = 60.0
_UNWELL = 0.5
_ORDER = (Truth.YES, Truth.UNKNOWN, Truth.NO)


def conditions_of(model: Model, harvest: Harvest, measures: Measures, as_of_ms: int) -> tuple[Condition, ...]:
    """Judge every alert rule of a model over what was read, in base units."""
    return tuple(_condition(rule, model, harvest, measures, as_of_ms) for rule in model.file.alerts.rules)


def _condition(rule: AlertRuleSection, model: Model, harvest: Harvest, measures: Measures, as_of_ms: int) -> Condition:
    subject = rule.signal or rule.component or ""
    found = _sustained(rule, model, harvest, measures, as_of_ms)
    return Condition(
        name=rule.name,
        subject=subject,
        above=_bound(subject, rule.above, measures),
        below=_bound(subject, rule.below, measures),
        unit=_unit(subject, rule.above or rule.below, measures),
        for_s=rule.for_,
        severity=rule.severity,
        holds=found.holds,
        why=found.why,
        to=rule.to,
        expr=rule.expr or "",
    )


def _sustained(rule: AlertRuleSection, model: Model, harvest: Harvest, measures: Measures, as_of_ms: int) -> Sustained:
    if rule.expr is not None:
        return _unknown("its PromQL expression is judged by Prometheus, not here")
    names = [rule.signal] if rule.signal else _health_of(rule.component or "", model)
    if not names:
        return _unknown(f"no signal tells whether {rule.component} answers")
    series = [one for one in harvest.series if _is_meant(one, names, rule.component)]
    if not series:
        gap = next((gap.reason for gap in harvest.gaps if gap.id.name.rpartition("/")[2] in names), "")
        return _unknown(gap or f"no source gave {' or '.join(names)}")
    amount, direction = (
        (rule.below, Direction.LOW_IS_BAD) if rule.above is None else (rule.above, Direction.HIGH_IS_BAD)
    )
    subject = rule.signal or ""
    if amount is not None and (other := measures.misfit(subject, amount)):
        return _unknown(f"its threshold is {other}")
    bound = measures.number(subject, amount)
    level = _UNWELL if bound is None else bound
    results = [_held(one, level, direction, rule.for_, as_of_ms) for one in series]
    return min(results, key=lambda result: _ORDER.index(result.holds))


def _held(series: Series, level: float, direction: Direction, for_s: float, as_of_ms: int) -> Sustained:
    step_s = (series.step_ms or 0) / 1000
    gap_s = max(_LEAST_GAP_S, STEPS_WITHOUT * step_s)
    start_ms = as_of_ms - round(for_s * 1000)
    known = series.times_ms[(series.times_ms <= as_of_ms) & np.isfinite(series.values)]
    newest_ms = int(known[-1]) if known.size else None
    if newest_ms is None or newest_ms < min(start_ms, as_of_ms - round(gap_s * 1000)):
        return _unknown(f"no sample in the last {format_duration(max(gap_s, for_s))}")
    return held_past(series, level, Window(min(start_ms, newest_ms), as_of_ms + 1), gap_s, direction)


def _bound(signal: str, amount: Amount | None, measures: Measures) -> float | None:
    """A threshold as it is shown: in the unit of its signal, or as stated where it measures something else."""
    if amount is None:
        return None
    return amount.value if measures.misfit(signal, amount) else measures.number(signal, amount)


def _unit(signal: str, amount: Amount | None, measures: Measures) -> str:
    other = amount is not None and measures.misfit(signal, amount)
    return amount.dimension.value if amount is not None and other else measures.unit_of(signal)


def _health_of(component: str, model: Model) -> list[str]:
    return [item.name for item in model.file.signals if item.component == component and is_health(item, model)]


def _is_meant(series: Series, names: Sequence[str], component: str | None) -> bool:
    owner, _, name = series.id.name.rpartition("/")
    return name in names and (not component or not owner or owner == component)


def _unknown(why: str) -> Sustained:
    return Sustained(Truth.UNKNOWN, f"cannot tell: {why}")
