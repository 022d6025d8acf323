"""Which policy would be better? Learn one on the first part of a history, and recommend it only if better on the rest.

The paired block-bootstrap interval of the difference decides what is better, not the difference alone. The number of
flaps is shown beside it; if the caller bounds it, a policy that flaps more than the current one is not recommended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from plimsoll.app.rehearsal.replay_scores import Scorer
from plimsoll.app.rehearsal.replays import ReplayOptions, conditions_of, findings_of, first_scored, moment, setting_of
from plimsoll.app.rehearsal.suggestion_verdict import Match, advised
from plimsoll.app.rehearsal.tuning import Goal, Knobs, priced, tuned
from plimsoll.domain.errors import InputError, UsageError
from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.replay import PolicyScore
from plimsoll.domain.suggestion import FrontPoint, Limits, Suggestion, Verdict
from plimsoll.domain.system import Component
from plimsoll.domain.trace import Trace
from plimsoll.simulation.noise import LEVEL_STEPS, level_known_misses, noise_ratio
from plimsoll.simulation.optimum import least_misses
from plimsoll.simulation.runs import replayed
from plimsoll.simulation.scores import demanded
from plimsoll.simulation.setting import Setting

_FEWEST_STEPS = 60
_FRONT_PRICES = (0.003, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.7, 0.85)
_FRONT_TARGETS = (40, 45, 50, 55, 60, 65, 70, 75, 80, 85)


@dataclass(frozen=True, eq=False)
class Suggested:
    """The document, and the policy that it recommends: the suggestion, or the current one."""

    document: Suggestion
    policy: AnyPolicy


def suggest(
    trace: Trace,
    component: Component,
    goal: Goal,
    learn_first: float,
    options: ReplayOptions,
    progress: Callable[[str], None] = lambda _: None,
) -> Suggested:
    """Learn on the first `learn_first` of the trace and score on the rest.

    Raises UsageError for a share that leaves nothing, InputError for a trace too short to learn from.
    """
    first, setting = _first_scored(trace, learn_first), setting_of(trace, component, options)
    learned = tuned(setting.up_to(first), goal, setting.first_s + first * setting.step_s, progress)
    progress("scoring on the rest")
    need = demanded(trace.load, setting.per_replica, setting.utilization)
    scorer = Scorer(setting, need, first, component.instance.price_per_hour, options.currency)
    current = goal.budget or next(iter(component.policies), None)  # the policy to beat
    match = _match(scorer, learned.policy, current, calm=goal.calm_as is not None)
    verdict, reason = advised(goal.misses, match)
    chosen = current if verdict is Verdict.KEEP_CURRENT and current is not None else learned.policy
    now, new = match.now, match.new
    document = Suggestion(
        trace=trace.name,
        component=component.name,
        goal=_goal_words(goal),
        verdict=verdict,
        reason=reason,
        learned_steps=first,
        scored_steps=trace.load.size - first,
        scored_from=moment(trace.times_s[first]),
        scored_to=moment(trace.times_s[-1] + trace.step_s),
        trials=learned.trials,
        conditions=conditions_of(setting),
        current=now,
        suggested=new,
        misses_against_current=_change(new.slo_miss_load_ratio, now.slo_miss_load_ratio if now else None),
        hours_against_current=_change(new.replica_hours, now.replica_hours if now else None),
        misses_difference=match.misses,
        hours_difference=match.hours,
        flaps_allowed=match.flaps_allowed,
        limits=_limits(setting, scorer, now or new),
        front=_front(setting, scorer, progress),
        findings=findings_of(trace, component, () if current is None else (current,), setting, options),
    )
    return Suggested(document, chosen)


def _first_scored(trace: Trace, learn_first: float) -> int:
    """Return the first held-out step."""
    if not 0 < learn_first < 1:
        raise UsageError(f"--learn-first is a share between 0 and 1, not {learn_first:g}")
    first = first_scored(trace.load.size, 1 - learn_first)
    if first < _FEWEST_STEPS:
        raise InputError(f"{trace.name}: {first} steps are too few to learn from; it takes {_FEWEST_STEPS}")
    return first


def _match(scorer: Scorer, policy: AnyPolicy, current: AnyPolicy | None, *, calm: bool) -> Match:
    """Run the learned policy, and the current policy if there is one."""
    run = replayed(policy, scorer.setting)
    against = run if current is None else replayed(current, scorer.setting)
    return Match(scorer, run, against, has_current=current is not None, calm=calm)


def _goal_words(goal: Goal) -> str:
    if goal.budget is not None:
        return f"least load outside the SLO at no more replica-hours than {goal.budget.name}"
    return f"least replica-hours with at most {goal.misses:.3%} of load outside the SLO"


def _limits(setting: Setting, scorer: Scorer, now: PolicyScore) -> Limits:
    load, first = setting.load[scorer.first :], scorer.first
    unit = setting.utilization * setting.per_replica
    replica_steps = now.replica_hours * 3600.0 / setting.step_s
    level_known, around = level_known_misses(load, unit, (setting.least, setting.most), replica_steps)
    return Limits(
        optimum_miss_ratio=least_misses(load, scorer.need[first:], setting.least, setting.step_s, now.replica_hours),
        level_known_miss_ratio=level_known,
        level_known_steps=around,
        noise_ratio=noise_ratio(load),
        level_steps=LEVEL_STEPS,
    )


def _front(setting: Setting, scorer: Scorer, progress: Callable[[str], None]) -> tuple[FrontPoint, ...]:
    """Run both families of policies over their single parameter on the scored part, and mark the efficient ones."""
    progress("drawing the front")
    points = []
    for family, value, policy in _family_members(setting):
        measures = scorer.measures(replayed(policy, setting))
        points.append((family, value, measures.replica_hours, measures.slo_miss_load_ratio, measures.flaps))
    plane = np.array([[hours, misses] for _, _, hours, misses, _ in points])
    return tuple(
        FrontPoint(*point, efficient=not bool(np.any(np.all(plane <= place, axis=1) & np.any(plane < place, axis=1))))
        for point, place in zip(points, plane, strict=True)
    )


def _family_members(setting: Setting) -> list[tuple[str, float, AnyPolicy]]:
    members: list[tuple[str, float, AnyPolicy]] = [
        ("priced", price, priced(setting, None, Knobs(), price)) for price in _FRONT_PRICES
    ]
    for target in _FRONT_TARGETS:
        metric = HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, target)
        members.append(("hpa", target / 100, HpaPolicy(f"hpa{target}", setting.least, setting.most, (metric,))))
    return members


def _change(new: float, now: float | None) -> float | None:
    """The relative change from `now` to `new`; None where there is nothing to compare with."""
    return None if not now else new / now - 1.0
