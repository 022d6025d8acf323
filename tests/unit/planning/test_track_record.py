"""Predictions whose date has come."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.domain.limit import Direction, LimitType
from plimsoll.domain.prediction import Outcome, Prediction, ScoredPrediction
from plimsoll.planning.track_record import score, track_record

TIMES = np.arange(0, 1001, 10, dtype=np.int64)


def foretold(early: int | None, p50: int | None, late: int | None, made_at: int = 100) -> Prediction:
    return Prediction(
        "s", "r", LimitType.HARD, 0.9, Direction.HIGH_IS_BAD, made_at, 800, early, p50, late, probability_none=0.2
    )


def crossing(at: int | None) -> np.ndarray:
    return np.where(np.greater_equal(TIMES, at), 1.0, 0.5) if at is not None else np.full(TIMES.size, 0.5)


@pytest.mark.parametrize(
    ("prediction", "crosses", "as_of", "outcome"),
    [
        pytest.param(foretold(300, 400, 500), 400, 1000, Outcome.HIT, id="came_in_time"),
        pytest.param(foretold(300, 400, 500), 200, 1000, Outcome.HIT, id="came_before_early"),
        pytest.param(foretold(300, 400, 500), 500, 1000, Outcome.HIT, id="came_on_the_late_date"),
        pytest.param(foretold(300, 400, 500), 510, 1000, Outcome.FALSE_ALARM, id="came_too_late"),
        pytest.param(foretold(300, 400, 500), None, 1000, Outcome.FALSE_ALARM, id="never_came"),
        pytest.param(foretold(300, 400, None), 790, 1000, Outcome.HIT, id="late_is_the_end_of_the_horizon"),
        pytest.param(foretold(300, 400, 500), None, 450, Outcome.PENDING, id="date_has_not_come"),
        pytest.param(foretold(None, None, None), 700, 1000, Outcome.MISS, id="not_foretold_and_came"),
        pytest.param(foretold(None, None, None), None, 1000, Outcome.QUIET, id="not_foretold_and_did_not_come"),
        pytest.param(foretold(None, None, None), 900, 1000, Outcome.QUIET, id="came_after_the_horizon"),
        pytest.param(foretold(300, None, None), None, 700, Outcome.PENDING, id="less_likely_than_not_is_not_foretold"),
    ],
)
def test_a_prediction_is_scored_when_its_date_has_come(
    prediction: Prediction, crosses: int | None, as_of: int, outcome: Outcome
) -> None:
    seen = as_of >= TIMES
    assert score(prediction, TIMES[seen], crossing(crosses)[seen], as_of).outcome is outcome


def test_a_prediction_is_not_scored_on_samples_that_begin_after_it() -> None:
    late = TIMES >= 200
    assert score(foretold(300, 400, 500), TIMES[late], crossing(400)[late], 1000).outcome is Outcome.PENDING


def test_a_prediction_is_not_scored_by_samples_after_the_as_of_time() -> None:
    assert score(foretold(300, 400, 500), TIMES, crossing(400), 300).outcome is Outcome.PENDING
    assert score(foretold(300, 400, 500), TIMES, crossing(None), 450).outcome is Outcome.PENDING
    assert score(foretold(300, 400, 500), TIMES, crossing(None), 500).outcome is Outcome.FALSE_ALARM


def test_a_prediction_is_not_scored_as_quiet_while_samples_are_missing() -> None:
    early = TIMES <= 300
    assert score(foretold(300, 400, 500), TIMES[early], crossing(None)[early], 1000).outcome is Outcome.PENDING


def test_precision_recall_and_coverage_are_counted() -> None:
    inside = ScoredPrediction(foretold(300, 400, 500), Outcome.HIT, 400)
    before_early = ScoredPrediction(foretold(300, 400, 500), Outcome.HIT, 200)
    alarm = ScoredPrediction(foretold(300, 400, 500), Outcome.FALSE_ALARM)
    miss = ScoredPrediction(foretold(None, None, None), Outcome.MISS, 700)
    pending = ScoredPrediction(foretold(300, 400, 500), Outcome.PENDING)
    record = track_record([inside, before_early, alarm, miss, pending])
    assert (record.scored, record.pending, record.hits, record.false_alarms, record.misses) == (4, 1, 2, 1, 1)
    assert record.precision == pytest.approx(2 / 3)
    assert record.recall == pytest.approx(2 / 3)
    assert record.coverage == pytest.approx(1 / 3)


def test_an_empty_record_claims_nothing() -> None:
    record = track_record([])
    assert (record.precision, record.recall, record.coverage) == (None, None, None)
