"""The past of drivers: drawn from a seed and labeled so, derived signals within their bounds."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.app.driver_histories import followers, with_drawn_histories
from plimsoll.app.model import model_from_text
from plimsoll.app.runway.of_model import annotations_of
from plimsoll.domain.errors import ModelError
from plimsoll.domain.series import ORIGIN_SYNTHETIC, Harvest, Series, Window

DAY_MS = 86_400_000
TEXT = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: shop}
drivers:
  - name: users
    history: {synthetic: {days: 366, start: 50, daily_growth: 0.8%, yearly_season: 20%}}
  - name: month
    history:
      synthetic: {days: 28, start: 100, busy_hours: [9, 17], busy: 1.5, quiet: 0.7, weekday: 1.2, weekend: 0.8}
signals:
  - {name: cpu, unit: ratio, derived: {of: users, slope: 0.4%, min: 10%, max: 95%}}
  - {name: latency, unit: seconds, derived: {of: month, base: 100ms, slope: 0.1ms}}
"""
WINDOW = Window(0, 400 * DAY_MS)


def drawn(text: str = TEXT, window: Window = WINDOW) -> dict[str, Series]:
    harvest = with_drawn_histories(Harvest("x", (), (), ()), model_from_text(text), window)
    return {series.id.name: series for series in harvest.series}


def test_what_was_drawn_and_what_is_derived_from_it_says_so_in_its_name() -> None:
    assert all(ORIGIN_SYNTHETIC in series.id.labels for series in drawn().values())
    assert set(drawn()) == {"users", "month", "cpu", "latency"}


def test_a_history_grows_by_the_day_with_its_yearly_season() -> None:
    users = drawn()["users"]
    days = np.arange(366)
    assert users.values == pytest.approx(50 * 1.008**days * (1 + 0.2 * np.sin(2 * np.pi * days / 365)))
    assert int(users.times_ms[-1]) == 399 * DAY_MS


def test_hours_and_weekends_take_their_factors() -> None:
    assert set(np.round(drawn()["month"].values, 6)) == {180, 84, 120, 56}


def test_a_derived_signal_stays_within_its_bounds() -> None:
    found = drawn()
    assert (found["cpu"].values.min(), found["cpu"].values.max()) == pytest.approx((0.2, 0.95))
    assert found["latency"].values == pytest.approx(0.1 + 0.0001 * found["month"].values)


def test_the_same_seed_draws_the_same_and_the_window_only_cuts() -> None:
    noisy = TEXT.replace("yearly_season: 20%", "noise: 10%")
    whole, part = drawn(noisy)["users"], drawn(noisy, Window(390 * DAY_MS, 400 * DAY_MS))["users"]
    assert part.values == pytest.approx(whole.values[-10:])
    other = drawn(noisy.replace("noise: 10%", "noise: 10%, seed: 2"))["users"]
    assert not np.allclose(other.values, whole.values)


EVENTS = """
events:
  - {name: launch, start: 2026-03-01T00:00:00Z, factor: 2, driver: users}
  - {name: new cluster, kind: changepoint, start: 2026-01-15T00:00:00Z, driver: month}
  - {name: outage, kind: ignore, start: 2026-02-01T00:00:00Z, end: 2026-02-02T00:00:00Z}
"""
FOLLOWING = """\
  - {name: tasks, of: users, ratio: 3, signal: tasks_started}
components:
  - {name: web, demand: {unit: requests, driver: tasks, signal: requests}, capacity: {per_replica: 10}}
signals:
  - {name: tasks_started}
  - {name: requests, component: web}
  - {name: memory, unit: bytes, derived: {of: requests, slope: 1MB}}
"""


@pytest.mark.parametrize(
    ("series", "told"),
    [
        pytest.param("users", ["launch", "outage"], id="the_driver"),
        pytest.param("web/cpu", ["launch", "outage"], id="derived_from_it"),
        pytest.param("month", ["new cluster", "outage"], id="another_driver"),
        pytest.param("disk", ["outage"], id="follows_no_driver"),
    ],
)
def test_an_event_of_a_driver_concerns_what_follows_that_driver_only(series: str, told: list[str]) -> None:
    known = annotations_of(model_from_text(TEXT + EVENTS)).concerning(series)
    named = [event.name for event in known.events] + [item.reason for item in (*known.changepoints, *known.ignore)]
    assert named == told


def test_what_follows_a_driver_is_found_through_drivers_demands_and_derived_signals() -> None:
    model = model_from_text(TEXT.replace("signals:\n", FOLLOWING))
    assert followers(model, "users") == {"users", "tasks", "tasks_started", "requests", "memory", "cpu"}
    assert followers(model, "month") == {"month", "latency"}


def test_an_event_of_a_driver_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(ModelError, match=r"events\[0\]\.driver: there is no driver 'user'; did you mean \"users\""):
        model_from_text((TEXT + EVENTS).replace("driver: users", "driver: user"))


@pytest.mark.parametrize(
    ("end", "fault"),
    [
        ("2026-01-31T00:00:00Z", "before it starts"),
        ("2026-02-01", "over as it begins"),
        ("2026-02-01T01:00:00+02:00", "before it starts"),
    ],
)
def test_an_event_that_ends_before_it_starts_is_a_fault(end: str, fault: str) -> None:
    with pytest.raises(ModelError, match=rf"events\[2\].*{fault}"):
        model_from_text((TEXT + EVENTS).replace("end: 2026-02-02T00:00:00Z", f"end: {end}"))
