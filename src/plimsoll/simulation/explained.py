"""Why did a policy decide as it did at a step of a replay? The replay up to that step, and its last decision in full.

The loop is that of the replay. The state it leaves (the trail of one of our policies, the reading of an HPA, the
forecast and price of a priced policy) is read as a single step outside a replay reads it.
"""

from __future__ import annotations

from dataclasses import replace

from plimsoll.domain.decision import Decision
from plimsoll.domain.errors import UsageError
from plimsoll.domain.observation import Fleet, Observation, Value
from plimsoll.domain.platform_policy import HpaPolicy
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.priced_policy import PricedPolicy
from plimsoll.policy.lagged_fleet import lagged_fleet
from plimsoll.policy.platforms import hpa
from plimsoll.policy.priced import decision as priced
from plimsoll.policy.trail import decision_of
from plimsoll.simulation.course import fresh_course
from plimsoll.simulation.runs import as_played, parts_of, run_of, steps_between_decisions, world_of
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.stepped import queued_stepped, run_stepped


def explained(policy: AnyPolicy, setting: Setting, step: int) -> Decision:
    """Return the decision in force at a step: its own, or that of the last step at which the policy decided.

    Raises UsageError for a step before the first decision, or after the last step.
    """
    every = steps_between_decisions(policy, setting)
    if not every <= step < setting.load.size:
        raise UsageError(f"there are decisions at the steps {every} to {setting.load.size - 1}, not at {step}")
    step -= step % every
    short = setting.up_to(step + 1)
    played, now_s = as_played(policy, short), setting.first_s + step * setting.step_s
    if not isinstance(played, HpaPolicy | PricedPolicy | Policy):
        return _stepped(played, short)
    parts = parts_of(played, short)
    run = run_of(played, short, parts)
    count = int(run.desired[step])
    observation = Observation(Fleet(int(run.desired[step - 1]), int(run.ready[step])))
    if isinstance(played, HpaPolicy):
        _, _, reading = parts
        return hpa.decision_of(played, reading, observation, now_s, count)
    if isinstance(played, PricedPolicy):
        _, memory = parts
        observation = replace(observation, signals={played.demand_signal: _demand(setting, step)})
        return priced.decision_of(replace(played, every_s=setting.step_s), memory, observation, now_s, count)
    _, _, reading, trail = parts
    return decision_of(played, trail, reading, count, observation)


def _demand(setting: Setting, step: int) -> Value:
    """The demand shown to the policy at a step, delayed where the rules delay metrics."""
    then = max(0, step - setting.metric_lag) if setting.rules is Rules.QUEUED else step
    return Value(float(setting.load[then]), age_s=(step - then) * setting.step_s)


def _stepped(policy: AnyPolicy, setting: Setting) -> Decision:
    if setting.rules is Rules.PLAIN:
        course = fresh_course(setting.load, setting.first_s, setting.step_s, setting.per_replica)
        found = run_stepped(policy, lagged_fleet(setting.start, setting.lag), course, setting)
    else:
        found = queued_stepped(policy, world_of(setting, steps_between_decisions(policy, setting)), setting)
    if found is None:
        raise UsageError(f"policy {policy.name} makes no decision at the first step")
    return found
