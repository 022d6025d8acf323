"""How long does a long-running command wait?"""

from __future__ import annotations

from plimsoll.entrypoints.cli.pace import SignalledPace


def test_a_clock_that_is_set_back_while_waiting_does_not_lengthen_the_wait() -> None:
    looks = iter([0] + [-3_600_000] * 3)
    assert SignalledPace(lambda: next(looks)).wait_until(20)
