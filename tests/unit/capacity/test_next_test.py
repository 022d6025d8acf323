"""The proposed next test can be run: whole users, rates as fine as they are, for as long as a quantile needs."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.capacity.test_limits_of_steps import limits_of

from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.plateaus import cut_steps
from plimsoll.capacity.steps_check import checked
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.load_line import NextTest
from plimsoll.domain.load_test import LoadUnit, Recording, Steps

SEVEN = np.arange(1.0, 8)
USERS, ARRIVALS = LoadUnit.USERS, LoadUnit.ARRIVALS_PER_S


def asked(load: np.ndarray, unit: LoadUnit, slo: str, throughput: np.ndarray | None = None) -> NextTest | None:
    latency = {slo.split("<", maxsplit=1)[0]: 0.1 + np.arange(load.size) / 100}
    return limits_of(Steps(load, unit, throughput, latency), slo, models=(Linear(),)).next_test


@pytest.mark.parametrize(
    ("load", "unit", "slo", "loads"),
    [
        pytest.param(SEVEN[:2], USERS, "p95<1s", (1, 2, 3, 4, 5, 6, 7), id="few_users"),
        pytest.param(SEVEN * 2, USERS, "p95<50ms", (1, 2), id="half_users"),
        pytest.param(SEVEN, USERS, "p95<50ms", None, id="less_than_one_user"),
        pytest.param(SEVEN - 1, USERS, "p95<50ms", (1, 2, 3, 5, 6, 8, 9), id="nobody_was_a_step"),
        pytest.param(np.append(0, SEVEN) * 8, USERS, "p95<50ms", (1, 2, 4, 5, 7, 8), id="nobody_serves_no_one"),
        pytest.param(SEVEN / 100, ARRIVALS, "p95<1s", (0.088, 0.109, 0.131, 0.153, 0.175), id="rare_arrivals"),
        pytest.param(SEVEN / 100, ARRIVALS, "p95<50ms", (0.0013, 0.003, 0.0048, 0.0065, 0.0083, 0.01), id="rarer"),
        pytest.param(SEVEN / 1000, USERS, "p95<1s", (0.0088, 0.0109, 0.0131, 0.0153, 0.0175), id="thousands_of_users"),
    ],
)
def test_loads_asked_for_can_be_run(
    load: np.ndarray, unit: LoadUnit, slo: str, loads: tuple[float, ...] | None
) -> None:
    found = asked(load, unit, slo)
    assert (None if found is None else found.loads) == loads


def test_a_step_lasts_until_its_quantile_settles_at_the_loads_asked_for() -> None:
    """20 requests beyond p99.9 are 20,000: five and a half hours at a request a second, two minutes at 175."""
    found = asked(SEVEN * 20, USERS, "p99.9<1s", np.array([1.0, 50, 70, 90, 110, 125, 140]))
    assert found is not None
    assert found.loads[0] == 175  # past the highest tested, where no throughput is known but that of 140 users
    assert found.step_s == 150
    lower = asked(SEVEN * 20, USERS, "p99.9<50ms", SEVEN * 10)
    assert lower is not None
    assert (lower.loads[0], lower.step_s) == (2, 20000)  # 1 request a second, were it to go down in proportion


@pytest.mark.parametrize(
    ("load", "unit", "words"),
    [
        pytest.param(1.0, USERS, "test next 1, 2, 4, 5, 6, 7 users", id="one_user"),
        pytest.param(10.0, USERS, "test next 2, 5, 8, 11, 14, 17, 20 users", id="ten_users"),
        pytest.param(0.5, ARRIVALS, "test next 0.12, 0.27, 0.42, 0.56, 0.71, 0.85, 1 arrivals/s", id="arrivals"),
    ],
)
def test_a_single_step_asks_for_loads_around_it(load: float, unit: LoadUnit, words: str) -> None:
    with pytest.raises(NothingToAnswer, match=words):
        checked(Steps(np.array([load]), unit, np.array([50.0])))


def test_a_ramp_of_few_users_asks_for_stairs_of_whole_ones() -> None:
    users = np.repeat([1.0, 2, 3], 5)
    with pytest.raises(InputError, match="for example 1, 2, 3 users for 60 s each"):
        cut_steps(Recording(np.arange(15.0), users, users * 5, np.zeros(15)))
