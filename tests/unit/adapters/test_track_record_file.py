"""The log of predictions: what is written is read back, and an invalid file is reported."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.planning.histories import history, runway_of

from plimsoll.adapters.store.track_record import TrackRecordFile
from plimsoll.domain.errors import StoreBusy, StoreError
from plimsoll.domain.limit import Direction, LimitType
from plimsoll.domain.prediction import Outcome, Prediction, ScoredPrediction
from plimsoll.domain.runway import RunwayExplanation

DAY_MS = 86_400_000
PREDICTION = Prediction(
    "file.csv", "db/disk", LimitType.HARD, 0.9, Direction.HIGH_IS_BAD, DAY_MS, 90 * DAY_MS, 5, 6, None,
    probability_none=0.25,
)  # fmt: skip


def pending(prediction: Prediction = PREDICTION) -> ScoredPrediction:
    return ScoredPrediction(prediction, Outcome.PENDING)


@pytest.fixture
def log(tmp_path: Path) -> TrackRecordFile:
    return TrackRecordFile(tmp_path / "state" / "track_record.sqlite")


def test_nothing_is_made_before_something_is_written(log: TrackRecordFile, tmp_path: Path) -> None:
    assert log.predictions("file.csv") == ()
    assert log.explanations("db/disk") == ()
    assert log.resources() == ()
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_was_killed_at_its_first_write_stands_in_no_later_ones_way(tmp_path: Path) -> None:
    (tmp_path / "log").touch()
    log = TrackRecordFile(tmp_path / "log")
    assert (log.predictions("file.csv"), log.explanations("db/disk"), log.resources()) == ((), (), ())
    log.keep([pending()], [], "file.csv")
    assert log.predictions("file.csv") == (pending(),)


def test_predictions_come_back_as_they_were_written(log: TrackRecordFile) -> None:
    soft = replace(PREDICTION, limit_type=LimitType.SOFT, limit_value=0.8, direction=Direction.LOW_IS_BAD)
    log.keep([pending(), ScoredPrediction(soft, Outcome.HIT, 77)], [], "file.csv")
    assert set(log.predictions("file.csv")) == {pending(), ScoredPrediction(soft, Outcome.HIT, 77)}
    assert log.predictions("other.csv") == ()


def test_a_later_one_of_the_same_day_replaces_the_one_before(log: TrackRecordFile) -> None:
    later = replace(PREDICTION, made_at_ms=DAY_MS + 5)
    tomorrow = replace(PREDICTION, made_at_ms=2 * DAY_MS)
    log.keep([pending()], [], "file.csv")
    log.keep([pending(later), pending(tomorrow)], [], "file.csv")
    assert [item.prediction for item in log.predictions("file.csv")] == [later, tomorrow]


def test_an_outcome_replaces_what_was_pending(log: TrackRecordFile) -> None:
    log.keep([pending()], [], "file.csv")
    log.keep([ScoredPrediction(PREDICTION, Outcome.FALSE_ALARM)], [], "file.csv")
    assert [item.outcome for item in log.predictions("file.csv")] == [Outcome.FALSE_ALARM]


def test_how_far_a_prediction_was_watched_comes_back(log: TrackRecordFile) -> None:
    item = ScoredPrediction(PREDICTION, Outcome.PENDING, 77, 99)
    log.keep([item], [], "file.csv")
    assert log.predictions("file.csv") == (item,)


def test_a_file_of_an_older_release_is_read_and_written_on(log: TrackRecordFile, tmp_path: Path) -> None:
    log.keep([pending()], [], "file.csv")
    with sqlite3.connect(tmp_path / "state" / "track_record.sqlite") as old:
        old.execute("ALTER TABLE predictions DROP COLUMN seen_ms")
    old.close()
    assert log.predictions("file.csv") == (pending(),)
    log.keep([ScoredPrediction(PREDICTION, Outcome.PENDING, None, 99)], [], "file.csv")
    assert [item.seen_ms for item in log.predictions("file.csv")] == [99]


def test_explanations_come_back_whole_and_are_replaced_by_the_next_run(log: TrackRecordFile) -> None:
    estimate = runway_of(history())
    explanation = RunwayExplanation(estimate.row, estimate.evidence)
    log.keep([], [explanation], "file.csv")
    assert log.explanations("db/disk") == (explanation,)
    log.keep([], [], "file.csv")
    assert log.resources() == ()


def test_a_file_that_is_no_track_record_is_told(tmp_path: Path) -> None:
    path = tmp_path / "track_record.sqlite"
    path.write_text("this is not a database, whatever its name says\n" * 20)
    with pytest.raises(StoreError, match="is no track record"):
        TrackRecordFile(path).predictions("file.csv")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        TrackRecordFile(tmp_path / "file" / "track_record.sqlite").keep([pending()], [], "file.csv")


def test_a_run_that_waits_too_long_for_another_says_so(tmp_path: Path) -> None:
    path = tmp_path / "track_record.sqlite"
    hasty = TrackRecordFile(path, patience_s=0)
    hasty.keep([pending()], [], "file.csv")
    other = sqlite3.connect(path)
    try:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusy, match="another run"):
            hasty.keep([pending()], [], "file.csv")
    finally:
        other.close()
