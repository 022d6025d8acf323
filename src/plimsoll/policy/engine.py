"""Which rules does a policy follow? One step for every kind: Plimsoll's own, and the platforms'."""

from __future__ import annotations

from typing import assert_never

from plimsoll.domain.decision import Decision
from plimsoll.domain.observation import Observation
from plimsoll.domain.platform_policy import AwsStepScaling, AwsTargetTracking, HpaPolicy, KedaPolicy, NomadPolicy
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.priced_policy import PricedPolicy
from plimsoll.policy import step as own
from plimsoll.policy.memory import Kept
from plimsoll.policy.platforms import aws, hpa, keda, nomad
from plimsoll.policy.priced import decision as priced


def step(policy: AnyPolicy, memory: Kept, observation: Observation, now_s: float) -> tuple[Decision, Kept]:
    """Make one step of any policy; `memory` is `Kept(policy.name)` before the first."""
    if isinstance(policy, Policy):
        return own.step(policy, memory, observation, now_s)
    if isinstance(policy, PricedPolicy):
        return priced.step(policy, memory, observation, now_s)
    if isinstance(policy, HpaPolicy):
        return hpa.step(policy, memory, observation, now_s)
    if isinstance(policy, KedaPolicy):
        return keda.step(policy, memory, observation, now_s)
    if isinstance(policy, AwsTargetTracking):
        return aws.track(policy, memory, observation, now_s)
    if isinstance(policy, AwsStepScaling):
        return aws.step_scale(policy, memory, observation, now_s)
    if isinstance(policy, NomadPolicy):
        return nomad.step(policy, memory, observation, now_s)
    assert_never(policy)
