"""Were past runways right? Score predictions whose date has come, and count.

A breach is foretold where its p50 date lies within the horizon. It is a hit when the limit is passed by the late date
(by the end of the horizon where the late date lies past it), a false alarm when it is not; where none was foretold, a
breach within the horizon is a miss. A prediction stays pending until its date has come and the samples since it was
made are at hand. A resource that somebody relieved in time counts as a false alarm: the limit was not passed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.domain.prediction import Outcome, Prediction, ScoredPrediction
from plimsoll.domain.runway import TrackRecord
from plimsoll.domain.series import Times, Values


def score(prediction: Prediction, times_ms: Times, values: Values, as_of_ms: int) -> ScoredPrediction:
    """Score one prediction against the samples (n,) of its resource, in the unit of its limit."""
    pending = ScoredPrediction(prediction, Outcome.PENDING)
    if times_ms.size == 0 or times_ms[0] > prediction.made_at_ms or as_of_ms <= prediction.made_at_ms:
        return pending
    sign = prediction.direction.sign
    since = (times_ms > prediction.made_at_ms) & (times_ms <= min(as_of_ms, prediction.horizon_end_ms))
    passed = np.flatnonzero(since & (sign * values >= sign * prediction.limit_value))
    breached_ms = int(times_ms[passed[0]]) if passed.size else None
    if breached_ms is not None and breached_ms <= prediction.deadline_ms:
        return ScoredPrediction(prediction, Outcome.HIT if prediction.foretold else Outcome.MISS, breached_ms)
    if min(int(times_ms[-1]), as_of_ms) < prediction.deadline_ms:
        return pending
    return ScoredPrediction(prediction, Outcome.FALSE_ALARM if prediction.foretold else Outcome.QUIET, breached_ms)


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
