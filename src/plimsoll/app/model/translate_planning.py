"""How do the file's business sections become the inputs of a plan?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plimsoll.app.model.document import ModelFile
from plimsoll.app.model.drivers import DriverSection, PointSection, ScenarioSection
from plimsoll.app.model.prices import PricesSection
from plimsoll.app.model.tiers import TierSection
from plimsoll.domain.forecast import Event
from plimsoll.domain.plan_inputs import (
    Addition,
    Budget,
    CostGroup,
    Course,
    Driver,
    InstancePrice,
    Interpolation,
    Option,
    Phase,
    Point,
    PoolBound,
    Prices,
    QuotaBound,
    Rate,
    Rounding,
    Survival,
    Tier,
    TierSize,
    Transition,
)
from plimsoll.domain.series import as_ms


def drivers(file: ModelFile) -> tuple[Driver, ...]:
    """Translate the drivers."""
    return tuple(driver(section) for section in file.drivers)


def driver(section: DriverSection) -> Driver:
    """Translate one driver."""
    rounding = Rounding(section.rounding)
    return Driver(section.name, section.now, section.of, section.ratio, rounding)


def course(section: ScenarioSection, start: date) -> Course:
    """Translate one scenario; dates of points become months from the start."""
    rates = [Rate(rate.from_month, rate.monthly) for rate in section.rates]
    if section.monthly is not None:
        rates.append(Rate(1, section.monthly))
    low, high = section.range or (None, None)
    return Course(
        name=section.name,
        driver=section.driver,
        rates=tuple(sorted(rates, key=lambda rate: rate.from_month)),
        points=tuple(sorted((_point(point, start) for point in section.points), key=lambda point: point.month)),
        interpolation=Interpolation(section.interpolation),
        low=low,
        high=high,
        spread=section.variance,
        peak=section.peak,
    )


def _point(section: PointSection, start: date) -> Point:
    month = float(section.month or 0)
    if section.at is not None:
        whole = (section.at.year - start.year) * 12 + section.at.month - start.month
        month = whole + (section.at.day - start.day) / 31
    return Point(month, section.value, section.label or "")


def known_events(file: ModelFile) -> tuple[Event, ...]:
    """Translate the known changes of demand; `only` names the driver, and dependent drivers change with it."""
    return tuple(
        Event(
            event.name,
            as_ms(event.start),
            as_ms(event.end) if event.end else None,
            event.factor,
            event.offset,
            frozenset({event.driver} if event.driver else ()),
        )
        for event in file.events
        if event.kind == "change"
    )


def tiers(file: ModelFile) -> tuple[Tier, ...]:
    """Translate the tiers, smallest first."""
    return tuple(tier(section) for section in file.tiers)


def tier(section: TierSection) -> Tier:
    """Translate one tier."""
    sizes = (
        TierSize(name, size.replicas, size.cores, size.memory, size.storage)
        for name, size in section.components.items()
    )
    return Tier(section.name, tuple(section.up_to.items()), section.price_per_month, tuple(sizes))


def transitions(file: ModelFile) -> tuple[Transition, ...]:
    """Translate the ways from tier to tier."""
    return tuple(Transition(item.from_, item.to, item.duration, item.downtime, item.steps) for item in file.transitions)


def prices(section: PricesSection | None) -> Prices | None:
    """Translate the prices."""
    if section is None:
        return None
    hourly = section.instance_hour
    by_resources = section.basis == "resources" if section.basis else section.core_hour is not None
    return Prices(
        currency=section.currency,
        hours_per_month=section.hours_per_month,
        by_resources=by_resources,
        core_hour=section.core_hour,
        memory_gb_hour=section.memory_gb_hour,
        storage_gb_month=section.storage_gb_month,
        instance_hour=InstancePrice(hourly.on_demand, hourly.reserved, hourly.spot) if hourly else None,
        groups=tuple(_groups(section)),
        uncertainty=section.uncertainty,
    )


def _groups(section: PricesSection) -> Iterator[CostGroup]:
    for name, group in section.groups.items():
        yield CostGroup(
            name=name,
            monthly=sum(item.quantity * item.each for item in group.items.values()),
            growth=group.monthly,
            additions=tuple(
                Addition(item.what, item.quantity, item.each, frozenset(item.in_months)) for item in group.additions
            ),
        )


def budget(file: ModelFile) -> Budget | None:
    """Translate the budget."""
    return Budget(file.budget.monthly, file.budget.alert_at) if file.budget else None


def options(file: ModelFile) -> tuple[Option, ...]:
    """Translate the ways to save."""
    return tuple(
        Option(item.name, item.risk, item.effort, item.saves, item.excludes, item.note)
        for item in (file.cost_review.options if file.cost_review else ())
    )


def pools(file: ModelFile) -> tuple[PoolBound, ...]:
    """Find which components open connections to a database that bounds them."""
    bounded = {item.name: item.pool for item in file.components if item.pool}
    return tuple(
        PoolBound(item.name, name, pool.per_instance, pool.total)
        for item in file.components
        for name, pool in bounded.items()
        if name in item.depends_on and pool.per_instance is not None and pool.total is not None
    )


def quotas(file: ModelFile) -> tuple[QuotaBound, ...]:
    """Translate the rates that outside services allow."""
    return tuple(
        QuotaBound(component.name, quota.name, quota.rate)
        for component in file.components
        for quota in component.quotas
    )


def survive(file: ModelFile) -> tuple[Survival, ...]:
    """Translate the losses to survive."""
    return tuple(
        Survival(item.component, item.count, item.of if item.lose == "zone" else None) for item in file.recovery.survive
    )


def roadmap(file: ModelFile) -> tuple[Phase, ...]:
    """Translate the phases."""
    return tuple(Phase(item.name, item.to_day, item.items) for item in file.roadmap)
