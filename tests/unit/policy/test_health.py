"""A verdict on a replica changes only after enough probes in a row, and not during its first minutes."""

from __future__ import annotations

import pytest

from plimsoll.domain.policy_restraints import HealthCheck
from plimsoll.policy.health import Health, Pulse, probed

CHECK = HealthCheck("/health", healthy_after=2, unhealthy_after=3, grace_s=300.0)

RUNS = [
    pytest.param(Health.STARTING, "+", 30, Health.STARTING, id="one_good_probe_is_not_enough"),
    pytest.param(Health.STARTING, "++", 30, Health.HEALTHY, id="two_in_a_row_are"),
    pytest.param(Health.STARTING, "+-+", 30, Health.STARTING, id="they_must_be_in_a_row"),
    pytest.param(Health.STARTING, "-----", 30, Health.STARTING, id="grace_is_given_while_it_starts"),
    pytest.param(Health.STARTING, "-", 300, Health.UNHEALTHY, id="grace_ends_at_its_end"),
    pytest.param(Health.HEALTHY, "--", 900, Health.HEALTHY, id="two_bad_probes_are_not_enough"),
    pytest.param(Health.HEALTHY, "---", 900, Health.UNHEALTHY, id="three_in_a_row_are"),
    pytest.param(Health.HEALTHY, "--+--", 900, Health.HEALTHY, id="a_good_one_between_starts_anew"),
    pytest.param(Health.HEALTHY, "---", 30, Health.UNHEALTHY, id="who_was_healthy_has_no_grace"),
    pytest.param(Health.UNHEALTHY, "++", 900, Health.HEALTHY, id="it_recovers"),
]


@pytest.mark.parametrize(("before", "probes", "age_s", "after"), RUNS)
def test_probes_in_a_row_decide(before: Health, probes: str, age_s: float, after: Health):
    pulse = Pulse(before)
    for probe in probes:
        pulse = probed(CHECK, pulse, probe == "+", age_s)
    assert pulse.health is after
