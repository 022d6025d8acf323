"""What one look at the present is worth, and why something was not seen."""

from __future__ import annotations

from plimsoll.adapters.sources.live import Glance, harvest
from plimsoll.domain.ports import Signal
from plimsoll.domain.series import Window


def test_a_gap_has_the_reason_of_its_own_name_before_that_of_one_that_begins_alike() -> None:
    glance = Glance((), {"connections_used": "took too long", "connections": "not allowed"})
    found = harvest("db", glance, [Signal("connections"), Signal("connections_used_ratio")], Window(0, 2), 60.0, 1)
    assert [gap.reason for gap in found.gaps] == ["db: not allowed", "db: took too long"]
