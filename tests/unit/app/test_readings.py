"""Reading a recording up to its own end: what is left of each series, and what is said of those that ended before."""

from __future__ import annotations

import numpy as np

from plimsoll.adapters.sources.memory import Memory
from plimsoll.app.readings import read_recording
from plimsoll.domain.series import Series, SeriesId

HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def test_a_series_that_ended_long_before_the_others_is_named_with_its_last_sample() -> None:
    times = np.arange(24, dtype=np.int64) * HOUR_MS
    old = Series(SeriesId("old"), times, np.ones(24))
    new = Series(SeriesId("new"), times + 400 * DAY_MS, np.ones(24))
    harvest, now_ms = read_recording(Memory("memory", (old, new)), 90 * DAY_MS, None)
    assert now_ms == 400 * DAY_MS + 23 * HOUR_MS
    assert [(str(one.id), len(one)) for one in harvest.series] == [("old", 0), ("new", 24)]
    (note,) = harvest.notes
    assert note == (
        "memory: no sample in the 90 d before 1971-02-05 23:00Z of old 1970-01-01 (their last): "
        "read further back, or as of another moment"
    )
