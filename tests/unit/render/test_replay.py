"""How a replay is shown: nothing that was missed is thinned away, and no ratio is told where there is none."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from plimsoll.domain.estimate import Estimate
from plimsoll.domain.replay import Conditions, PolicyScore, Replay
from plimsoll.domain.suggestion import Limits, Suggestion, Verdict
from plimsoll.render import suggestion
from plimsoll.render.replay import course_chart, tables

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
CALM = PolicyScore(
    0.0, 0.0, 48.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, name="hpa70", cost=None, currency=None, optimum_hours=0.0,
    miss_interval=Estimate(0.0), hours_interval=Estimate(48.0),
)  # fmt: skip
NEVER_ASKED = Replay(
    "night", "web", 24, 3600.0, 24, MOMENT, MOMENT,
    Conditions("plain", 100.0, 0.8, 120.0, None, 0.0, 0, 9, None, 0.0, 1), (CALM,),
)  # fmt: skip


def test_where_no_replica_at_all_would_do_nothing_is_told_as_over_it() -> None:
    (scores,) = tables(NEVER_ASKED)
    assert scores.rows[0][scores.columns.index("OVER OPTIMUM")] == "-"


def test_perfect_knowledge_at_the_hours_of_a_policy_is_not_called_the_least_hours() -> None:
    """With more hours than needed it misses nothing, and would miss nothing with fewer hours."""
    made = Suggestion(
        "night", "web", "fewest misses", Verdict.KEEP_CURRENT, "nothing better", 12, 12, MOMENT, MOMENT, 1,
        NEVER_ASKED.conditions, CALM, CALM, None, None, None, None, None, Limits(0.0, 0.0, 6, 0.0, 5), (),
    )  # fmt: skip
    scores = suggestion.tables(made)[0]
    assert scores.rows[-1] == ("perfect knowledge", "0.000%", "-", "48", "-", "-", "-", "-", "-")


def test_a_long_course_keeps_the_steps_of_most_demand_with_what_was_ready_then() -> None:
    """A burst is a miss even if the policy reacts to it within the same drawn span."""
    steps = 20_000
    need, ready = np.full(steps, 2.0), np.full(steps, 2.0)
    need[7777] = ready[7778] = 9.0
    chart = course_chart(NEVER_ASKED, list(range(steps)), need.tolist(), [("hpa70", ready.tolist())])
    demanded, drawn = chart.lines
    at = demanded.y.index(9.0)
    assert (demanded.x[at], drawn.x[at], drawn.y[at]) == (7777.0, 7777.0, 2.0)
    assert len(demanded.x) <= 5000
    assert chart.says.endswith("Of each 4 steps the one that demands most is drawn.")
