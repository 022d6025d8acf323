"""Which alert rules of the model hold now? Each is judged over its whole duration, with gaps taken into account.

A rule without a duration, or with no sample within it, is judged from its newest sample on. More than two steps without
a sample are a gap: if no sample refutes the rule, its state is then unknown. A rule holds if it holds for any series of
its signal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.app.assessment.resources import is_health, units_of
from plimsoll.app.model import Model
from plimsoll.app.model.alerts import AlertRuleSection
from plimsoll.app.runway.natural_limits import in_base_unit
from plimsoll.assess.sustained import Sustained, held_past
from plimsoll.domain.assessment import Condition, Truth
from plimsoll.domain.limit import Direction
from plimsoll.domain.quantity import Dimension, format_duration
from plimsoll.domain.series import Harvest, MetricKind, Series, Window

STEPS_WITHOUT = 2
_LEAST_GAP_S = 60.0
_UNWELL = 0.5
_NO_SHARES = (MetricKind.COUNT, MetricKind.BYTES, MetricKind.SECONDS, MetricKind.RATE, MetricKind.COUNTER)
_ORDER = (Truth.YES, Truth.UNKNOWN, Truth.NO)


def conditions_of(model: Model, harvest: Harvest, as_of_ms: int) -> tuple[Condition, ...]:
    """Judge every alert rule of a model over what was read."""
    return tuple(_condition(rule, model, harvest, as_of_ms) for rule in model.file.alerts.rules)


def _condition(rule: AlertRuleSection, model: Model, harvest: Harvest, as_of_ms: int) -> Condition:
    subject = rule.signal or rule.component or ""
    found = _judged(rule, model, harvest, as_of_ms)
    return Condition(
        name=rule.name,
        subject=subject,
        above=rule.above.value if rule.above else None,
        below=rule.below.value if rule.below else None,
        unit=units_of(model).get(subject, ""),
        for_s=rule.for_,
        severity=rule.severity,
        holds=found.holds,
        why=found.why,
        to=rule.to,
        expr=rule.expr or "",
    )


def _judged(rule: AlertRuleSection, model: Model, harvest: Harvest, as_of_ms: int) -> Sustained:
    if rule.expr is not None:
        return _unknown("its PromQL expression is judged by Prometheus, not here")
    names = [rule.signal] if rule.signal else _health_of(rule.component or "", model)
    if not names:
        return _unknown(f"no signal tells whether {rule.component} answers")
    series = [one for one in harvest.series if _is_meant(one, names, rule.component)]
    if not series:
        gap = next((gap.reason for gap in harvest.gaps if gap.id.name.rpartition("/")[2] in names), "")
        return _unknown(gap or f"no source gave {' or '.join(names)}")
    level, direction = _threshold(rule)
    amount = rule.above or rule.below
    if amount is not None and amount.dimension is Dimension.RATIO and all(one.kind in _NO_SHARES for one in series):
        return _unknown(f"its threshold is a share, {rule.signal} is a {series[0].kind.value}")
    answers = [_held(in_base_unit(one), level, direction, rule.for_, as_of_ms) for one in series]
    return min(answers, key=lambda answer: _ORDER.index(answer.holds))


def _held(series: Series, level: float, direction: Direction, for_s: float, as_of_ms: int) -> Sustained:
    step_s = (series.step_ms or 0) / 1000
    gap_s = max(_LEAST_GAP_S, STEPS_WITHOUT * step_s)
    start_ms = as_of_ms - round(for_s * 1000)
    known = series.times_ms[(series.times_ms <= as_of_ms) & np.isfinite(series.values)]
    newest_ms = int(known[-1]) if known.size else None
    if newest_ms is None or newest_ms < min(start_ms, as_of_ms - round(gap_s * 1000)):
        return _unknown(f"no sample in the last {format_duration(max(gap_s, for_s))}")
    return held_past(series, level, Window(min(start_ms, newest_ms), as_of_ms + 1), gap_s, direction)


def _threshold(rule: AlertRuleSection) -> tuple[float, Direction]:
    if rule.above is not None:
        return rule.above.value, Direction.HIGH_IS_BAD
    return (rule.below.value if rule.below else _UNWELL), Direction.LOW_IS_BAD


def _health_of(component: str, model: Model) -> list[str]:
    return [item.name for item in model.file.signals if item.component == component and is_health(item, model)]


def _is_meant(series: Series, names: Sequence[str], component: str | None) -> bool:
    owner, _, name = series.id.name.rpartition("/")
    return name in names and (not component or not owner or owner == component)


def _unknown(why: str) -> Sustained:
    return Sustained(Truth.UNKNOWN, f"cannot tell: {why}")
