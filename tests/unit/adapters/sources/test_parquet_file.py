"""Parquet files: types of times, shapes, and their faults."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plimsoll.adapters.sources.parquet_file import ParquetFile
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.series import Harvest
from plimsoll.domain.stored import EVER

T0 = 1_704_067_200_000


def read(folder: Path, columns: dict, tz: str = "") -> Harvest:
    pq.write_table(pa.table(columns), folder / "x.parquet")
    source = ParquetFile(folder / "x.parquet", tz)
    return source.read(source.discover(EVER), EVER, 0)


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(pa.array([T0], pa.timestamp("ms")), id="ms"),
        pytest.param(pa.array([T0 * 1_000_000 + 7], pa.timestamp("ns", "UTC")), id="ns_utc"),
        pytest.param(pa.array([T0 // 1000], pa.timestamp("s", "Europe/Berlin")), id="zone_of_the_column"),
        pytest.param(pa.array([date(2024, 1, 1)]), id="date"),
        pytest.param(pa.array([T0 // 1000]), id="epoch_seconds"),
        pytest.param(pa.array([float(T0)]), id="epoch_milliseconds_as_float"),
        pytest.param(pa.array(["2024-01-01T00:00:00Z"]), id="text"),
        pytest.param(pa.array(["2024-01-01"]).dictionary_encode(), id="dictionary"),
    ],
)
def test_times_of_every_type(tmp_path: Path, times: pa.Array) -> None:
    (series,) = read(
        tmp_path, {"when": times, "load": [1.5]} if pa.types.is_timestamp(times.type) else {"ts": times, "load": [1.5]}
    ).series
    assert series.times_ms.tolist() == [T0]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([7], pa.int8()),
        pa.array([7], pa.uint64()),
        pa.array([7], pa.float32()),
        pa.array([Decimal("7.00")]),
    ],
)
def test_values_of_every_type(tmp_path: Path, values: pa.Array) -> None:
    (series,) = read(tmp_path, {"ds": [datetime(2024, 1, 1)], "load": values}).series  # noqa: DTZ001 a naive time is meant
    assert series.values.tolist() == [7.0]


def test_a_panel_with_a_dictionary_of_names_and_nulls(tmp_path: Path) -> None:
    columns = {
        "unique_id": pa.array(["b", "a", "b"]).dictionary_encode(),
        "ds": pa.array([T0, T0, T0 + 1000], pa.timestamp("ms")),
        "y": [1.0, None, 3.0],
    }
    harvest = read(tmp_path, columns)
    assert {series.id.name: series.values.tolist() for series in harvest.series} == {"b": [1.0, 3.0], "a": []}
    assert any("1 empty cells left out" in note for note in harvest.notes)


def test_the_zone_of_naive_times_is_taken_from_the_option(tmp_path: Path) -> None:
    (series,) = read(tmp_path, {"ds": pa.array([T0], pa.timestamp("ms")), "v": [1.0]}, "Europe/Berlin").series
    assert series.times_ms.tolist() == [T0 - 3_600_000]


def test_no_rows_is_nothing_to_answer(tmp_path: Path) -> None:
    with pytest.raises(NothingToAnswer, match="holds a header and no rows"):
        read(tmp_path, {"ds": pa.array([], pa.timestamp("ms")), "v": pa.array([], pa.float64())})


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        pytest.param({"v": [1.0]}, "fewer than two plain columns", id="one_column"),
        pytest.param({"ts": [[1]], "v": [[2]]}, "fewer than two plain columns", id="nested"),
        pytest.param({"ts": ["soon"], "v": [1.0]}, "row 1, column ts: 'soon' is not a time", id="no_time"),
        pytest.param({"ts": pa.array([None], pa.timestamp("ms")), "v": [1.0]}, "row 1, column ts", id="null_time"),
        pytest.param({"ts": [True], "v": [1.0]}, "ts: holds no times", id="boolean_time"),
        pytest.param({"ts": ["2024-01-01"], "host": ["a"]}, "has no column of numbers", id="no_numbers"),
        pytest.param({"ts": [0, 1], "v": [1.0, 2.0]}, "row 1, column ts: '0' is not a time", id="a_count_is_no_time"),
    ],
)
def test_a_fault_names_file_row_and_column(tmp_path: Path, columns: dict, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read(tmp_path, columns)
    assert str(tmp_path / "x.parquet") in str(caught.value)


@pytest.mark.parametrize("cut", [0, 4, 100, -8, -1])
def test_a_file_that_breaks_off_is_one_clear_line(tmp_path: Path, cut: int) -> None:
    pq.write_table(pa.table({"ds": pa.array([T0], pa.timestamp("ms")), "v": [1.0]}), tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[:cut])
    with pytest.raises(InputError, match="is not a Parquet file that can be read") as caught:
        ParquetFile(tmp_path / "cut.parquet").discover(EVER)
    assert "\n" not in str(caught.value)


def test_damage_inside_a_file_is_one_clear_line(tmp_path: Path) -> None:
    times = pa.array(range(T0, T0 + 5_000), pa.timestamp("ms"))
    pq.write_table(pa.table({"ds": times, "v": [float(i * i) for i in range(5_000)]}), tmp_path / "x.parquet")
    whole = bytearray((tmp_path / "x.parquet").read_bytes())
    for at in range(200, 2_000):
        whole[at] ^= 0xFF
    (tmp_path / "x.parquet").write_bytes(whole)
    with pytest.raises(InputError, match="that can be read"):
        ParquetFile(tmp_path / "x.parquet").discover(EVER)


def test_times_past_the_calendar_are_counted_and_a_series_of_nothing_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "metrics.parquet"
    times = pa.array([1_767_225_600_000_000, 300_000_000_000_000_000], pa.timestamp("us"))
    pq.write_table(pa.table({"time": times, "metric": ["good", "far"], "value": [1.0, 2.0]}), path)
    harvest = ParquetFile(path).read(ParquetFile(path).discover(EVER), EVER, 60)
    assert [(series.id.name, len(series)) for series in harvest.series] == [("good", 1), ("far", 0)]
    assert any("row 2, column time: '300000000000000000': 1 row with a time outside" in note for note in harvest.notes)
    assert any("left out (of far 1)" in note for note in harvest.notes)


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(pa.array([1_767_225_600, 10**15], pa.timestamp("s")), id="seconds"),
        pytest.param(pa.array([1_767_225_600_000, 2**62], pa.timestamp("ms", "UTC")), id="milliseconds"),
        pytest.param(pa.array([20_000, 2**31 - 1], pa.date32()), id="days"),
        pytest.param(pa.array([1_767_225_600.0, -5.0]), id="numbers_below_all_epochs"),
    ],
)
def test_a_time_outside_the_calendar_leaves_its_row_out_whatever_its_type(tmp_path: Path, times: pa.Array) -> None:
    pq.write_table(pa.table({"time": times, "v": [1.0, 2.0]}), tmp_path / "x.parquet")
    source = ParquetFile(tmp_path / "x.parquet", "Europe/Berlin")
    (series,) = source.read(source.discover(EVER), EVER, 60).series
    assert series.values.tolist() == [1.0]
