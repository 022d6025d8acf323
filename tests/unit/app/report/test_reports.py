"""The actions of a report, by what was gathered."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from tests.unit.planning.histories import LIMIT, START_MS, history

from plimsoll.app.assessment.assessments import assess
from plimsoll.app.model.reports import Period as ModelPeriod
from plimsoll.app.report.gathered import Gathered, SeriesOutlook, check_answered
from plimsoll.app.report.headlines import headlines, runs_out
from plimsoll.app.report.reports import report
from plimsoll.app.runway.inputs import Inputs
from plimsoll.app.runway.runways import runway
from plimsoll.bootstrap import advice_base, report_parts
from plimsoll.domain import load_line as lines
from plimsoll.domain.assessment import Level, Severity, Threshold
from plimsoll.domain.assessment import Resource as Assessed
from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.estimate import Coverage, Estimate
from plimsoll.domain.observation import Missing, Reading, Value
from plimsoll.domain.report import Part, Period
from plimsoll.domain.runway import Breach, Runway
from plimsoll.domain.series import as_datetime
from plimsoll.planning.runway import Resource, Terms

CALM = history(per_day=0.0)
GROWING = history(level=0.5)
NOW_MS = int(CALM.times_ms[-1])


def run_of(*series_of: str) -> Runway:
    known = {"db/calm": CALM, "db/growing": GROWING, "db/full": replace(GROWING, values=GROWING.values + 0.4)}
    resources = tuple(Resource(name, "db", known[name], LIMIT) for name in series_of)
    return runway([Inputs("m", resources)], Terms(NOW_MS, paths=50)).document


def gathered_of(reading: Reading, run: Runway | None) -> Gathered:
    """The content of a report on a pool with a limit of 100, a practical limit of 80, and a runway."""
    levels = Threshold((Level(80.0, Severity.HIGH),))
    pool = Assessed("db", "pool", "count", reading, theoretical=100.0, practical=80.0, threshold=levels)
    assessment = assess("db", (replace(pool, topics=("connections",)),), advice_base(), START_MS, frozenset())
    return Gathered("db", NOW_MS, 7.0, assessment=assessment, runway=run)


def to_do(gathered: Gathered) -> Part:
    return report(gathered, ("actions",), None, "Today").parts[0]


def told(reading: Reading, run: Runway | None) -> tuple[str, ...]:
    part = to_do(gathered_of(reading, run))
    return (*part.lead, *(", ".join(row) for table in part.tables for row in table.rows))


@pytest.mark.parametrize(
    ("resources", "lines"),
    [
        pytest.param((), ["Nothing is tight; nothing to do."], id="no_runway"),
        pytest.param(("db/calm",), ["Nothing is tight; nothing to do."], id="nothing_runs_out"),
        pytest.param(
            ("db/calm", "db/growing"), ["Nothing is tight now.", "by 2026-03-", "db/growing, 2026-03-"], id="runs_out"
        ),
        pytest.param(
            ("db/growing", "db/full"), ["Nothing is tight now.", "now, db/full", "db/growing"], id="nearest_first"
        ),
    ],
)
def test_nothing_to_do_never_stands_beside_a_date_to_act_by(resources: tuple[str, ...], lines: list[str]) -> None:
    said = " ".join(told(Value(10.0, 0.0), run_of(*resources) if resources else None))
    places = [said.find(line) for line in lines]
    assert min(places) >= 0, said
    assert places == sorted(places)
    assert ("nothing to do" in said) is (len(lines) == 1)


def test_what_is_tight_now_hides_no_date_to_act_by() -> None:
    advised, dated = to_do(gathered_of(Value(90.0, 0.0), run_of("db/calm", "db/growing"))).tables
    assert advised.rows[0][0] == "Now"
    assert [row[1] for row in dated.rows] == ["db/growing"]


def test_a_date_to_act_by_is_told_where_nothing_could_be_judged() -> None:
    (dated,) = to_do(Gathered("db", NOW_MS, 7.0, runway=run_of("db/growing"))).tables
    assert [row[1] for row in dated.rows] == ["db/growing"]


def test_nothing_to_do_is_not_said_of_what_was_not_read() -> None:
    down = Missing("the server was down")
    assert told(down, None) == ("Not one of 1 resource could be read, so what to do is unknown.",)


def test_dates_that_nobody_measured_say_so_and_what_was_measured_does_not() -> None:
    part = to_do(replace(gathered_of(Value(90.0, 0.0), run_of("db/growing")), label="synthetic"))
    assert (part.label, *(table.label for table in part.tables)) == ("", "", "synthetic")


def test_the_first_to_act_on_need_not_be_the_first_to_run_out() -> None:
    """A resource with a long lead time may run out later and yet need action earlier."""
    slow = Resource("db/ordered", "db", replace(GROWING, values=GROWING.values - 0.1), replace(LIMIT, lead_time_s=6e6))
    run = runway([Inputs("m", (Resource("db/growing", "db", GROWING, LIMIT), slow))], Terms(NOW_MS, paths=50)).document
    (line,) = headlines(Gathered("db", NOW_MS, 7.0, runway=run))
    assert line.startswith("To be acted on first: db/ordered, ")
    assert "runs out first" not in line.lower()


DAY = timedelta(days=1)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("breach", "told"),
    [
        pytest.param(Breach(MARCH, MARCH, MARCH + DAY), "2026-03-01 to 2026-03-02", id="from_to"),
        pytest.param(Breach(MARCH, MARCH, MARCH + DAY / 2), "2026-03-01", id="within_a_day"),
        pytest.param(Breach(MARCH, None, None), "2026-03-01 or later", id="late_past_the_horizon"),
        pytest.param(None, "-", id="no_date"),
    ],
)
def test_the_span_in_which_it_runs_out_is_told_by_its_dates(breach: Breach | None, told: str) -> None:
    (row,) = run_of("db/growing").rows
    assert runs_out(replace(row, breach=breach)) == told


def test_that_there_is_no_bottleneck_is_said_only_of_what_was_read() -> None:
    assert headlines(gathered_of(Value(1.0, 0.0), None)) == ("No bottleneck among 1 resource.",)
    assert headlines(gathered_of(Missing("down"), None))[0].startswith("Not one of 1 resource could be read")


def test_what_was_not_read_stands_beside_that_there_is_no_bottleneck() -> None:
    pools = [Assessed("db", name, "count", Value(1.0, 0.0), theoretical=10.0, practical=8.0) for name in "ab"]
    unread = Assessed("db", "c", "count", Missing("down"), theoretical=10.0, practical=8.0)
    found = assess("db", (*pools, unread), advice_base(), START_MS, frozenset())
    said = headlines(Gathered("db", NOW_MS, 7.0, assessment=found))
    assert said == ("No bottleneck among 2 resources; 1 of 3 were not read.",)


@pytest.mark.parametrize(
    ("load", "told"),
    [
        pytest.param(Estimate(50.0), "50 users;", id="no_interval"),
        pytest.param(Estimate(50.0, 40.0, 60.0), "50 users (40 to 60 at 95 %);", id="both_ends"),
        pytest.param(Estimate(50.0, 40.0), "50 users (40 to more at 95 %);", id="no_upper_end"),
        pytest.param(
            Estimate(50.0, 40.0, 60.0, coverage=Coverage(0.9, 0.99, "", "")),
            "50 users (40 to 60 at 90 to 99 %);",
            id="measured_coverage",
        ),
    ],
)
def test_a_load_line_is_told_with_its_interval_and_how_often_that_holds(load: Estimate, told: str) -> None:
    line = lines.LoadLine(load, None, "p99<250ms", 40.0, None, 0.95, False, "")
    unsettled = lines.Peak(lines.PeakState.NOT_IDENTIFIED, None, None, ""), lines.Ceiling(None)
    tested = lines.TestedRange(10.0, 70.0, 7, "users")
    found = lines.LoadTestLimits((), *unsettled, line, "", lines.Thresholds(*[None] * 7), tested)
    (said,) = headlines(Gathered("shop", NOW_MS, 7.0, limits={"": found}))
    assert said == f"One replica carries {told} bound by p99<250ms."


@pytest.mark.parametrize(
    ("gathered", "parts", "answered"),
    [
        pytest.param(Gathered("db", NOW_MS, 7.0), ("runway", "plan"), False, id="nothing_was_gathered"),
        pytest.param(gathered_of(Missing("down"), None), ("utilization",), False, id="nothing_was_read"),
        pytest.param(gathered_of(Value(1.0, 0.0), None), ("utilization",), True, id="one_was_read"),
        pytest.param(gathered_of(Value(1.0, 0.0), None), ("runway",), False, id="known_but_no_part_of_the_report"),
        pytest.param(Gathered("db", NOW_MS, 7.0, runway=run_of("db/calm")), ("runway",), True, id="none_in_horizon"),
    ],
)
def test_a_report_in_which_no_part_has_an_answer_says_so(
    gathered: Gathered, parts: tuple[str, ...], answered: bool
) -> None:
    with nullcontext() if answered else pytest.raises(NothingToAnswer, match="nothing in the report could be told"):
        check_answered(gathered, parts)


def test_findings_are_told_of_a_model_only() -> None:
    said = [
        report(Gathered("db", NOW_MS, 7.0, findings=found), ("findings",), None, "").parts[0] for found in (None, ())
    ]
    assert [part.lead[0].startswith("Not told") for part in said] == [True, False]


def test_a_period_of_one_day_is_the_day() -> None:
    assert report(Gathered("db", NOW_MS, 1.0), (), None, "Today").covers.startswith("the day up to ")


def test_a_period_of_which_only_a_part_was_seen_says_from_when_on() -> None:
    seen_days = (NOW_MS - int(CALM.times_ms[0])) / 86_400_000
    for span_days, said in ((seen_days + 30, f", with samples since {as_datetime(START_MS):%Y-%m-%d}"), (7.0, "")):
        gathered = Gathered("db", NOW_MS, span_days, outlooks=(SeriesOutlook(CALM, None),))
        assert report(gathered, (), None, "Today").covers.partition(" UTC")[2] == said


def test_a_date_to_act_by_that_has_passed_is_now() -> None:
    """The lead time is longer than the time left."""
    late = replace(LIMIT, lead_time_s=365 * 86_400.0)
    run = runway([Inputs("m", (Resource("db/growing", "db", GROWING, late),))], Terms(NOW_MS, paths=50)).document
    (line,) = headlines(Gathered("db", NOW_MS, 7.0, runway=run))
    assert line.startswith("To be acted on first: db/growing, now. It runs out 2026-03-")
    assert told(Value(10.0, 0.0), run)[1].startswith("now, db/growing, 2026-03-")


def test_every_load_test_is_told_by_its_component_and_one_that_says_nothing_with_its_reason() -> None:
    up_to_40 = lines.LoadLine(None, None, "", 40.0, None, 0.95, True, "p99<250ms: met up to 40", at_least=40.0)
    chart = lines.LoadChart("p99", "seconds", (10.0, 70.0), (0.1, 0.2), (), (), (), (), (), (10.0, 70.0), None, None)
    unsettled = lines.Peak(lines.PeakState.NOT_IDENTIFIED, None, None, ""), lines.Ceiling(None)
    tested = lines.TestedRange(10.0, 70.0, 7, "users")
    found = lines.LoadTestLimits((), *unsettled, up_to_40, "", lines.Thresholds(*[None] * 7), tested, charts=(chart,))
    gathered = Gathered("shop", NOW_MS, 7.0, limits={"web": found, "api": "api.csv: is empty"})
    first, second = headlines(gathered)
    assert first == "One replica of web carries at least 40 users: the line lies past what was tested."
    assert second == "What one replica of api carries is unknown: api.csv: is empty."
    (part,) = report(gathered, (), None, "Today").parts
    assert part.lead == ("api: not told: api.csv: is empty.",)
    assert {table.title.split(":")[0] for table in part.tables} == {"web"}
    assert all(chart.title.startswith("web: ") for chart in part.charts)


def test_every_period_that_a_model_may_name_has_its_report() -> None:
    assert {period.value for period in Period} == set(get_args(ModelPeriod))
    for period in Period:
        assert report_parts(period)[0] == "actions"
        assert period.days >= 1


@pytest.mark.parametrize(("soft", "hard", "kind"), [(0.3, 0.95, "soft"), (0.2, 0.4, "hard")])
def test_what_is_past_a_soft_limit_is_not_told_as_past_the_hard_one(soft: float, hard: float, kind: str) -> None:
    limit = replace(LIMIT, soft=soft, hard=hard if kind == "hard" else None)
    run = runway([Inputs("m", (Resource("db/disk", "db", GROWING, limit),))], Terms(NOW_MS, paths=50)).document
    assert headlines(Gathered("db", NOW_MS, 7.0, runway=run)) == (f"Past its {kind} limit now: db/disk.",)
