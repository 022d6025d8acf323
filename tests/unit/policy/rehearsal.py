"""Run a policy over a hand-written timeline, one observation a step, carrying out what is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from plimsoll.domain.decision import Decision
from plimsoll.domain.observation import Fleet, Missing, Observation, Reading, Stale, Value
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import Condition, Direction, Form, Mode, Side, SignalUse, Target, TriggerRule
from plimsoll.domain.policy_restraints import Limits
from plimsoll.policy.engine import step
from plimsoll.policy.memory import Kept

START_S = 1_700_000_000.0
Seen = float | None | Reading


def observed(desired: int, signals: Mapping[str, Seen], **more: object) -> Observation:
    fleet = Fleet(desired, ready=more.pop("ready", desired), unhealthy=more.pop("unhealthy", 0))  # type: ignore[arg-type]
    return Observation(fleet, {name: _reading(value) for name, value in signals.items()}, **more)  # type: ignore[arg-type]


def _reading(seen: Seen) -> Reading:
    if seen is None:
        return Missing("no sample")
    return seen if isinstance(seen, Value | Stale | Missing) else Value(seen)


def rehearse(
    policy: AnyPolicy,
    timeline: Sequence[Mapping[str, Seen]],
    start: int = 4,
    every_s: float = 30.0,
    observe: Callable[[int, Mapping[str, Seen]], Observation] = observed,
) -> list[Decision]:
    memory, count, decisions = Kept(policy.name), start, []
    for index, signals in enumerate(timeline):
        decision, memory = step(policy, memory, observe(count, signals), START_S + index * every_s)
        count = decision.to_replicas
        decisions.append(decision)
    return decisions


def sizes(
    policy: AnyPolicy, timeline: Sequence[Mapping[str, Seen]], start: int = 4, every_s: float = 30.0
) -> list[int]:
    return [decision.to_replicas for decision in rehearse(policy, timeline, start, every_s)]


def above(signal: str, threshold: float, **how: object) -> TriggerRule:
    return TriggerRule(f"{signal} high", Direction.OUT, (Condition(signal, Side.ABOVE, threshold),), **how)  # type: ignore[arg-type]


def all_below(thresholds: Mapping[str, float], **how: object) -> TriggerRule:
    conditions = tuple(Condition(name, Side.BELOW, value) for name, value in thresholds.items())
    return TriggerRule("quiet", Direction.IN, conditions, Mode.ALL, **how)  # type: ignore[arg-type]


def policy_of(*rules: TriggerRule, targets: Sequence[Target] = (), **how: object) -> Policy:
    names = {c.signal for rule in rules for c in rule.conditions} | {t.signal for t in targets}
    named = how.pop("signals", ())
    levels = {"p95": Form.LEVEL, "errors": Form.LEVEL, "queue": Form.TOTAL, "connections": Form.TOTAL}
    uses = {use.name: use for use in named}  # type: ignore[attr-defined]
    signals = [uses.get(n, SignalUse(n, levels.get(n, Form.AVERAGE))) for n in sorted(names | set(uses))]
    limits = how.pop("limits", Limits(1, 100))
    return Policy("web", limits, tuple(signals), triggers=tuple(rules), targets=tuple(targets), **how)  # type: ignore[arg-type]
