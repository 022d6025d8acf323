"""A suggestion is recommended only if it was better on held-out demand by more than noise."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.app.rehearsal.replay_scores import Scorer
from plimsoll.app.rehearsal.suggestion_verdict import Match, advised
from plimsoll.domain.suggestion import Verdict
from plimsoll.domain.system import Startup
from plimsoll.simulation.runs import Run
from plimsoll.simulation.setting import Setting

STEPS = 4000
LOAD = np.full(STEPS, 100.0)
SETTING = Setting(LOAD, 0.0, 60.0, 100.0, 0.8, Startup(120.0), 1, 50)
SCORER = Scorer(SETTING, np.full(STEPS, 2), 0, None, None)


def run(name: str, missed: np.ndarray, ready: np.ndarray | int = 4) -> Run:
    counts = np.full(STEPS, ready) if isinstance(ready, int) else ready
    return Run(name, counts, counts, np.zeros(STEPS, np.int64), missed)


def every(nth: int) -> np.ndarray:
    return np.arange(STEPS) % nth == 0


def flapping(times: int) -> np.ndarray:
    ready = np.full(STEPS, 4)
    ready[5 : 5 + 40 * times : 40] = 3
    return ready


def match(new: Run, now: Run, *, calm: bool = True) -> Match:
    return Match(SCORER, new, now, has_current=True, calm=calm)


def test_what_misses_clearly_less_is_advised():
    assert advised(None, match(run("new", every(40)), run("now", every(10))))[0] is Verdict.RECOMMENDED


def test_what_misses_less_by_chance_is_not():
    random = np.random.default_rng(1)
    now, new = random.random(STEPS) < 0.05, random.random(STEPS) < 0.05
    new[np.flatnonzero(new)[: max(0, int(new.sum() - now.sum()) + 2)]] = False  # two steps of 4000 better
    verdict, reason = advised(None, match(run("new", new), run("now", now)))
    assert (verdict, reason.endswith("no more than its noise")) == (Verdict.KEEP_CURRENT, True)


@pytest.mark.parametrize(
    ("times", "calm", "verdict"),
    [
        pytest.param(40, True, Verdict.KEEP_CURRENT, id="clearly_more_flaps"),
        pytest.param(40, False, Verdict.RECOMMENDED, id="allowed_by_the_caller"),
        pytest.param(1, True, Verdict.RECOMMENDED, id="no_more_than_chance"),
    ],
)
def test_what_flaps_more_is_not_advised_unless_it_is_allowed(times: int, calm: bool, verdict: Verdict):
    found = match(run("new", every(40), flapping(times)), run("now", every(10)), calm=calm)
    assert advised(None, found)[0] is verdict


def test_more_replica_hours_are_no_bargain():
    assert advised(None, match(run("new", every(40), 5), run("now", every(10))))[0] is Verdict.KEEP_CURRENT


def test_as_many_misses_as_before_are_no_gain_and_as_many_as_allowed_hold_the_slo():
    same = match(run("new", every(100), 3), run("now", every(100)))
    assert advised(None, same)[1] == "on the rest it had no less load outside the SLO than the current policy"
    assert advised(0.01, same)[1] == "it held the SLO on the rest with fewer replica-hours than the current policy"


@pytest.mark.parametrize(
    ("nth", "verdict", "reason"),
    [
        pytest.param(100, "recommended", "it held the SLO on the rest", id="held"),
        pytest.param(50, "not_recommended", "it did not hold the SLO on the rest", id="missed"),
    ],
)
def test_alone_it_is_advised_where_it_held_the_slo(nth: int, verdict: str, reason: str):
    alone = Match(SCORER, run("new", every(nth)), run("new", every(nth)), has_current=False, calm=False)
    assert advised(0.01, alone) == (verdict, reason)


def test_at_an_slo_that_both_hold_only_clearly_fewer_replica_hours_count():
    cheaper, same = run("new", every(200), 3), run("new", every(200), 4)
    now = run("now", every(200))
    assert advised(0.01, match(cheaper, now))[0] is Verdict.RECOMMENDED
    assert advised(0.01, match(same, now))[0] is Verdict.KEEP_CURRENT
