"""Were past runways right? Watch predictions from run to run, score those that are due, and count.

A breach is predicted where its p50 date lies within the horizon. It is a hit if the limit is passed by the late date
(by the end of the horizon where the late date lies past it), else a false alarm. Where none was predicted, a breach
within the horizon is a miss. A resource that somebody relieved in time counts as a false alarm: the limit was not
passed.

A run reads a window of the past that may begin after a prediction was made, so each run continues watching where the
last one stopped. Nothing is known of a stretch without samples that is longer than a tenth of the time from prediction
to deadline (and than a last sample may be old): the prediction stays pending until some run has read that stretch. A
hit counts only once its deadline has come, as a false alarm does, because counting hits as soon as they are seen would
flatter the precision. A miss counts at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plimsoll.domain.prediction import Outcome, Prediction, ScoredPrediction
from plimsoll.domain.runway import TrackRecord
from plimsoll.domain.series import Times, Values
from plimsoll.planning.history import stale_after_ms

_UNOBSERVED_SHARE = 0.1


def score(item: ScoredPrediction, times_ms: Times, values: Values, as_of_ms: int) -> ScoredPrediction:
    """Watch one prediction on by the samples (n,) of its resource, in its limit's unit; score it if it is due."""
    if item.outcome is not Outcome.PENDING or as_of_ms <= item.prediction.made_at_ms:
        return item
    watched = _watched(item, times_ms, values, as_of_ms)
    return replace(watched, outcome=_outcome(watched, as_of_ms))


def _watched(item: ScoredPrediction, times_ms: Times, values: Values, as_of_ms: int) -> ScoredPrediction:
    if item.breached_ms is not None:
        return item
    prediction = item.prediction
    known = np.isfinite(values) & (times_ms <= as_of_ms)
    new = known & (times_ms > item.watched_to_ms)
    times = times_ms[new]
    gaps = np.flatnonzero(np.diff(times, prepend=item.watched_to_ms) > _unobserved_ms(prediction, times_ms[known]))
    observed = int(gaps[0]) if gaps.size else times.size
    if observed == 0:
        return item
    sign = prediction.direction.sign
    past = (sign * values[new] >= sign * prediction.limit_value) & (times <= prediction.horizon_end_ms)
    passed = np.flatnonzero(past[:observed])
    breached_ms = int(times[passed[0]]) if passed.size else None
    return replace(item, breached_ms=breached_ms, seen_ms=int(times[observed - 1]))


def _unobserved_ms(prediction: Prediction, times_ms: Times) -> float:
    """Return how long a stretch without samples may be before nothing is known of it."""
    step_ms = int(np.median(np.diff(times_ms))) if times_ms.size > 1 else 0
    return max(stale_after_ms(step_ms), _UNOBSERVED_SHARE * (prediction.deadline_ms - prediction.made_at_ms))


def _outcome(item: ScoredPrediction, as_of_ms: int) -> Outcome:
    prediction, deadline_ms = item.prediction, item.prediction.deadline_ms
    if not prediction.predicts_breach and item.breached_ms is not None:
        return Outcome.MISS
    if as_of_ms < deadline_ms:
        return Outcome.PENDING
    if item.breached_ms is not None and item.breached_ms <= deadline_ms:
        return Outcome.HIT
    if item.watched_to_ms < deadline_ms:
        return Outcome.PENDING
    return Outcome.FALSE_ALARM if prediction.predicts_breach else Outcome.QUIET


def track_record(scored: Sequence[ScoredPrediction]) -> TrackRecord:
    """Count outcomes into precision, recall and the coverage of early..late."""
    counts = {outcome: sum(item.outcome is outcome for item in scored) for outcome in Outcome}
    hits, alarms, misses = counts[Outcome.HIT], counts[Outcome.FALSE_ALARM], counts[Outcome.MISS]
    dated = [item for item in scored if item.outcome in (Outcome.HIT, Outcome.FALSE_ALARM)]
    return TrackRecord(
        scored=len(scored) - counts[Outcome.PENDING],
        pending=counts[Outcome.PENDING],
        hits=hits,
        false_alarms=alarms,
        misses=misses,
        precision=_share(hits, hits + alarms),
        recall=_share(hits, hits + misses),
        coverage=_share(sum(_covered(item) for item in dated), len(dated)),
    )


def _covered(item: ScoredPrediction) -> bool:
    early = item.prediction.early_ms
    return item.outcome is Outcome.HIT and early is not None and (item.breached_ms or 0) >= early


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
