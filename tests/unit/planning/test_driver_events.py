"""Known events on drivers: what each changes, when, and what follows it."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.domain.forecast import Event
from plimsoll.domain.plan_inputs import Driver, Rounding
from plimsoll.domain.series import Window
from plimsoll.planning.driver_events import cut, outlook_under, peak_of
from plimsoll.planning.first_passage import Futures
from plimsoll.planning.growth import Outlook, exact
from plimsoll.planning.known_events import under_events
from plimsoll.planning.runway_grid import Grid

USERS = Driver("users", now=1000)
ORDERS = Driver("orders", of="users", ratio=0.05)
SITES = Driver("sites", now=3)
CHAIN = (ORDERS, USERS, SITES, Driver("mails", of="orders", ratio=2))
VALUES = {"users": 1000.0, "orders": 50.0, "sites": 3.0, "mails": 100.0}


def under(*active: Event, drivers: tuple[Driver, ...] = CHAIN, grown: frozenset[str] = frozenset()) -> dict[str, float]:
    plain = {name: exact(value) for name, value in VALUES.items()}
    changed = outlook_under(drivers, grown, Outlook(plain, plain, plain), active)
    assert changed.low == changed.mid == changed.high
    return {name: float(value) for name, value in changed.mid.items()}


def event(factor: float = 1.0, offset: float = 0.0, driver: str = "", name: str = "e") -> Event:
    return Event(name, 0, None, factor, offset, frozenset({driver} if driver else ()))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([event(2.5, driver="users")], {"users": 2500, "orders": 125, "mails": 250}),
        ([event(2, 100, "users")], {"users": 2100, "orders": 105, "mails": 210}),
        ([event(3, driver="orders")], {"orders": 150, "mails": 300}),
        ([event(2)], {"users": 2000, "orders": 100, "mails": 200, "sites": 6}),
        ([event(offset=10)], {"users": 1010, "orders": 50.5, "mails": 101, "sites": 13}),
        ([event(2, driver="users"), event(1, 500, "users")], {"users": 2500, "orders": 125, "mails": 250}),
        ([event(1, 500, "users"), event(2, driver="users")], {"users": 3000, "orders": 150, "mails": 300}),
        ([event(2, driver="users"), event(3, driver="orders")], {"users": 2000, "orders": 300, "mails": 600}),
        ([event(1, -5000, "users")], {"users": 0, "orders": 0, "mails": 0}),
        ([event(2, driver="gone")], {}),
        ([], {}),
    ],
    ids=[
        "followers_follow",
        "multiplies_then_adds",
        "a_follower_by_itself",
        "every_driver_once",
        "adds_to_every_driver_that_leads",
        "overlapping_in_the_models_order",
        "overlapping_the_other_way_round",
        "on_a_driver_and_its_follower",
        "never_below_zero",
        "on_a_driver_that_is_not_here",
        "none",
    ],
)
def test_an_event_changes_its_driver_and_those_that_follow(events: list[Event], expected: dict[str, float]) -> None:
    assert under(*events) == pytest.approx(VALUES | expected)


def test_a_follower_with_a_course_of_its_own_is_changed_in_the_same_ratio() -> None:
    changed = under(event(2, 100, "users"), grown=frozenset({"orders"}))
    assert changed == pytest.approx(VALUES | {"users": 2100, "orders": 2 * 50 + 100 * 0.05, "mails": 210})


def test_what_an_event_makes_is_rounded_as_the_driver_says() -> None:
    drivers = (Driver("users", now=1000, rounding=Rounding.DOWN), Driver("orders", of="users", rounding=Rounding.UP))
    assert under(event(1.0013, driver="users"), drivers=drivers)["users"] == 1001


def test_drivers_that_follow_each_other_in_a_ring_stay_as_they_are() -> None:
    ring = (Driver("users", now=1000, of="orders"), Driver("orders", of="users", ratio=0.05))
    assert under(event(2, driver="users"), drivers=ring) == VALUES


def test_a_window_is_cut_where_events_begin_and_end_the_end_left_out() -> None:
    first, second = Event("a", 10, 30), Event("b", 20, None)
    found = [(start, [one.name for one in active]) for start, active in cut((first, second), Window(0, 100))]
    assert found == [(0, []), (10, ["a"]), (20, ["a", "b"]), (30, ["b"])]
    assert [start for start, _ in cut((Event("touches", 100, 200), Event("over", -50, 0)), Window(0, 100))] == [0]


def test_the_peak_takes_the_most_of_each_driver_wherever_it_is() -> None:
    sides = [{"a": exact(1), "b": exact(5)}, {"a": exact(2), "b": exact(3)}]
    outlook = peak_of([Outlook(side, side, side) for side in sides])
    assert outlook.mid == {"a": 2, "b": 5}


def test_drivers_change_as_simulated_levels_do() -> None:
    events = (Event("a", 2, 5, 1.5, -3.0), Event("b", 3, None, 0.5, 7.25))
    none = np.zeros(0)
    grid = Grid(-1, 1, none, none, np.zeros((0, 1)), relative=False)  # the sample of period k is at k
    usual = Futures(np.full((1, 8), 100.0), np.zeros((1, 8), dtype=np.intp))
    simulated = under_events(usual, grid, events).means[0]
    cuts = cut(events, Window(0, 8))
    plain = {"x": exact(100)}
    outlook = Outlook(plain, plain, plain)
    acting = [next(active for start, active in reversed(cuts) if start <= step) for step in range(8)]
    drivers = (Driver("x", now=100),)
    planned = [float(outlook_under(drivers, frozenset(), outlook, active).mid["x"]) for active in acting]
    assert planned == list(simulated)
