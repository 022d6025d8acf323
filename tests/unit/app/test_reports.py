"""What a report says is to be done, by what was gathered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.planning.histories import LIMIT, START_MS, history

from plimsoll.app.assessments import assess
from plimsoll.app.reports import Gathered, Told, headlines, report
from plimsoll.app.runway_inputs import Inputs
from plimsoll.app.runways import runway
from plimsoll.bootstrap import advice_base
from plimsoll.domain import load_line as lines
from plimsoll.domain.assessment import Resource as Assessed
from plimsoll.domain.observation import Missing, Reading, Value
from plimsoll.domain.runway import Runway
from plimsoll.domain.series import as_datetime
from plimsoll.planning.runway import Resource, Terms

CALM = history(per_day=0.0)
GROWING = history(level=0.5)
NOW_MS = int(CALM.times_ms[-1])


def run_of(*series_of: str) -> Runway:
    known = {"db/calm": CALM, "db/growing": GROWING, "db/full": replace(GROWING, values=GROWING.values + 0.4)}
    resources = tuple(Resource(name, "db", known[name], LIMIT) for name in series_of)
    return runway([Inputs("m", resources)], Terms(NOW_MS, paths=50)).document


def told(reading: Reading, run: Runway | None) -> tuple[str, ...]:
    loose = Assessed("db", "pool", "count", reading, theoretical=100.0, practical=80.0)
    assessment = assess("db", (loose,), advice_base(), START_MS, frozenset())
    gathered = Gathered("db", NOW_MS, 7.0, assessment=assessment, runway=run)
    return report(gathered, ("actions",), None, "Today").parts[0].lead


@pytest.mark.parametrize(
    ("resources", "lines"),
    [
        pytest.param((), ["Nothing is tight; nothing to do."], id="no_runway"),
        pytest.param(("db/calm",), ["Nothing is tight; nothing to do."], id="nothing_runs_out"),
        pytest.param(("db/calm", "db/growing"), ["Act by 2026-03-", "on db/growing: "], id="runs_out"),
        pytest.param(("db/growing", "db/full"), ["on db/full: passed since", "on db/growing: "], id="nearest_first"),
    ],
)
def test_nothing_to_do_never_stands_beside_a_date_to_act_by(resources: tuple[str, ...], lines: list[str]) -> None:
    said = " ".join(told(Value(10.0, 0.0), run_of(*resources) if resources else None))
    places = [said.find(line) for line in lines]
    assert min(places) >= 0, said
    assert places == sorted(places)
    assert ("nothing to do" in said) is (lines[0].startswith("Nothing"))


def test_nothing_to_do_is_not_said_of_what_was_not_read() -> None:
    assert told(Missing("the server was down"), None) == ("Nothing that was read is tight; 1 of 1 were not read.",)


@pytest.mark.parametrize(("resource", "label"), [("db/growing", "synthetic"), ("db/calm", "")])
def test_a_date_to_act_by_that_nobody_measured_says_so(resource: str, label: str) -> None:
    loose = Assessed("db", "pool", "count", Value(10.0, 0.0), theoretical=100.0, practical=80.0)
    assessment = assess("db", (loose,), advice_base(), START_MS, frozenset())
    drawn = Gathered("db", NOW_MS, 7.0, assessment=assessment, runway=run_of(resource), label="synthetic")
    assert report(drawn, ("actions",), None, "Today").parts[0].label == label


def test_a_period_of_one_day_is_the_day() -> None:
    assert report(Gathered("db", NOW_MS, 1.0), (), None, "Today").covers.startswith("the day up to ")


def test_a_period_of_which_only_a_part_was_seen_says_from_when_on() -> None:
    seen_days = (NOW_MS - int(CALM.times_ms[0])) / 86_400_000
    for span_days, said in ((seen_days + 30, f", with samples since {as_datetime(START_MS):%Y-%m-%d}"), (7.0, "")):
        gathered = Gathered("db", NOW_MS, span_days, told=(Told(CALM, None),))
        assert report(gathered, (), None, "Today").covers.partition(" UTC")[2] == said


def test_a_date_to_act_by_that_has_passed_is_now() -> None:
    """Told a lead time that is longer than what is left."""
    late = replace(LIMIT, lead_time_s=365 * 86_400.0)
    run = runway([Inputs("m", (Resource("db/growing", "db", GROWING, late),))], Terms(NOW_MS, paths=50)).document
    assert headlines(Gathered("db", NOW_MS, 7.0, runway=run)) == ("Runs out first: db/growing. Act now.",)
    assert told(Value(10.0, 0.0), run)[0].startswith("Act now on db/growing: ")


def test_every_load_test_is_told_by_its_component_and_one_that_says_nothing_with_its_reason() -> None:
    up_to_40 = lines.LoadLine(None, None, "", 40.0, None, 0.95, True, "p99<250ms: met up to 40", at_least=40.0)
    chart = lines.LoadChart("p99", "seconds", (10.0, 70.0), (0.1, 0.2), (), (), (), (), (), (10.0, 70.0), None, None)
    unsettled = lines.Peak(lines.PeakState.NOT_IDENTIFIED, None, None, ""), lines.Ceiling(None)
    tested = lines.TestedRange(10.0, 70.0, 7, "users")
    found = lines.LoadTestLimits((), *unsettled, up_to_40, "", lines.Thresholds(*[None] * 7), tested, charts=(chart,))
    gathered = Gathered("shop", NOW_MS, 7.0, limits={"web": found, "api": "api.csv: is empty"})
    first, second = headlines(gathered)
    assert first == "One replica of web carries at least 40 users: the line lies past what was tested."
    assert second == "What one replica of api carries cannot be told: api.csv: is empty."
    (part,) = report(gathered, (), None, "Today").parts
    assert part.lead == ("api: not told: api.csv: is empty.",)
    assert {table.title.split(":")[0] for table in part.tables} == {"web"}
    assert all(chart.title.startswith("web: ") for chart in part.charts)
