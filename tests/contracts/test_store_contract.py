"""The contract of every series store, checked on the folder of Parquet files and on the one in memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.fakes.memory_store import MemoryStore

from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.domain.errors import InputError
from plimsoll.domain.ports import SeriesStore
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window, as_ms
from plimsoll.domain.stored import EVER, Selector

DAY = 86_400_000
START = 1_753_833_600_000  # 2025-07-30, midnight
CPU, DISK = SeriesId.of("cpu", {"host": "a"}), SeriesId.of("disk", {"host": "a"})


@pytest.fixture(params=["parquet", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SeriesStore]:
    made: SeriesStore = ParquetStore(tmp_path / "store") if request.param == "parquet" else MemoryStore()
    yield made
    made.close()


def series(of: SeriesId, samples: dict[int, float], unit: str = "", kind: MetricKind = MetricKind.UNKNOWN) -> Series:
    times = np.array(sorted(samples), np.int64)
    return Series(of, times, np.array([samples[at] for at in times.tolist()], np.float64), unit, kind)


def harvest(*parts: Series, gaps: tuple[Gap, ...] = ()) -> Harvest:
    return Harvest("test", parts, gaps)


def content(found: Harvest) -> dict[str, list[tuple[int, float]]]:
    return {str(s.id): list(zip(s.times_ms.tolist(), s.values.tolist(), strict=True)) for s in found.series}


def test_an_empty_store_answers_with_nothing(store: SeriesStore) -> None:
    assert store.read(Selector(), EVER).series == ()
    assert store.mean(Selector(), Window(START, START + DAY), 300).series == ()
    assert store.catalog(Selector(), EVER) == ()
    assert store.gaps(Selector(), EVER) == ()


def test_what_was_appended_is_read_with_its_unit_and_kind(store: SeriesStore) -> None:
    kept = store.append(harvest(series(CPU, {START: 0.25, START + 60_000: 0.5}, "ratio", MetricKind.RATIO)))
    (found,) = store.read(Selector(), EVER).series
    assert kept == 2
    assert (found.id, found.unit, found.kind) == (CPU, "ratio", MetricKind.RATIO)
    assert content(store.read(Selector(), EVER)) == {'cpu{host="a"}': [(START, 0.25), (START + 60_000, 0.5)]}


@pytest.mark.parametrize(
    "value",
    [0.0, -0.0, 1.0, 0.1, 1 / 3, -1e-9, 5e-324, 1e308, 2.0**53 + 2, -(2.0**63), 4096.0, math.inf, -math.inf, 45.23],
    ids=str,
)
def test_a_value_comes_back_bit_by_bit(store: SeriesStore, value: float) -> None:
    store.append(harvest(series(CPU, {START: value, START + 1: 7.25})))
    (found,) = store.read(Selector(), EVER).series
    assert found.values.view(np.int64).tolist() == np.array([value, 7.25]).view(np.int64).tolist()


def test_not_a_number_is_a_sample_and_stays_one(store: SeriesStore) -> None:
    store.append(harvest(series(CPU, {START: 1.0, START + 1000: math.nan, START + 2000: 3.0})))
    (found,) = store.read(Selector(), EVER).series
    assert np.isnan(found.values).tolist() == [False, True, False]


def test_the_last_write_of_a_sample_counts(store: SeriesStore) -> None:
    store.append(harvest(series(CPU, {START: 1.0, START + 1000: 2.0})))
    store.append(harvest(series(CPU, {START + 1000: 20.0, START + 2000: 30.0})))
    store.append(harvest(series(CPU, {START: 100.0})))
    assert content(store.read(Selector(), EVER))[str(CPU)] == [
        (START, 100.0), (START + 1000, 20.0), (START + 2000, 30.0),
    ]  # fmt: skip


def test_a_series_twice_in_one_harvest_counts_once_by_its_last_samples(store: SeriesStore) -> None:
    kept = store.append(harvest(series(CPU, {START: 1.0, START + 5: 2.0}), series(CPU, {START: 9.0})))
    assert kept == 2
    assert content(store.read(Selector(), EVER))[str(CPU)] == [(START, 9.0), (START + 5, 2.0)]


@pytest.mark.parametrize("times", [(START + DAY - 1, START + DAY), (-1, 0), (-DAY - 1, 5 * DAY)], ids=str)
def test_days_and_the_epoch_are_no_border_for_a_series(store: SeriesStore, times: tuple[int, int]) -> None:
    store.append(harvest(series(CPU, {times[0]: 1.0, times[1]: 2.0})))
    assert content(store.read(Selector(), EVER))[str(CPU)] == [(times[0], 1.0), (times[1], 2.0)]


@pytest.mark.parametrize("year", [1, 1970, 2262, 9999])
def test_any_year_of_the_calendar_can_be_kept(store: SeriesStore, year: int) -> None:
    at = int(np.datetime64(f"{year:04d}-12-31T23:59:59.999", "ms").astype(np.int64))
    store.append(harvest(series(CPU, {at: 1.0})))
    assert content(store.read(Selector(), EVER))[str(CPU)] == [(at, 1.0)]


@pytest.mark.parametrize("at", [EVER.start_ms - 1, EVER.end_ms, 1_753_833_600_000_000_000], ids=str)
def test_a_time_outside_the_calendar_is_refused_with_the_whole_harvest(store: SeriesStore, at: int) -> None:
    with pytest.raises(InputError, match=f"{at} lies outside the years 1 to 9999"):
        store.append(harvest(series(CPU, {START: 1.0, at: 1.0}), series(DISK, {START: 1.0})))
    assert store.read(Selector(), EVER).series == ()


def test_late_samples_go_into_their_old_day(store: SeriesStore) -> None:
    store.append(harvest(series(CPU, {START: 1.0})))
    store.append(harvest(series(CPU, {START + 3 * DAY: 4.0})))
    store.append(harvest(series(CPU, {START + 1000: 2.0, START - 1000: 0.0})))
    times = [at for at, _ in content(store.read(Selector(), EVER))[str(CPU)]]
    assert times == [START - 1000, START, START + 1000, START + 3 * DAY]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        pytest.param(Window(START, START + 2000), [START, START + 1000], id="start_is_in_end_is_not"),
        pytest.param(Window(START + 1, START + 2001), [START + 1000, START + 2000], id="a_millisecond_later"),
        pytest.param(Window(START + 2000, START + 2000), [], id="empty_window"),
        pytest.param(Window(START + 2001, START + DAY), [], id="after_the_last"),
    ],
)
def test_a_window_holds_its_start_and_not_its_end(store: SeriesStore, window: Window, expected: list[int]) -> None:
    store.append(harvest(series(CPU, {START: 1.0, START + 1000: 2.0, START + 2000: 3.0})))
    found = content(store.read(Selector(), window))
    assert [at for at, _ in found.get(str(CPU), [])] == expected


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("cpu", {"cpu{host=\"a\"}", "cpu{host=\"b\"}"}),
        ('*{host="b"}', {"cpu{host=\"b\"}"}),
        ('disk_*{host="?"}', {"disk_free{host=\"a\"}"}),
        ("nothing", set()),
    ],
)  # fmt: skip
def test_a_selector_picks_series_by_name_and_labels(store: SeriesStore, selector: str, expected: set[str]) -> None:
    ids = [SeriesId.of("cpu", {"host": h}) for h in "ab"] + [SeriesId.of("disk_free", {"host": "a"})]
    store.append(harvest(*(series(of, {START: 1.0}) for of in ids)))
    assert set(content(store.read(Selector.parse(selector), EVER))) == expected
    assert {str(line.id) for line in store.catalog(Selector.parse(selector), EVER)} == expected


def test_ids_are_picked_exactly_even_where_they_look_like_patterns(store: SeriesStore) -> None:
    odd, plain = SeriesId.of("queue[*]", {"q": 'a"b\\c\n'}), SeriesId.of("queue1")
    store.append(harvest(series(odd, {START: 1.0}), series(plain, {START: 2.0})))
    assert list(content(store.read(Selector(ids=frozenset({odd})), EVER))) == [str(odd)]
    assert list(content(store.read(Selector.named("queue[*]"), EVER))) == [str(odd)]


def test_the_mean_is_taken_over_steps_from_the_start_of_the_window(store: SeriesStore) -> None:
    samples = {START + 10_000: 1.0, START + 20_000: 2.0, START + 310_000: 30.0, START + 599_999: 50.0}
    store.append(harvest(series(CPU, samples, "cores")))
    (found,) = store.mean(Selector(), Window(START, START + 600_000), 300).series
    assert found.unit == "cores"
    assert found.times_ms.tolist() == [START, START + 300_000]
    assert found.values.tolist() == [1.5, 40.0]
    (shifted,) = store.mean(Selector(), Window(START + 15_000, START + 600_000), 300).series
    assert shifted.times_ms.tolist() == [START + 15_000, START + 315_000]
    assert shifted.values.tolist() == [16.0, 50.0]


def test_the_mean_leaves_out_what_is_no_number_and_fills_no_step(store: SeriesStore) -> None:
    nan = math.nan
    store.append(harvest(series(CPU, {START: 4.0, START + 1000: nan, START + 60_000: nan, START + 180_000: 8.0})))
    (found,) = store.mean(Selector(), Window(START, START + 300_000), 60).series
    assert found.times_ms.tolist() == [START, START + 60_000, START + 180_000]
    assert found.values[[0, 2]].tolist() == [4.0, 8.0]
    assert math.isnan(found.values[1])


def test_a_counter_is_never_averaged_over_its_reset(store: SeriesStore) -> None:
    counts = {
        START: math.nan,
        START + 15_000: 1e6,
        START + 30_000: 1e6 + 50.0,
        START + 45_000: 7.0,
        START + 60_000: 57.0,
    }
    store.append(harvest(series(CPU, counts, kind=MetricKind.COUNTER), series(SeriesId("load"), counts)))
    counter, gauge = sorted(
        store.mean(Selector(), Window(START, START + 120_000), 60).series, key=lambda one: one.id.name
    )
    assert counter.values.tolist() == [1e6, 57.0]
    assert gauge.values.tolist() == [pytest.approx((2e6 + 57.0) / 3), 57.0]


def test_the_mean_counts_a_rewritten_sample_once(store: SeriesStore) -> None:
    store.append(harvest(series(CPU, {START: 1.0, START + 1000: 3.0})))
    store.append(harvest(series(CPU, {START: 5.0})))
    (found,) = store.mean(Selector(), Window(START, START + 60_000), 60).series
    assert found.values.tolist() == [4.0]


def test_the_catalog_tells_first_last_and_count_in_the_window(store: SeriesStore) -> None:
    store.append(harvest(series(CPU, {START: 1.0, START + DAY: 2.0, START + 2 * DAY: 3.0}), series(DISK, {START: 1.0})))
    store.append(harvest(series(CPU, {START + DAY: 7.0})))
    lines = {line.id: (line.samples, line.first_ms, line.last_ms) for line in store.catalog(Selector(), EVER)}
    assert {line.source for line in store.catalog(Selector(), EVER)} == {"test"}
    assert lines == {CPU: (3, START, START + 2 * DAY), DISK: (1, START, START)}
    (line,) = store.catalog(Selector(), Window(START + 1, START + 2 * DAY))
    assert (line.samples, line.first_ms, line.last_ms) == (1, START + DAY, START + DAY)


def test_a_known_unit_is_not_forgotten_and_a_new_one_is_learned(store: SeriesStore) -> None:
    store.append(harvest(series(CPU, {START: 1.0})))
    store.append(harvest(series(CPU, {START + 1: 1.0}, "cores", MetricKind.GAUGE)))
    store.append(harvest(series(CPU, {START + 2: 1.0})))
    (line,) = store.catalog(Selector(), EVER)
    assert (line.unit, line.kind) == ("cores", MetricKind.GAUGE)


def test_a_gap_is_kept_with_its_reason_until_samples_fill_it(store: SeriesStore) -> None:
    minute = 60_000
    samples = {START + i * minute: 1.0 for i in (0, 1, 2, 10, 11)}
    gap = Gap(SeriesId.of("cpu"), Window(START + 3 * minute, START + 10 * minute), "prom: refused")
    store.append(harvest(series(CPU, samples), gaps=(gap,)))
    assert store.read(Selector(), EVER).gaps == store.gaps(Selector(), EVER) == (gap,)
    assert store.read(Selector.parse("disk"), EVER).gaps == ()
    store.append(harvest(series(CPU, {START + i * minute: 1.0 for i in range(3, 7)})))
    (left,) = store.read(Selector(), EVER).gaps
    assert left.window == Window(START + 6 * minute + 1, START + 10 * minute)
    store.append(harvest(series(CPU, {START + i * minute: 1.0 for i in range(7, 10)})))
    assert store.read(Selector(), EVER).gaps == ()


def test_gaps_of_neighboring_rounds_with_one_reason_are_one(store: SeriesStore) -> None:
    windows = [Window(START + i * 60_000, START + (i + 1) * 60_000) for i in range(5)]
    for window in windows:
        store.append(harvest(gaps=(Gap(CPU, window, "no answer"),)))
    assert store.read(Selector(), EVER).gaps == (Gap(CPU, Window(START, START + 300_000), "no answer"),)
    cut = store.read(Selector(), Window(START + 30_000, START + 90_000)).gaps
    assert cut == (Gap(CPU, Window(START + 30_000, START + 90_000), "no answer"),)


def test_a_gap_of_a_name_is_filled_by_its_own_source_alone(store: SeriesStore) -> None:
    gap = Gap(SeriesId.of("cpu"), Window(START, START + 60_000), "east: refused")
    store.append(Harvest("east", (series(CPU, {START - 60_000: 1.0}),), (gap,)))
    store.append(Harvest("west", (series(SeriesId.of("cpu", {"host": "b"}), {START: 1.0, START + 30_000: 1.0}),)))
    assert store.read(Selector(), EVER).gaps == (gap,)
    store.append(Harvest("east", (series(CPU, {START: 1.0, START + 30_000: 1.0}),)))
    assert store.read(Selector(), EVER).gaps == ()


def test_a_hole_without_a_gap_record_is_not_filled(store: SeriesStore) -> None:
    store.append(harvest(series(CPU, {START: 1.0, START + 10 * DAY: 2.0})))
    (found,) = store.mean(Selector(), Window(START, START + 11 * DAY), 86_400).series
    assert len(found) == 2


@pytest.mark.parametrize("step_s", [0.0, -60.0, 0.0001])
def test_a_step_shorter_than_a_millisecond_is_refused(store: SeriesStore, step_s: float) -> None:
    with pytest.raises(InputError):
        store.mean(Selector(), Window(START, START + DAY), step_s)


def test_a_closed_store_can_be_used_again(store: SeriesStore) -> None:
    store.append(harvest(series(CPU, {START: 1.0})))
    store.close()
    store.append(harvest(series(CPU, {START + 1: 2.0})))
    assert len(content(store.read(Selector(), EVER))[str(CPU)]) == 2


def test_midnight_of_the_fixture_is_what_its_comment_says() -> None:
    assert as_ms(np.datetime64(START, "ms").astype(object)) == START
    assert START % DAY == 0
