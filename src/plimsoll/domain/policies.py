"""Which kinds of policy are there? Plimsoll's own two, and the platforms' under their own rules."""

from __future__ import annotations

from plimsoll.domain.platform_policy import AwsStepScaling, AwsTargetTracking, HpaPolicy, KedaPolicy, NomadPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.priced_policy import PricedPolicy

PlatformPolicy = HpaPolicy | KedaPolicy | AwsTargetTracking | AwsStepScaling | NomadPolicy
AnyPolicy = Policy | PricedPolicy | PlatformPolicy
