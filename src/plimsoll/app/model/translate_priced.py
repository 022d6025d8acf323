"""How does a priced policy in the file become a `domain.priced_policy`?"""

from __future__ import annotations

from dataclasses import replace

from plimsoll.app.model.platform_policies import HpaSection
from plimsoll.app.model.policies import PolicySection
from plimsoll.app.model.policy_context import Context
from plimsoll.app.model.priced_policy import PricedSection, epoch_s
from plimsoll.app.model.translate_platforms import Bounds, platform_policy
from plimsoll.domain.platform_policy import HpaPolicy
from plimsoll.domain.priced_policy import Account, Learning, PricedPolicy, Season, can_be_run_along
from plimsoll.domain.system import REHEARSED_UTILIZATION


def priced_policy(section: PolicySection, bounds: Bounds, context: Context) -> PricedPolicy:
    """Translate one priced policy; capacity, start-up time and SLO are its component's."""
    own, component = section.priced, context.component
    if own is None or component.capacity is None:
        context.fault("needs the component's capacity.per_replica, to know what a replica carries", "priced")
    own = own or PricedSection(price=0.5)
    return PricedPolicy(
        name=section.name,
        min=bounds.min,
        max=bounds.max,
        per_replica=component.capacity or 1.0,
        price=own.price,
        utilization=component.slo.utilization or REHEARSED_UTILIZATION,
        slack_ratio=own.slack,
        change_cost=own.change_cost,
        window_s=own.window,
        startup_s=component.startup.median_s,
        every_s=own.every,
        demand_signal=own.demand,
        seasons=tuple(Season(season.period, season.weight) for season in own.seasons),
        learning=Learning(**own.learning.model_dump()),
        account=_account(section, own, bounds, context),
        place=context.place(),
    )


def _account(section: PolicySection, own: PricedSection, bounds: Bounds, context: Context) -> Account | None:
    if own.reference is None and own.misses is None:
        return None
    if own.reference is not None and own.misses is not None:
        context.fault("takes a reference or misses, not both", "priced", "misses")
    reference = None if own.reference is None else _reference(section, own.reference, bounds, context)
    return Account(reference, own.spend, own.misses, epoch_s(own.opens), own.gain)


def _reference(section: PolicySection, hpa: HpaSection, bounds: Bounds, context: Context) -> HpaPolicy | None:
    """Translate the reference, which is an HPA."""
    least = hpa.min if hpa.min is not None else bounds.min
    most = hpa.max if hpa.max is not None else bounds.max
    stand_in = section.model_copy(update={"hpa": hpa, "priced": None})
    inside = replace(context, path=(*context.path, "priced", "reference"))
    found = platform_policy(stand_in, "hpa", Bounds(least, most), inside)
    if isinstance(found, HpaPolicy) and not can_be_run_along(found):
        context.fault("is run along on the demand alone, so it can aim at cpu and nothing else", "priced", "reference")
    return found if isinstance(found, HpaPolicy) else None
