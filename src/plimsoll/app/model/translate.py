"""How do the sections of a model file become domain types, the input of the pure packages?

Faults that only appear when values are compared (a minimum above a maximum) are added to the list passed in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from plimsoll.app.model.components import ComponentSection
from plimsoll.app.model.document import ModelFile
from plimsoll.app.model.limits import LimitSection
from plimsoll.app.model.policy_context import Context
from plimsoll.app.model.signals import DerivedSection, SignalSection
from plimsoll.app.model.sizes import GrowthSection
from plimsoll.app.model.translate_policies import policy
from plimsoll.app.model.yaml_reader import FieldPath, Tree
from plimsoll.domain.errors import InputError
from plimsoll.domain.limit import Direction, Limit
from plimsoll.domain.policy_proposals import Form
from plimsoll.domain.response import Response
from plimsoll.domain.system import (
    Buffers,
    Component,
    Consumption,
    Demand,
    Growth,
    Instance,
    Latency,
    Replicas,
    Size,
    Slo,
    Startup,
    System,
)

_FAR = 1e12  # a load that no replica meets
_QUANTILES = (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99))


def system(file: ModelFile, tree: Tree, faults: list[InputError]) -> System:
    """Translate a checked file; `tree` tells where everything stands."""
    components = tuple(
        replace(component(section, ("components", index), tree, faults), responses=responses(section, file.signals))
        for index, section in enumerate(file.components)
    )
    return System(
        name=file.metadata.name,
        components=components,
        time_zone=file.metadata.time_zone,
    )


def component(section: ComponentSection, path: FieldPath, tree: Tree, faults: list[InputError]) -> Component:
    """Translate one component."""
    bare = Component(
        name=section.name,
        demand=_demand(section),
        capacity=section.capacity.per_replica if section.capacity else None,
        slo=_slo(section),
        startup=_startup(section),
        replicas=Replicas(**section.replicas.model_dump(exclude={"buffer"}), buffer_ratio=section.replicas.buffer),
        instance=_instance(section),
        buffers=Buffers(**dict(section.buffers)),
        consumption=_consumption(section),
        sizes=_sizes(section),
        growth=tuple(_growth(item) for item in section.growth),
        place=tree.place((*path, "name")),
    )
    policies = (
        policy(item, Context(bare, tree, faults, (*path, "policies", index)))
        for index, item in enumerate(section.policies)
    )
    return replace(bare, policies=tuple(policies))


def responses(section: ComponentSection, signals: Sequence[SignalSection]) -> tuple[Response, ...]:
    """Find the signals of a component that are derived from its own demand, as linear functions of load."""
    demand = section.demand
    own = {demand.unit, demand.driver} if demand else set()
    return tuple(
        response_of(signal.name, signal.derived, Form(signal.form or "average"))
        for signal in signals
        if signal.derived is not None and signal.component == section.name and signal.derived.of in own
    )


def response_of(name: str, rule: DerivedSection, form: Form) -> Response:
    """Write base + slope x load as points: at load 0, where a bound is met, and far beyond.

    >>> rule = DerivedSection.model_validate({"of": "users", "base": "20%", "slope": "0.5%", "max": "90%"})
    >>> response_of("memory", rule, Form.AVERAGE).load
    (0.0, 140.0, 1000000000000.0)
    """
    base, slope = rule.base.value if rule.base else 0.0, rule.slope.value
    bounds = [bound.value for bound in (rule.min, rule.max) if bound is not None]
    met = sorted((bound - base) / slope for bound in bounds) if slope else []
    low = rule.min.value if rule.min else -math.inf
    high = rule.max.value if rule.max else math.inf
    loads = (0.0, *(load for load in met if 0 < load < _FAR), _FAR)
    return Response(name, loads, tuple(min(max(base + slope * load, low), high) for load in loads), form)


def limit(section: LimitSection) -> Limit:
    """Translate one limit."""
    amount = section.hard or section.soft
    return Limit(
        name=section.resource,
        unit=amount.dimension.value if amount else "count",
        source=section.source,
        soft=section.soft.value if section.soft else None,
        hard=section.hard.value if section.hard else None,
        lead_time_s=section.lead_time,
        horizon_s=section.horizon,
        self_limiting=section.self_limiting,
        direction=Direction.LOW_IS_BAD if section.low_is_bad else Direction.HIGH_IS_BAD,
    )


def _demand(section: ComponentSection) -> Demand | None:
    demand = section.demand
    return Demand(demand.unit, demand.per, demand.driver, demand.ratio) if demand else None


def _slo(section: ComponentSection) -> Slo:
    slo = section.slo
    latencies = ((quantile, getattr(slo, name)) for name, quantile in _QUANTILES)
    return Slo(
        utilization=slo.utilization,
        latencies=tuple(Latency(quantile, below) for quantile, below in latencies if below is not None),
        error_ratio=slo.errors,
    )


def _startup(section: ComponentSection) -> Startup:
    startup = section.startup
    return Startup(startup.median, startup.p95, startup.failures) if startup else Startup()


def _instance(section: ComponentSection) -> Instance:
    has = section.instance
    return Instance(
        cores=has.cores,
        memory_bytes=has.memory,
        storage_bytes=has.storage,
        price_per_hour=has.price_per_hour,
    )


def _consumption(section: ComponentSection) -> tuple[Consumption, ...]:
    return tuple(Consumption(item.per, item.storage) for item in section.consumption)


def _sizes(section: ComponentSection) -> tuple[Size, ...]:
    return tuple(
        Size(item.name, tuple(item.up_to.items()), item.replicas, item.cores, item.memory, item.storage)
        for item in section.sizes
    )


def _growth(section: GrowthSection) -> Growth:
    return Growth(
        resource=section.resource,
        now=section.now.value if section.now else None,
        monthly_ratio=section.monthly,
        monthly_amount=section.monthly_points,
        act_above=section.act_above.value if section.act_above else None,
    )
