"""The service that a replay scales: who leaves first when it shrinks."""

from __future__ import annotations

import numpy as np

from plimsoll.domain.system import Startup
from plimsoll.simulation.runs import world_of
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.world import READY, carry_out, serve

SETTING = Setting(np.full(10, 1000.0), 0.0, 60.0, 100.0, 0.8, Startup(180.0), 2, 60, Rules.QUEUED)


def test_who_starts_last_is_called_off_first_and_who_serves_leaves_last():
    world = world_of(SETTING)
    assert world.state[READY] == 13
    for t, count in enumerate((16, 18, 15)):  # three are due at step 3 and two at step 4
        serve(world, t)
        carry_out(world, t, count)
    assert (world.due[3], world.due[4], world.state[READY]) == (2, 0, 13)
    carry_out(world, 2, 12)
    assert (world.due.sum(), world.state[READY]) == (0, 12)
