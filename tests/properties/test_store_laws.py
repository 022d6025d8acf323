"""Laws of the store: neither content nor a window of it depends on how samples are split into appends and ordered."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.memory_store import MemoryStore

from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.adapters.store.value_coding import code
from plimsoll.domain.gaps import join, unfilled
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window
from plimsoll.domain.stored import EVER, Selector

MINUTE, DAY = 60_000, 86_400_000
NAMES = {"cpu": MetricKind.UNKNOWN, "disk": MetricKind.UNKNOWN, "up": MetricKind.COUNTER}
times = st.one_of(
    st.integers(-3 * DAY // MINUTE, 3 * DAY // MINUTE).map(lambda n: n * MINUTE),
    st.integers(-DAY, DAY),
    st.integers(EVER.start_ms, EVER.end_ms - 1),
)
values = st.one_of(
    st.floats(width=64),
    st.integers(-(10**6), 10**6).map(lambda n: n / 1000),
    st.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf]),
)
samples = st.lists(st.tuples(st.sampled_from(list(NAMES)), times, values), max_size=40)
spans = st.tuples(st.integers(-100, 100), st.integers(1, 60)).map(
    lambda span: Window(span[0] * MINUTE, (span[0] + span[1]) * MINUTE)
)
windows = st.tuples(times, times).map(lambda ends: Window(min(ends), max(ends)))


def harvest(rows: Sequence[tuple[str, int, float]], gaps: tuple[Gap, ...] = ()) -> Harvest:
    """Rows as one harvest; of rows with the same name and time the last counts."""
    by_name: dict[str, dict[int, float]] = {}
    for name, at, value in rows:
        by_name.setdefault(name, {})[at] = value
    return Harvest(
        "law",
        tuple(
            Series(
                SeriesId(of),
                np.array(sorted(held), np.int64),
                np.array([held[at] for at in sorted(held)]),
                "",
                NAMES[of],
            )
            for of, held in by_name.items()
        ),
        gaps,
    )


def bits(found: Harvest) -> dict[str, list[tuple[int, object]]]:
    """Samples by name, values by their bits; every NaN is the same."""
    return {
        one.id.name: [
            (at, "nan" if math.isnan(value) else np.float64(value).tobytes())
            for at, value in zip(one.times_ms.tolist(), one.values.tolist(), strict=True)
        ]
        for one in found.series
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(samples, max_size=5), windows, st.booleans())
def test_any_series_of_appends_reads_as_the_model_says(
    appends: list[list[tuple[str, int, float]]], window: Window, closed_between: bool
) -> None:
    model = MemoryStore()
    with tempfile.TemporaryDirectory() as folder, ParquetStore(Path(folder)) as store:
        for rows in appends:
            assert store.append(harvest(rows)) == model.append(harvest(rows))
            if closed_between:
                store.close()
        for asked in (EVER, window):
            assert bits(store.read(Selector(), asked)) == bits(model.read(Selector(), asked))
            assert set(store.catalog(Selector(), asked)) == set(model.catalog(Selector(), asked))
        store.close()
        assert bits(store.read(Selector(), EVER)) == bits(model.read(Selector(), EVER))


@settings(max_examples=40, deadline=None)
@given(samples, st.data())
def test_content_does_not_depend_on_how_it_was_cut_and_ordered(
    rows: list[tuple[str, int, float]], data: st.DataObject
) -> None:
    distinct = list({(name, at): (name, at, value) for name, at, value in rows}.values())
    shuffled = data.draw(st.permutations(distinct))
    cut = data.draw(st.integers(0, len(shuffled)))
    with tempfile.TemporaryDirectory() as folder:
        with ParquetStore(Path(folder) / "whole") as whole, ParquetStore(Path(folder) / "parts") as parts:
            whole.append(harvest(distinct))
            parts.append(harvest(shuffled[:cut]))
            parts.append(harvest(shuffled[cut:]))
            parts.append(harvest(shuffled[: cut // 2]))
        assert bits(parts.read(Selector(), EVER)) == bits(whole.read(Selector(), EVER))


@settings(max_examples=40, deadline=None)
@given(samples, windows, st.integers(1, 5 * DAY))
def test_the_mean_is_that_of_the_model(rows: list[tuple[str, int, float]], window: Window, step_ms: int) -> None:
    finite = [(name, at, value if abs(value) < 1e6 or math.isnan(value) else 1.5) for name, at, value in rows]
    model = MemoryStore()
    model.append(harvest(finite))
    with tempfile.TemporaryDirectory() as folder, ParquetStore(Path(folder)) as store:
        store.append(harvest(finite))
        found = {one.id: one for one in store.mean(Selector(), window, step_ms / 1000).series}
        wanted = {one.id: one for one in model.mean(Selector(), window, step_ms / 1000).series}
        assert found.keys() == wanted.keys()
        for of, one in found.items():
            assert one.times_ms.tolist() == wanted[of].times_ms.tolist()
            np.testing.assert_allclose(one.values, wanted[of].values, rtol=1e-9, atol=1e-9)


@settings(max_examples=300)
@given(st.lists(values, min_size=1, max_size=300), st.data())
def test_coding_loses_no_bit(numbers: list[float], data: st.DataObject) -> None:
    held = np.array(numbers)
    starts = sorted({0, *data.draw(st.lists(st.integers(0, held.size - 1), max_size=4))})
    coded = code(held, np.array(starts))
    with np.errstate(invalid="ignore", over="ignore"):
        again = np.where(coded.is_scaled, coded.scaled / coded.divisor, held)
    assert np.array_equal(again.view(np.int64)[~np.isnan(held)], held.view(np.int64)[~np.isnan(held)])


@given(st.lists(spans, max_size=8))
def test_joined_gaps_cover_the_same_time_and_do_not_touch(parts: list[Window]) -> None:
    gaps = [Gap(SeriesId.of("cpu"), window, "no answer") for window in parts]

    def covered(some: Sequence[Gap]) -> set[int]:
        return {at for gap in some for at in range(gap.window.start_ms, gap.window.end_ms, MINUTE)}

    joined = join(gaps)
    assert covered(joined) == covered(gaps)
    assert all(a.window.end_ms < b.window.start_ms for a, b in pairwise(joined))


@given(spans, st.sets(st.integers(-100, 160), max_size=60))
def test_what_is_left_of_a_gap_lies_in_it_and_holds_no_sample(window: Window, minutes: set[int]) -> None:
    at = np.array(sorted(minutes), np.int64) * MINUTE
    one = Series(SeriesId.of("cpu"), at, np.ones(at.size))
    for gap in unfilled([Gap(one.id, window, "no answer")], [one]):
        assert window.start_ms <= gap.window.start_ms < gap.window.end_ms <= window.end_ms
        assert not np.any((at >= gap.window.start_ms) & (at < gap.window.end_ms))
