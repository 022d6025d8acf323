"""The scores of a service over a whole replay."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plimsoll.app.rehearsal.replay_scores import Scorer
from plimsoll.domain.system import Startup
from plimsoll.simulation.runs import Run
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.world import LATENCY_S

LOAD = np.array([0.0, 30.0, 10.0])
SETTING = Setting(LOAD, 0.0, 60.0, 100.0, 0.8, Startup(60.0), 0, 5, Rules.QUEUED, service_s=0.1)


@pytest.mark.parametrize(
    ("latency_s", "mean_s"),
    [
        pytest.param([math.nan, 0.1, 0.5], 0.2, id="no_replica_and_no_load"),
        pytest.param([0.1, 0.1, math.nan], None, id="no_replica_for_a_load"),
    ],
)
def test_a_latency_is_that_of_the_load_and_unknown_where_it_is_of_any(latency_s: list[float], mean_s: float | None):
    observed, ones = np.zeros((5, 3)), np.ones(3, np.int64)
    observed[LATENCY_S] = latency_s
    run = Run("p", ones, ones, np.zeros(3, np.int64), np.zeros(3, bool), observed)
    assert Scorer(SETTING, ones, 0, None, None).score(run, run).latency_s == (
        None if mean_s is None else pytest.approx(mean_s)
    )
