"""Reading a recording up to its own end: the samples of each series, and the notes on those that ended before."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.adapters.sources.memory import Memory
from plimsoll.app.readings import beyond, lone_end, read_recording
from plimsoll.domain.ports import Signal
from plimsoll.domain.series import Harvest, Series, SeriesId

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


@pytest.mark.parametrize(
    ("step_ms", "fewest", "left"),
    [
        pytest.param(30 * DAY_MS, 0, 4, id="a_span_that_was_asked_for"),
        pytest.param(30 * DAY_MS, 1500, 40, id="months_are_read_whole"),
        pytest.param(30 * DAY_MS, 12, 12, id="as_many_as_wanted"),
        pytest.param(DAY_MS, 12, 40, id="enough_in_the_span"),
    ],
)
def test_where_nobody_said_how_far_back_there_are_samples_enough(step_ms: int, fewest: int, left: int) -> None:
    series = Series(SeriesId("users"), np.arange(40, dtype=np.int64) * step_ms, np.arange(40.0))
    harvest, _ = read_recording(Memory("memory", (series,)), 90 * DAY_MS, None, fewest=fewest)
    assert harvest.series[0].values.tolist() == series.values[-left:].tolist()


def test_what_a_recording_holds_beside_the_signals_is_named() -> None:
    labels = (("host", "a"),)
    held = [
        Series(SeriesId(name, labels), np.arange(2) * HOUR_MS, np.ones(2)) for name in ("cpu", "load", "disk", "ids")
    ]
    signals = (Signal("cpu"), Signal("web_load", 'load{host="a"}'))
    (note,) = beyond(Memory("m.csv", held), signals)
    assert note == "m.csv: left out, because no signal of the model reads them: disk, ids"
    assert beyond(Memory("m.csv", held[:2]), signals) == ()


@pytest.mark.parametrize(
    ("end_ms", "note"),
    [
        pytest.param(32 * DAY_MS, "1970-02-02T00:00:00Z, 31d after all others", id="a_year_or_a_month_mistyped"),
        pytest.param(31 * DAY_MS, "", id="an_outage"),
        pytest.param(DAY_MS, "", id="none"),
    ],
)
def test_a_lone_last_sample_long_after_all_others_is_pointed_at(end_ms: int, note: str) -> None:
    """With one year mistyped, every other series ended long ago, and nothing could be told of any."""
    hours = 3_600_000 * np.arange(25, dtype=np.int64)
    series = [
        Series(SeriesId("one"), hours[:1], np.zeros(1)),
        Series(SeriesId("good"), hours, np.zeros(25)),
        Series(SeriesId("stray"), np.unique(np.append(hours, end_ms)), np.zeros(np.unique([*hours, end_ms]).size)),
    ]
    notes = (f"m: now is its last sample, {note}; else give --as-of 1970-01-02T00:00:00Z",) if note else ()
    assert lone_end(Harvest("m", tuple(series))) == notes
    read, now_ms = read_recording(Memory("m", tuple(series)), 90 * DAY_MS, None)
    assert (read.notes, now_ms) == (notes, max(end_ms, int(hours[-1])))
