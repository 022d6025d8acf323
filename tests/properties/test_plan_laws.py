"""Laws of a plan with known events: more demand never needs less, and an event of no size changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.domain.forecast import Event
from plimsoll.domain.plan import Cost, Period, Plan
from plimsoll.domain.plan_inputs import Course, Driver, PlanInputs, Point, Prices, Rate, Rounding
from plimsoll.domain.system import Component, Demand, Instance, Replicas, Size, Slo, System
from plimsoll.planning.months import day_ms
from plimsoll.planning.plan import make_plan

START = date(2026, 1, 31)
DAY_MS = 86_400_000
QUICK = settings(deadline=None, max_examples=40)

COMPONENTS = (
    Component(
        "web",
        demand=Demand("requests", driver="users", ratio=1.5),
        capacity=70,
        slo=Slo(utilization=0.7),
        replicas=Replicas(min=1, max=30),
        instance=Instance(price_per_hour=0.5),
    ),
    Component(
        "store",
        demand=Demand("orders", driver="orders"),
        sizes=tuple(Size(f"s{most}", (("orders", float(most)),), replicas=most // 100) for most in (100, 1000, 10**9)),
        instance=Instance(price_per_hour=2.0),
    ),
)

rates = st.lists(st.floats(-0.2, 0.5).map(lambda rate: round(rate, 3)), min_size=1, max_size=3)
courses = st.one_of(
    rates.map(lambda found: Course("c", "users", tuple(Rate(1 + step, rate) for step, rate in enumerate(found)))),
    st.tuples(st.integers(1, 3000), st.integers(0, 3000)).map(
        lambda ends: Course("c", "users", points=(Point(0, ends[0]), Point(5, ends[1])))
    ),
    st.just(Course("c", "orders", (Rate(1, 0.1),), spread=0.05)),
)
spans = st.tuples(st.integers(-60, 300), st.one_of(st.none(), st.integers(1, 90)))
targets = st.sampled_from(["", "users", "orders", "sites"])


@st.composite
def changes(draw: st.DrawFn, least: float = 0.1, lowest: int = -500) -> Event:
    """An event at any time and of any length, with at least this factor and offset."""
    first, days = draw(spans)
    start_ms = day_ms(START) + first * DAY_MS
    driver = draw(targets)
    return Event(
        "e",
        start_ms,
        None if days is None else start_ms + days * DAY_MS,
        round(draw(st.floats(least, 4)), 2),
        draw(st.integers(lowest, 500)),
        frozenset({driver} if driver else ()),
    )


@st.composite
def plans(draw: st.DrawFn) -> PlanInputs:
    rounding = draw(st.sampled_from(Rounding))
    drivers = (
        Driver("orders", now=20.0, of="users", ratio=0.1, rounding=rounding),
        Driver("users", now=draw(st.integers(1, 2000)), rounding=rounding),
        Driver("sites", now=3),
    )
    course = draw(courses)
    inputs = PlanInputs(System("s", COMPONENTS), START, draw(st.integers(1, 7)), draw(st.booleans()), drivers, course)
    return replace(inputs, prices=Prices(), known=tuple(draw(st.lists(changes(), max_size=3))))


def amounts(period: Period) -> dict[str, float]:
    found = {name: estimate.value for name, estimate in period.drivers.items()}
    found |= {item.name: item.replicas or 0 for item in period.components}
    return found | costs(period.cost)


def costs(cost: Cost | None) -> dict[str, float]:
    sides = {side: getattr(cost, side) for side in ("low", "mid", "high")}
    return {f"cost {side}": amount for side, amount in sides.items() if amount is not None}


def of_months(plan: Plan) -> dict[int, dict[str, float]]:
    return {period.month: amounts(period) for period in plan.periods}


@QUICK
@given(plans(), changes(least=1.0, lowest=0), st.integers(0, 3))
def test_an_event_that_adds_never_takes_anything_away(inputs: PlanInputs, more: Event, place: int) -> None:
    known = (*inputs.known[:place], more, *inputs.known[place:])
    before, after = make_plan(inputs), make_plan(replace(inputs, known=known))
    bare, busy = of_months(before), of_months(after)
    assert bare.keys() <= busy.keys()
    for month, less in bare.items():
        assert less.keys() <= busy[month].keys()
        assert all(busy[month][name] >= amount for name, amount in less.items())
    total = costs(after.total_cost)
    assert all(total[side] >= amount for side, amount in costs(before.total_cost).items())


@QUICK
@given(plans(), changes())
def test_an_event_outside_the_plan_or_one_that_changes_nothing_leaves_it_as_it_is(
    inputs: PlanInputs, event: Event
) -> None:
    bare = make_plan(replace(inputs, known=()))
    over = replace(event, start_ms=0, end_ms=DAY_MS)
    assert make_plan(replace(inputs, known=(over,))) == bare
    idle = of_months(make_plan(replace(inputs, known=(replace(event, factor=1.0, offset=0.0),))))
    assert {month: idle[month] for month in of_months(bare)} == of_months(bare)


@QUICK
@given(plans(), st.sampled_from([0.5, 1.5, 3.0]))
def test_what_lasts_from_the_first_day_for_good_is_as_another_start(inputs: PlanInputs, factor: float) -> None:
    drivers = tuple(replace(driver, rounding=Rounding.NONE) for driver in inputs.drivers)
    plain = replace(inputs, drivers=drivers, known=())
    whole = Event("e", day_ms(START), None, factor)
    scaled = replace(
        plain,
        drivers=tuple(replace(one, now=one.now * factor if one.now is not None else None) for one in drivers),
    )
    changed = of_months(make_plan(replace(plain, known=(whole,))))
    for month, wanted in of_months(make_plan(scaled)).items():
        assert changed[month] == wanted
