"""Plans of models: known events with every kind of growth, and prices that state their source."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.unit.app.shop_model import SHOP_MODEL

from plimsoll.app.model import model_from_text
from plimsoll.app.plan.plans import Question, plan
from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.series import Series, SeriesId


@pytest.mark.parametrize("growth", [None, 0.1], ids=["scenario", "growth_asked_for"])
def test_a_known_event_makes_its_month_however_growth_is_told(growth: float | None) -> None:
    first, second = plan(model_from_text(SHOP_MODEL), Question(growth=growth), date(2026, 1, 1)).periods
    grown = 1.0 + (growth or 0.0)
    assert (first.demand, second.demand) == pytest.approx((2500 * grown, 1000 * grown**2))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{currency: EUR}", "prices: model file, undated (`as_of` of `prices` would date them)"),
        ("{source: list of the provider, as_of: 2026-10-01}", "prices: list of the provider, as of 2026-10-01"),
    ],
    ids=["undated", "dated"],
)
def test_prices_say_where_they_come_from_and_of_when_they_are(given: str, told: str) -> None:
    text = SHOP_MODEL.replace("prices: {currency: EUR}", f"prices: {given}")
    notes = plan(model_from_text(text), Question(), date(2026, 1, 1)).notes
    assert [note for note in notes if note.startswith("prices")] == [told]


def test_a_component_and_a_group_of_one_name_are_both_in_the_bill() -> None:
    priced = "prices: {groups: {web: {items: {disks: 70}}}}"
    first, _ = plan(
        model_from_text(SHOP_MODEL.replace("prices: {currency: EUR}", priced)), Question(), date(2026, 1, 1)
    ).periods
    assert first.cost is not None
    assert sum(first.cost.lines.values()) == pytest.approx(first.cost.mid)


def test_a_plan_of_a_past_day_knows_nothing_of_what_came_later() -> None:
    """Ten thousand users came in the month after, and must not count."""
    text = SHOP_MODEL.replace("{name: users, now: 1000}", "{name: users}").replace("start: 2026-10-15, ", "")
    months = np.array([f"2025-{month:02d}-01" for month in range(1, 13)], dtype="datetime64[ms]").astype(np.int64)
    users = Series(SeriesId("users"), months, np.array([1000.0] * 11 + [10_000.0]), "users")
    made = plan(model_from_text(text), Question(), date(2025, 11, 20), {"users": users})
    assert made.periods[0].demand == pytest.approx(1000.0)
    assert "users starts at 1000, the last value of its history" in made.notes


@pytest.mark.parametrize(
    ("today", "why"),
    [
        (date(2025, 1, 1), "its history begins on 2025-02-01, after 2025-01-01, the day of the plan; name a later one"),
        (date(2025, 2, 2), "its history tells no growth, 2 values of it are too few; state it with a scenario"),
    ],
    ids=["history_begins_later", "too_few_values"],
)
def test_where_the_past_of_a_driver_is_all_there_is_and_tells_nothing_the_refusal_says_why(
    today: date, why: str
) -> None:
    """The reason is not that the model names no scenario, growth or costs, nor that the history is to be ignored."""
    text = SHOP_MODEL.replace("{name: users, now: 1000}", "{name: users}").replace("start: 2026-10-15, ", "")
    text = text.replace("scenarios:\n  - {name: steady, driver: users, monthly: 0%}\n", "")
    text = text[: text.index("events:")] + text[text.index("planning:") :]
    days = np.arange(np.datetime64("2025-02-01"), np.datetime64("2025-02-11")).astype("datetime64[ms]").astype(np.int64)
    with pytest.raises(NothingToAnswer, match=why):
        plan(model_from_text(text), Question(), today, {"users": Series(SeriesId("users"), days, days * 1.0, "users")})
