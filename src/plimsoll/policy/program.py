"""How does a policy become arrays? Names become positions, None becomes "no bound", durations set the ring sizes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import (
    Condition,
    Direction,
    Form,
    Mode,
    PredictiveFloor,
    Side,
    TriggerRule,
)
from plimsoll.domain.policy_restraints import Granularity
from plimsoll.policy.kernel import layout

_FORMS = {Form.AVERAGE: layout.AVERAGE, Form.TOTAL: layout.TOTAL, Form.LEVEL: layout.LEVEL}
_GRAINS = {
    Granularity.ANY: layout.ANY_COUNT,
    Granularity.MULTIPLE: layout.MULTIPLE,
    Granularity.POWER_OF_TWO: layout.POWER_OF_TWO,
}
_SIGNS = {Direction.OUT: (1,), Direction.IN: (-1,), Direction.BOTH: (1, -1)}
_SMALLEST_RING = 4


def program_of(policy: Policy) -> layout.Program:
    """Lay a policy out as arrays; `plimsoll.policy.refusals` must not refuse it."""
    places = {use.name: place for place, use in enumerate(policy.signals)}
    conditions, rules, bands = _rules(policy, places)
    well = policy.corroboration.conditions if policy.corroboration else ()
    return layout.Program(
        head=_head(policy, places),
        signals=_rows(layout.SIGNAL, ((_FORMS[use.form], use.stale_after_s) for use in policy.signals)),
        conditions=conditions,
        rules=rules,
        bands=bands,
        targets=_rows(
            layout.TARGET,
            (
                (places[t.signal], t.scale_in, t.alone, t.setpoint, t.tolerance_up, t.tolerance_down)
                for t in policy.targets
            ),
        ),
        queues=_rows(
            layout.QUEUE,
            (
                (places[q.depth_signal], places.get(q.arrivals_signal or "", -1), q.per_worker_per_s, q.drain_s)
                for q in policy.queues
            ),
        ),
        rates=_rows(
            layout.RATE,
            (
                (sign, rate.period_s, _bound(rate.actions), _bound(rate.replicas))
                for rate in policy.rates
                for sign in _SIGNS[rate.direction]
            ),
        ),
        well=_rows(layout.CONDITION, (_condition(one, places) for one in well)),
    )


def _rules(policy: Policy, places: dict[str, int]) -> tuple[layout.Rows, layout.Rows, layout.Rows]:
    conditions: list[tuple[Any, ...]] = []
    rules: list[tuple[Any, ...]] = []
    bands: list[tuple[Any, ...]] = []
    for rule in policy.rules:
        sign = _SIGNS[rule.direction][0]
        first, first_band = len(conditions), len(bands)
        if isinstance(rule, TriggerRule):
            conditions.extend(_condition(one, places) for one in rule.conditions)
            every, step, ratio = int(rule.mode is Mode.ALL), rule.step, rule.step_ratio
        else:
            side = Side.ABOVE if rule.direction is Direction.OUT else Side.BELOW
            conditions.append(_condition(Condition(rule.signal, side, rule.threshold), places))
            bands.extend((b.lower, _bound(b.upper), b.change, b.change_ratio) for b in rule.bands)
            every, step, ratio = 0, 0, 0.0
        count, count_bands = len(conditions) - first, len(bands) - first_band
        rules.append((sign, first, count, every, first_band, count_bands, rule.for_s, rule.cooldown_s, step, ratio))
    return _rows(layout.CONDITION, conditions), _rows(layout.RULE, rules), _rows(layout.BAND, bands)


def _condition(condition: Condition, places: dict[str, int]) -> tuple[int, int, float]:
    return places[condition.signal], int(condition.side is Side.ABOVE), condition.threshold


def _head(policy: Policy, places: dict[str, int]) -> layout.Row:
    limits, forecast, drop = policy.limits, policy.predictive, policy.drop_guard
    health, reversal = policy.health_guard, policy.reversal_guard
    head = layout.one_row(layout.HEAD)
    row = {
        "granularity": _GRAINS[limits.granularity],
        "granule": limits.granule,
        "min": limits.min,
        "max": limits.max,
        "max_step_out": _bound(limits.max_step_out),
        "max_step_in": _bound(limits.max_step_in),
        "every_s": policy.evaluate_every_s,
        "window_up_s": policy.stabilization.up_s,
        "window_down_s": policy.stabilization.down_s,
        "cool_out_s": policy.cooldowns.out_s,
        "cool_in_s": policy.cooldowns.in_s,
        "in_rules": int(any(rule.direction is Direction.IN for rule in policy.rules)),
        "reversal_margin": math.nan if reversal is None else reversal.margin_ratio,
        "unhealthy_ratio": math.inf if health is None else health.unhealthy_ratio,
        "rollout": int(health is not None and health.during_rollout),
        "drop_signal": -1 if drop is None else places[drop.signal],
        **({} if drop is None else _drop(drop.largest_ratio, drop.over_s, drop.confirm_s)),
        "demand": -1 if forecast is None else places[forecast.demand_signal],
        **({} if forecast is None else _forecast(forecast)),
    }
    for name, value in row.items():
        head[name] = value
    return head


def _drop(ratio: float, over_s: float, confirm_s: float) -> dict[str, float]:
    return {"drop_ratio": ratio, "drop_over_s": over_s, "drop_confirm_s": confirm_s}


def _forecast(forecast: PredictiveFloor) -> dict[str, float]:
    return {
        "per_replica": forecast.per_replica,
        "utilization": forecast.utilization,
        "quantile": forecast.quantile,
        "coverage_min": forecast.coverage_min,
        "coverage_slack": forecast.coverage_slack,
        "forecast_stale_s": forecast.stale_after_s,
    }


def memory_of(policy: Policy, every_s: float | None = None) -> layout.Memory:
    """Lay out an empty memory, with rings as long as windows and periods need at one step each `every_s`."""
    step_s = min(every_s or policy.evaluate_every_s, policy.evaluate_every_s)
    clock = layout.one_row(layout.CLOCK)
    for name in ("now_s", "last_out_s", "last_in_s", "drop_since_s", "scheduled_done_s"):
        clock[name] = math.nan
    rules = policy.rules
    runs = np.zeros(sum(len(r.conditions) if isinstance(r, TriggerRule) else 1 for r in rules), layout.RUN)
    runs["since_s"] = math.nan
    drop = policy.drop_guard
    return layout.Memory(
        clock=clock,
        runs=runs,
        acted_s=np.full(len(rules), math.nan),
        ups=ring(policy.stabilization.up_s, step_s),
        downs=ring(policy.stabilization.down_s, step_s),
        loads=ring(drop.over_s if drop else 0.0, step_s),
        events=ring(max((rate.period_s for rate in policy.rates), default=0.0), step_s),
        hits=np.zeros(max(policy.predictive.coverage_window, 1) if policy.predictive else 1, dtype=np.int64),
    )


def ring(window_s: float, step_s: float) -> layout.Rows:
    """Lay out a ring for a window; its size is a power of two."""
    needed = int(window_s / step_s) + 2
    return np.zeros(max(_SMALLEST_RING, 1 << (needed - 1).bit_length()), layout.RING)


def _bound(value: float | None) -> float:
    return math.inf if value is None else float(value)


def _rows(kind: np.dtype[np.void], rows: Iterable[Sequence[Any]]) -> layout.Rows:
    return np.array([tuple(row) for row in rows], dtype=kind)
