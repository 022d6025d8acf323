"""Predictions that are due."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from plimsoll.domain.limit import Direction, LimitType
from plimsoll.domain.prediction import Outcome, Prediction, ScoredPrediction
from plimsoll.planning.track_record import score, track_record

HOUR_MS = 3_600_000
TIMES = HOUR_MS * np.arange(0, 1001, 10, dtype=np.int64)


def foretold(early: int | None, p50: int | None, late: int | None, made_at: int = 100) -> Prediction:
    """A prediction by its hours; its horizon ends after 800."""
    early_ms, p50_ms, late_ms = (None if part is None else part * HOUR_MS for part in (early, p50, late))
    return Prediction(
        "s", "r", LimitType.HARD, 0.9, Direction.HIGH_IS_BAD, made_at * HOUR_MS, 800 * HOUR_MS,
        early_ms, p50_ms, late_ms, probability_none=0.2,
    )  # fmt: skip


def pending(prediction: Prediction) -> ScoredPrediction:
    return ScoredPrediction(prediction, Outcome.PENDING)


def crossing(at: int | None) -> np.ndarray:
    return np.where(np.greater_equal(TIMES, at * HOUR_MS), 1.0, 0.5) if at is not None else np.full(TIMES.size, 0.5)


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
    assert watched(prediction, crosses, [(0, as_of)]).outcome is outcome


def watched(prediction: Prediction, crosses: int | None, runs: Sequence[tuple[int, int]]) -> ScoredPrediction:
    """Return the prediction after runs that each read the samples from the first moment to the second."""
    item, values = pending(prediction), crossing(crosses)
    for start, as_of in runs:
        read = (start * HOUR_MS <= TIMES) & (as_of * HOUR_MS >= TIMES)
        item = score(item, TIMES[read], values[read], as_of * HOUR_MS)
    return item


@pytest.mark.parametrize(
    ("prediction", "crosses", "runs", "outcome"),
    [
        pytest.param(foretold(300, 400, None), None, [(300, 1000)], Outcome.PENDING, id="begins_after_it"),
        pytest.param(foretold(300, 400, None), 400, [(300, 1000)], Outcome.PENDING, id="hit_that_begins_after_it"),
        pytest.param(foretold(300, 400, None), None, [(0, 400), (400, 1000)], Outcome.FALSE_ALARM, id="two_windows"),
        pytest.param(foretold(300, 400, None), 350, [(0, 400), (400, 1000)], Outcome.HIT, id="hit_seen_in_the_first"),
        pytest.param(
            foretold(None, None, None), None, [(0, 300), (300, 600), (600, 900)], Outcome.QUIET, id="three_windows"
        ),
        pytest.param(foretold(None, None, None), 700, [(0, 400), (400, 750)], Outcome.MISS, id="miss_at_once"),
        pytest.param(foretold(300, 400, None), None, [(0, 400), (600, 1000)], Outcome.PENDING, id="between_two_runs"),
        pytest.param(
            foretold(300, 400, None), 500, [(0, 400), (600, 1000)], Outcome.PENDING, id="hit_between_two_runs"
        ),
        pytest.param(
            foretold(300, 400, None), None, [(0, 400), (600, 1000), (350, 1000)], Outcome.FALSE_ALARM, id="read_later"
        ),
        pytest.param(foretold(300, 400, 500), None, [(0, 400), (400, 450)], Outcome.PENDING, id="not_due"),
        pytest.param(foretold(300, 400, None), 350, [(0, 400)], Outcome.PENDING, id="hit_counts_when_it_is_due"),
        pytest.param(foretold(300, 400, None), 350, [(0, 400), (850, 1000)], Outcome.HIT, id="hit_was_seen_before"),
        pytest.param(foretold(300, 400, None), None, [(0, 1000), (0, 500)], Outcome.FALSE_ALARM, id="earlier_again"),
    ],
)
def test_a_prediction_is_watched_from_run_to_run(
    prediction: Prediction, crosses: int | None, runs: list[tuple[int, int]], outcome: Outcome
) -> None:
    assert watched(prediction, crosses, runs).outcome is outcome


@pytest.mark.parametrize(
    ("first", "last", "outcome"),
    [
        pytest.param(310, 360, Outcome.FALSE_ALARM, id="up_to_a_tenth"),
        pytest.param(310, 370, Outcome.PENDING, id="more_than_a_tenth"),
        pytest.param(110, 990, Outcome.PENDING, id="all_of_it"),
    ],
)
@pytest.mark.parametrize("not_a_number", [False, True])
def test_nothing_is_known_over_a_stretch_without_samples(
    first: int, last: int, outcome: Outcome, not_a_number: bool
) -> None:
    out = (first * HOUR_MS <= TIMES) & (last * HOUR_MS >= TIMES)
    values = np.where(out, np.nan, 0.5)
    keep = ~out | not_a_number
    assert score(pending(foretold(300, 400, None)), TIMES[keep], values[keep], 1000 * HOUR_MS).outcome is outcome


def test_a_prediction_is_not_scored_by_samples_after_the_as_of_time() -> None:
    assert score(pending(foretold(300, 400, 500)), TIMES, crossing(400), 300 * HOUR_MS).outcome is Outcome.PENDING
    assert score(pending(foretold(300, 400, 500)), TIMES, crossing(None), 450 * HOUR_MS).outcome is Outcome.PENDING
    assert score(pending(foretold(300, 400, 500)), TIMES, crossing(None), 500 * HOUR_MS).outcome is Outcome.FALSE_ALARM


def test_a_prediction_is_not_scored_as_quiet_while_samples_are_missing() -> None:
    early = TIMES <= 300 * HOUR_MS
    item = score(pending(foretold(300, 400, 500)), TIMES[early], crossing(None)[early], 1000 * HOUR_MS)
    assert item.outcome is Outcome.PENDING


def test_precision_recall_and_coverage_are_counted() -> None:
    inside = ScoredPrediction(foretold(300, 400, 500), Outcome.HIT, 400 * HOUR_MS)
    before_early = ScoredPrediction(foretold(300, 400, 500), Outcome.HIT, 200 * HOUR_MS)
    alarm = ScoredPrediction(foretold(300, 400, 500), Outcome.FALSE_ALARM)
    miss = ScoredPrediction(foretold(None, None, None), Outcome.MISS, 700 * HOUR_MS)
    record = track_record([inside, before_early, alarm, miss, pending(foretold(300, 400, 500))])
    assert (record.scored, record.pending, record.hits, record.false_alarms, record.misses) == (4, 1, 2, 1, 1)
    assert record.precision == pytest.approx(2 / 3)
    assert record.recall == pytest.approx(2 / 3)
    assert record.coverage == pytest.approx(1 / 3)


def test_an_empty_record_claims_nothing() -> None:
    record = track_record([])
    assert (record.precision, record.recall, record.coverage) == (None, None, None)
