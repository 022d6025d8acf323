"""The files in the store's folder: daily Parquet that any reader opens, small, merged by size; other files are kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from benchmarks.store import CYCLE, mixed

from plimsoll.adapters.store.compaction import first_to_merge
from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.domain.series import Gap, Harvest, Series, SeriesId, Window
from plimsoll.domain.stored import EVER, Selector

DAY = 86_400_000
START = 1_753_833_600_000


def one(name: str, start: int, n: int, step: int = 60_000, labels: dict[str, str] | None = None) -> Series:
    return Series(SeriesId.of(name, labels), start + step * np.arange(n), np.round(np.sin(np.arange(n)), 3))


def test_a_day_is_a_file_sorted_by_series_and_time_in_the_encodings_that_suit_it(tmp_path: Path) -> None:
    with ParquetStore(tmp_path) as store:
        store.append(Harvest("t", (one("b", START - 3_600_000, 120), one("a", START, 50))))
    files = sorted(path.name for path in (tmp_path / "days").iterdir())
    assert [name[:10] for name in files] == ["2025-07-29", "2025-07-30"]
    table = pq.read_table(tmp_path / "days" / files[1])
    rows = list(zip(table["series"].to_pylist(), table["time"].to_pylist(), strict=True))
    assert rows == sorted(rows)
    group = pq.ParquetFile(tmp_path / "days" / files[1]).metadata.row_group(0)
    encodings = {group.column(i).path_in_schema: group.column(i).encodings for i in range(group.num_columns)}
    assert "DELTA_BINARY_PACKED" in encodings["time"]
    assert "DELTA_BINARY_PACKED" in encodings["scaled"]
    assert "BYTE_STREAM_SPLIT" in encodings["raw"]
    assert {group.column(i).compression for i in range(group.num_columns)} == {"ZSTD"}


def test_mixed_gauges_take_at_most_three_bytes_a_sample(tmp_path: Path) -> None:
    harvest = mixed(2 * len(CYCLE), CYCLE, seed=5)
    with ParquetStore(tmp_path) as store:
        samples = store.append(harvest)
    total = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert total <= 3.0 * samples
    found = {one.id: one.values for one in store.read(Selector(), EVER).series}
    assert all(np.array_equal(found[one.id], one.values) for one in harvest.series)


def test_a_late_sample_counts_once_whether_segments_meet_in_time_or_not(tmp_path: Path) -> None:
    with ParquetStore(tmp_path) as store:
        store.append(Harvest("t", (one("cpu", START, 100),)))
        store.append(Harvest("t", (one("cpu", START + 100 * 60_000, 5),)))
        store.append(Harvest("t", (one("cpu", START + 50 * 60_000, 60),)))
        assert store.size().files == 3
        (line,) = store.catalog(Selector(), EVER)
        assert (line.samples, len(store.read(Selector(), EVER).series[0])) == (110, 110)


def test_labels_are_kept_once(tmp_path: Path) -> None:
    with ParquetStore(tmp_path) as store:
        for hour in range(5):
            store.append(Harvest("t", (one("cpu", START + hour * 3_600_000, 60, labels={"host": "a-long-name"}),)))
    assert len((tmp_path / "series.jsonl").read_text().splitlines()) == 1
    assert all(b"a-long-name" not in path.read_bytes() for path in (tmp_path / "days").iterdir())


def test_many_small_appends_end_in_few_files_and_a_finished_day_in_one(tmp_path: Path) -> None:
    with ParquetStore(tmp_path) as store:
        for minute in range(100):
            store.append(Harvest("t", (one("cpu", START + minute * 60_000, 1),)))
            assert store.size().files <= 13
        store.append(Harvest("t", (one("cpu", START + DAY, 1),)))
    assert store.size().files == store.size().days == 2
    (found,) = store.read(Selector(), EVER).series
    assert len(found) == 101


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        pytest.param([7, 5], 0, id="like_sizes_are_merged"),
        pytest.param([1_000_000, 10, 10, 10], 1, id="a_large_one_is_left"),
        pytest.param([1_000_000, 10], 0, id="two_at_least"),
        pytest.param([4_000, 1_000, 10, 10], 2, id="only_the_newest_small_ones"),
        pytest.param([100, 50, 30, 20, 10], 0, id="as_far_back_as_sizes_are_alike"),
    ],
)
def test_the_newest_segments_are_merged_as_far_back_as_they_are_alike(rows: list[int], first: int) -> None:
    assert first_to_merge(rows) == first


@pytest.mark.parametrize("rounds", [6, 40], ids=["put_together_at_the_end", "put_together_on_the_way"])
def test_the_log_of_gaps_does_not_grow_with_every_round(tmp_path: Path, rounds: int) -> None:
    ids = [SeriesId.of(f"metric_{i}") for i in range(200)]
    with ParquetStore(tmp_path) as store:
        for minute in range(rounds):
            window = Window(START, START + (minute + 1) * 60_000)
            store.append(Harvest("t", gaps=tuple(Gap(of, window, "prometheus: connection refused") for of in ids)))
        (log,) = tmp_path.glob("gaps*.jsonl")
        assert log.stat().st_size < 300_000
    logs = list(tmp_path.glob("gaps*.jsonl"))
    assert len(logs) == 1
    assert logs[0].stat().st_size < 60_000
    assert len(store.gaps(Selector(), EVER)) == len(ids)


def test_files_of_others_are_neither_read_nor_touched(tmp_path: Path) -> None:
    (tmp_path / "days").mkdir()
    strange = {
        tmp_path / "notes.txt": b"mine",
        tmp_path / "days" / "2025-07-30.parquet": b"no parquet",
        tmp_path / "days" / "old.parquet.bak": b"\x00",
    }
    with ParquetStore(tmp_path) as store:
        store.append(Harvest("t", (one("cpu", START, 3),)))
        for path, text in strange.items():
            path.write_bytes(text)
        store.append(Harvest("t", (one("cpu", START, 3),)))
    with ParquetStore(tmp_path) as again:
        again.append(Harvest("t", (one("cpu", START + DAY, 3),)))
    assert {path: path.read_bytes() for path in strange} == strange
    assert len(again.read(Selector(), EVER).series[0]) == 6
    assert again.verify() == ()


@pytest.mark.parametrize("folder", ["with'quote", "we[i]rd*?", "sp ace", "ü"])
def test_a_folder_may_have_any_name(tmp_path: Path, folder: str) -> None:
    with ParquetStore(tmp_path / folder) as store:
        store.append(Harvest("t", (one("cpu", START, 3),)))
        store.append(Harvest("t", (one("cpu", START + 60_000, 3),)))
    assert len(store.read(Selector(), EVER).series[0]) == 4


def test_reading_makes_no_folder(tmp_path: Path) -> None:
    store = ParquetStore(tmp_path / "none")
    assert store.catalog(Selector(), EVER) == ()
    assert not (tmp_path / "none").exists()


def test_the_manifest_says_which_form_the_store_has(tmp_path: Path) -> None:
    with ParquetStore(tmp_path) as store:
        store.append(Harvest("t", (one("cpu", START, 3),)))
    assert json.loads((tmp_path / "manifest.json").read_text())["format"] == "plimsoll-series-store/2"
