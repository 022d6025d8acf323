"""The use case from run to run: dates stay stable, predictions are scored, gates fail, nothing is lost silently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.planning.histories import DAY_MS, LIMIT, START_MS, history

from plimsoll.adapters.store.track_record import TrackRecordFile
from plimsoll.app.explain import explain_runway
from plimsoll.app.runway.inputs import Inputs
from plimsoll.app.runway.runways import Run, check_answered, check_gate, runway, with_gate
from plimsoll.domain.errors import GateFailed, InputError, NothingToAnswer
from plimsoll.domain.forecast import Annotations, IgnoreWindow
from plimsoll.domain.prediction import ScoredPrediction
from plimsoll.domain.runway import Excluded, RunwayState
from plimsoll.domain.series import Series, Window
from plimsoll.planning.runway import Resource, Terms
from plimsoll.render.runway import tables

WHOLE = history(days=140, noise=0.004)


def until(day: int, series: Series = WHOLE) -> Series:
    keep = series.times_ms < START_MS + day * DAY_MS
    return replace(series, times_ms=series.times_ms[keep], values=series.values[keep])


def run_on(day: int, log: TrackRecordFile | None = None, series: Series = WHOLE) -> Run:
    seen = until(day, series)
    inputs = Inputs("metrics", (Resource("db/disk", "db", seen, LIMIT),))
    return runway([inputs], Terms(int(seen.times_ms[-1]), paths=200), log)


@pytest.fixture
def log(tmp_path: Path) -> TrackRecordFile:
    return TrackRecordFile(tmp_path / "track_record.sqlite")


def test_a_date_does_not_jump_from_day_to_day(log: TrackRecordFile) -> None:
    with_log = [run_on(day, log).document.rows[0].breach for day in range(60, 70)]
    without = [run_on(day).document.rows[0].breach for day in range(60, 70)]
    shown = [breach.p50 for breach in with_log if breach]
    plain = [breach.p50 for breach in without if breach]
    assert len(set(shown)) <= 4
    assert len(set(shown)) < len(set(plain))
    assert "dates kept from" in run_on(70, log).document.rows[0].why or len(set(shown)) > 1


def test_a_run_on_the_same_day_changes_nothing(log: TrackRecordFile) -> None:
    assert run_on(60, log).document.rows == run_on(60, log).document.rows


def test_news_moves_the_date_at_once(log: TrackRecordFile) -> None:
    before = run_on(60, log).document.rows[0].breach
    faster = replace(WHOLE, values=WHOLE.values + np.maximum(0, np.arange(len(WHOLE)) / 24 - 60) * 0.02)
    after = run_on(70, log, faster).document.rows[0].breach
    assert before is not None
    assert after is not None
    assert before.p50 is not None
    assert after.p50 is not None
    assert after.p50 < before.p50 - timedelta(days=10)


def test_a_prediction_is_scored_when_its_date_has_come(log: TrackRecordFile) -> None:
    run_on(60, log)
    record = run_on(135, log).document.track_record
    assert record is not None
    assert record.hits == 2  # soft and hard
    assert record.precision == 1.0
    again = run_on(136, log).document.track_record
    assert again is not None
    assert again.hits == 2


def test_an_outcome_is_written_once(tmp_path: Path) -> None:
    """A record of years would be written anew by every run."""
    written: list[list[str]] = []

    class Watched(TrackRecordFile):
        def keep(self, scored: Sequence[ScoredPrediction], *evidence: Any) -> None:
            written.append([item.outcome.value for item in scored])
            super().keep(scored, *evidence)

    log = Watched(tmp_path / "track_record.sqlite")
    records = [run_on(day, log).document.track_record for day in (60, 135, 136)]
    assert [record.hits for record in records if record] == [0, 2, 2]
    assert [outcomes.count("hit") for outcomes in written] == [0, 2, 0]


def test_a_breach_that_did_not_come_is_a_false_alarm(log: TrackRecordFile) -> None:
    run_on(60, log)
    stopped = replace(WHOLE, values=np.minimum(WHOLE.values, 0.75))
    record = run_on(135, log, stopped).document.track_record
    assert record is not None
    assert record.false_alarms == 2
    assert record.precision == 0.0


def test_runs_that_read_less_than_the_horizon_still_come_to_a_precision(log: TrackRecordFile) -> None:
    stopped = replace(WHOLE, values=np.minimum(WHOLE.values, 0.75))
    for day in (60, 100, 139):
        seen = until(day, stopped)
        recent = seen.times_ms >= START_MS + (day - 50) * DAY_MS
        read = replace(seen, times_ms=seen.times_ms[recent], values=seen.values[recent])
        inputs = Inputs("metrics", (Resource("db/disk", "db", read, LIMIT),))
        record = runway([inputs], Terms(int(seen.times_ms[-1]), paths=200), log).document.track_record
    assert record is not None
    assert (record.false_alarms, record.precision) == (2, 0.0)


def test_a_window_to_ignore_brings_no_breach_true(log: TrackRecordFile) -> None:
    """A sensor that reads 100 % for an ignored hour must not count as a hit or a miss of every prediction."""
    run_on(60, log)
    window = Window(START_MS + 80 * DAY_MS, START_MS + 80 * DAY_MS + 3_600_000)
    broken = np.where(WHOLE.times_ms == window.start_ms, 1.0, np.minimum(WHOLE.values, 0.75))
    seen = until(135, replace(WHOLE, values=broken))
    known = Annotations(ignore=(IgnoreWindow(window, "broken sensor"),))
    resource = Resource("db/disk", "db", seen, LIMIT, annotations=known)
    record = runway([Inputs("metrics", (resource,))], Terms(int(seen.times_ms[-1]), paths=200), log).document
    assert record.track_record is not None
    assert (record.track_record.hits, record.track_record.false_alarms) == (0, 2)


def test_what_was_foretold_of_a_series_that_is_gone_still_counts(log: TrackRecordFile) -> None:
    run_on(60, log)
    other = Inputs("metrics", (Resource("db/memory", "db", until(61), LIMIT),))
    as_of_ms = int(until(61).times_ms[-1])
    while_gone = runway([other], Terms(as_of_ms, paths=200), log).document.track_record
    assert while_gone is not None
    assert while_gone.pending == 2  # soft and hard of db/disk, which only its samples can settle
    run_on(135, log)
    hits = runway([other], Terms(int(until(136).times_ms[-1]), paths=200), log).document.track_record
    assert hits is not None
    assert hits.hits == 2


def test_what_stands_behind_a_row_can_be_asked_for_afterwards(log: TrackRecordFile) -> None:
    run = run_on(60, log)
    assert explain_runway(log, "db/disk") == run.explanations
    assert explain_runway(log, "disk") == run.explanations
    assert explain_runway(log, "b/di") == run.explanations
    with pytest.raises(InputError, match="there are db/disk"):
        explain_runway(log, "db/dsik")


def test_nothing_can_be_explained_before_the_first_run(log: TrackRecordFile) -> None:
    with pytest.raises(NothingToAnswer, match="runway"):
        explain_runway(log, "db/disk")


def test_a_log_that_is_broken_is_remarked_and_the_answer_still_given(tmp_path: Path) -> None:
    path = tmp_path / "track_record.sqlite"
    path.write_text("no database " * 100)
    document = run_on(60, TrackRecordFile(path)).document
    assert document.rows[0].state is RunwayState.OK
    assert any("track record was not kept" in note for note in document.notes)


@pytest.mark.parametrize(
    ("by", "days", "fails"),
    [
        pytest.param("act-by", 30, False, id="act_by_is_later"),
        pytest.param("act-by", 45, True, id="act_by_is_near"),
        pytest.param("breach", 40, False, id="breach_is_later"),
        pytest.param("breach", 60, True, id="breach_is_near"),
    ],
)
def test_a_gate_fails_where_a_date_is_near(by: str, days: int, fails: bool) -> None:
    document = run_on(60).document
    if not fails:
        check_gate(document, by, days * 86400.0)
        return
    with pytest.raises(GateFailed, match="db/disk"):
        check_gate(document, by, days * 86400.0)


def test_a_gate_says_of_which_rows_it_tells_nothing() -> None:
    """A gate must not pass silently beside a resource without new samples, or beyond the horizon."""
    seen, silent = until(60), until(50)
    calm = replace(seen, values=np.full(len(seen), 0.3))
    found = (("disk", seen), ("memory", silent), ("cpu", calm))
    resources = tuple(Resource(f"db/{name}", "db", series, replace(LIMIT, soft=None)) for name, series in found)
    document = runway([Inputs("metrics", resources)], Terms(int(seen.times_ms[-1]), paths=200)).document
    unknown, past = "the gate says nothing of db/memory: nobody can tell", "lies past the horizon; give --horizon"
    assert with_gate(document, "breach", 90 * 86400.0).notes == (unknown,)
    assert with_gate(document, "act-by", 83 * 86400.0).notes == (unknown,)
    short = f"the gate says nothing of db/cpu: 84d {past}"
    assert with_gate(document, "act-by", 84 * 86400.0).notes == (unknown, short)


def test_rows_come_by_the_date_to_act_by_and_the_first_of_a_component_is_named() -> None:
    late, soon = until(60), until(60, replace(WHOLE, values=WHOLE.values + 0.1))
    resources = tuple(Resource(f"db/{name}", "db", found, LIMIT) for name, found in (("late", late), ("soon", soon)))
    document = runway([Inputs("metrics", resources)], Terms(int(late.times_ms[-1]), paths=200)).document
    assert [row.resource for row in document.rows] == ["db/soon", "db/late"]
    assert [item.resource for item in document.first_to_run_out] == ["db/soon"]


def test_the_first_of_a_component_is_told_with_those_of_which_nobody_can_tell() -> None:
    """A resource without new samples may be the first, so the other one must not be named as certain."""
    soon, silent = until(60), until(50)
    db = (Resource("db/disk", "db", soon, LIMIT), Resource("db/memory", "db", silent, LIMIT))
    other = Resource("web/cpu", "web", silent, LIMIT)
    terms = Terms(int(soon.times_ms[-1]), paths=200)
    document = runway([Inputs("a", (*db, other)), Inputs("b", db[:1])], terms).document
    assert [(item.source, item.resource, item.unknown) for item in document.first_to_run_out] == [
        ("a", "db/disk", ("db/memory",)),
        ("b", "db/disk", ()),
    ]
    notes = tables(document)[0].notes
    assert [note for note in notes if note.startswith("first to run out of")] == [
        f"first to run out of db of a: db/disk on {document.first_to_run_out[0].p50:%Y-%m-%d}; not known for db/memory"
    ]


def test_a_row_does_not_depend_on_its_neighbors() -> None:
    seen = until(60)
    one = Resource("db/disk", "db", seen, LIMIT)
    other = Resource("web/cpu", "web", replace(seen, values=1 - seen.values), LIMIT)
    terms = Terms(int(seen.times_ms[-1]), paths=200)
    alone = runway([Inputs("m", (one,))], terms).document.rows
    beside = runway([Inputs("m", (other, one))], terms).document.rows
    assert alone[0] in beside


def test_no_series_at_all_is_told() -> None:
    with pytest.raises(NothingToAnswer, match="no series"):
        runway([Inputs("metrics", ())], Terms(START_MS))


def test_only_series_without_a_limit_are_left_out_and_then_told() -> None:
    document = runway([Inputs("metrics", (), excluded=(Excluded("x", "no limit"),))], Terms(START_MS)).document
    assert document.excluded
    with pytest.raises(NothingToAnswer, match="--limit"):
        check_answered(document)
