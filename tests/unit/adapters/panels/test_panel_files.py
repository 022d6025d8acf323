"""Fleet files in Parquet: every layout is read, every fault is one clear line, the result is complete or absent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plimsoll.adapters.panels.parquet_layout import laid_out
from plimsoll.adapters.panels.parquet_reader import ParquetReader
from plimsoll.adapters.panels.parquet_writer import ParquetWriter
from plimsoll.domain.errors import InputError
from plimsoll.domain.forecast import ForecastState
from plimsoll.domain.panel import NO_TIME, PanelForecast
from plimsoll.domain.series import MetricKind

HOUR_US = 3_600_000_000
NAMES = ["b", "a", "c"]


def fleet(**changes: object) -> pa.Table:
    """Three series of four rows in runs."""
    columns: dict[str, object] = {
        "unique_id": np.repeat(NAMES, 4),
        "ds": pa.array(np.tile(np.arange(4) * HOUR_US, 3), pa.timestamp("us")),
        "y": np.arange(12.0),
    }
    return pa.table({**columns, **changes})


def written(folder: Path, table: pa.Table, **options: object) -> str:
    path = folder / "in.parquet"
    pq.write_table(table, path, **options)
    return str(path)


def read_all(path: str) -> tuple[list[str], list[list[float]]]:
    with laid_out(path) as reader:
        outline = reader.outline()
        panels = [reader.read(*span) for span in outline.spans(1)]
    rows = [panel.values[panel.offsets[i] : panel.offsets[i + 1]] for panel in panels for i in range(len(panel))]
    return [name for panel in panels for name in panel.ids], [row.tolist() for row in rows]


IDS = {
    "strings": np.repeat(NAMES, 4),
    "dictionary": pa.array(np.repeat(NAMES, 4)).dictionary_encode(),
    "large_strings": pa.array(np.repeat(NAMES, 4).tolist(), pa.large_string()),
}


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS.keys())
@pytest.mark.parametrize("group", [1, 3, 4, 5, 100])
def test_every_layout_of_row_groups_gives_the_same_series(tmp_path, ids, group):
    names, rows = read_all(written(tmp_path, fleet(unique_id=ids), row_group_size=group))
    assert names == NAMES
    assert rows == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


def test_whole_numbers_may_name_series(tmp_path):
    assert read_all(written(tmp_path, fleet(unique_id=np.repeat([7, 3, 5], 4))))[0] == ["7", "3", "5"]


@pytest.mark.parametrize("order", [range(12), range(11, -1, -1), [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]])
def test_rows_without_a_name_are_the_series_whose_name_is_empty(tmp_path, order):
    """The two were one name for two runs of rows, and the whole fleet failed."""
    cells = fleet(unique_id=pa.array([*[None] * 4, *["a"] * 4, *[""] * 4]))
    names, rows = read_all(written(tmp_path, cells.take(list(order))))
    assert names == ["", "a"]
    assert [sorted(row) for row in rows] == [[0, 1, 2, 3, 8, 9, 10, 11], [4, 5, 6, 7]]


@pytest.mark.parametrize("group", [4, 5])
def test_bytes_that_are_no_text_may_name_series(tmp_path, group):
    cells = fleet(unique_id=pa.array([b"a", b"\xff", b"\xfe"]).take(np.repeat([0, 1, 2], 4)))
    assert read_all(written(tmp_path, cells, row_group_size=group))[0] == ["a", "\\xff", "\\xfe"]


def test_interleaved_series_are_brought_together_in_the_order_of_their_rows(tmp_path):
    names, rows = read_all(written(tmp_path, fleet(unique_id=np.tile(NAMES, 4)), row_group_size=5))
    assert names == ["a", "b", "c"]
    assert rows == [[1, 4, 7, 10], [0, 3, 6, 9], [2, 5, 8, 11]]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_every_unit_are_read(tmp_path, unit):
    stamps = pa.array(np.tile(np.arange(4) * HOUR_US, 3), pa.timestamp("us")).cast(pa.timestamp(unit))
    with laid_out(written(tmp_path, fleet(ds=stamps))) as reader:
        assert reader.read(0, 4).times_ms.tolist() == [0, 3_600_000, 7_200_000, 10_800_000]


def test_times_missing_or_outside_the_calendar_are_marked(tmp_path):
    stamps = pa.array([None, 4 * 10**17, -(10**17), 0] * 3, pa.timestamp("us"))
    with laid_out(written(tmp_path, fleet(ds=stamps))) as reader:
        assert reader.read(0, 4).times_ms.tolist() == [NO_TIME, NO_TIME, NO_TIME, 0]


def test_kinds_and_bounds_are_read_from_the_first_row_of_each_series(tmp_path):
    table = fleet(kind=np.repeat(["percent", "counter", "gauge"], 4), lower=np.repeat([0.0, np.nan, 1.0], 4))
    with laid_out(written(tmp_path, table)) as reader:
        panel = reader.read(0, 12)
        assert reader.outline().kinds == panel.kinds == (MetricKind.PERCENT, MetricKind.COUNTER, MetricKind.GAUGE)
    np.testing.assert_array_equal(panel.lower, [0, np.nan, 1])
    assert np.isnan(panel.upper).all()


@pytest.mark.parametrize(
    "kinds",
    [["Gauge", "count", None], [7, 8, None]],
    ids=["text", "numbers"],
)
def test_a_word_that_names_no_kind_is_a_remark_on_its_series_alone(tmp_path, kinds):
    with laid_out(written(tmp_path, fleet(kind=pa.array([kind for kind in kinds for _ in range(4)])))) as reader:
        panel = reader.read(0, 12)
        assert reader.outline().kinds == panel.kinds
    known = [MetricKind.COUNT if kind == "count" else MetricKind.UNKNOWN for kind in kinds]
    assert panel.kinds == tuple(known)
    assert [bool(remark) for remark in panel.remarks] == [kind not in ("count", None) for kind in kinds]
    assert repr(str(kinds[0])) in panel.remarks[0]
    assert "taken as unknown" in panel.remarks[0]


def test_a_path_is_whole_for_workers_that_run_elsewhere(tmp_path, monkeypatch):
    path = written(tmp_path, fleet())
    monkeypatch.chdir(tmp_path)
    with laid_out("in.parquet") as reader:
        assert reader.path == path


def test_an_empty_file_has_no_series(tmp_path):
    with laid_out(written(tmp_path, fleet().slice(0, 0))) as reader:
        outline = reader.outline()
        assert (outline.ids, outline.spans(10)) == ((), [])


FAULTS = {
    "no_column": (fleet().drop_columns(["y"]), "has no column y"),
    "text_for_numbers": (fleet(y=np.repeat(NAMES, 4)), "not numbers"),
    "lists_for_names": (fleet(unique_id=[["a"]] * 12), "holds list.*, not names"),
    "lists_for_kinds": (fleet(kind=[["gauge"]] * 12), "holds list.*, not names"),
    "names_that_read_alike": (fleet(unique_id=[b"\xff", b"a", b"\\xff"] * 4), "names differ in their bytes"),
    "a_column_twice": (fleet().append_column("y", [np.arange(12.0)]), "has more than one column y"),
    "text_for_times": (fleet(ds=np.repeat(NAMES, 4)), "not times"),
}


@pytest.mark.parametrize(("table", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_of_the_file_is_one_line_that_names_it(tmp_path, table, message):
    path = written(tmp_path, table)
    with pytest.raises(InputError, match=message) as caught, laid_out(path) as reader:
        reader.outline()
    assert path in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"\xff\xfe nonsense" * 50], ids=["empty", "truncated", "garbage"])
def test_what_is_no_parquet_is_said(tmp_path, content):
    path = tmp_path / "in.parquet"
    path.write_bytes(content)
    with pytest.raises(InputError, match="no readable Parquet"):
        ParquetReader(str(path)).check()


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        ParquetReader(str(tmp_path / "none.parquet")).check()


def one_part() -> PanelForecast:
    times = np.array([[0, 3_600_000], [NO_TIME, NO_TIME]])
    values = np.array([[[1.0, 2.0], [3.0, 4.0]], [[np.nan, np.nan], [np.nan, np.nan]]])
    return PanelForecast(("a", "b"), times, values, (ForecastState.OK, ForecastState.CANNOT_TELL), ("", "no rows"))


def test_a_forecast_is_written_with_every_series_that_came_in(tmp_path):
    path = tmp_path / "out.parquet"
    with ParquetWriter(str(path), (0.1, 0.975)) as writer:
        writer.write(one_part())
    table = pq.read_table(path)
    assert table.column_names == ["unique_id", "ds", "q0.1", "q0.975", "state", "why"]
    assert table["unique_id"].to_pylist() == ["a", "a", "b", "b"]
    assert table["state"].to_pylist() == ["ok", "ok", "cannot_tell", "cannot_tell"]
    assert table["ds"].null_count == 2


def fail_in_mid_write(path: Path) -> None:
    with ParquetWriter(str(path), (0.1, 0.975)) as writer:
        writer.write(one_part())
        raise RuntimeError


def test_a_run_that_fails_leaves_what_was_there_before(tmp_path):
    path = tmp_path / "out.parquet"
    path.write_text("before")
    with pytest.raises(RuntimeError):
        fail_in_mid_write(path)
    assert path.read_text() == "before"
    assert [item.name for item in tmp_path.iterdir()] == ["out.parquet"]


@pytest.mark.parametrize(
    ("column", "cells", "remarks"),
    [
        ("kind", ["count"] * 12, ["", "", ""]),
        ("kind", ["count"] * 4 + ["gauge"] * 8, ["", "", ""]),
        ("kind", ["count"] * 6 + ["gauge", *["count"] * 4, None], ["", "kind", "kind"]),
        ("upper", [1.0] * 4 + [2.0] * 4 + [None] * 4, ["", "", ""]),
        ("lower", [None, *[1.0] * 11], ["lower", "", ""]),
    ],
    ids=["one_for_all", "one_a_series", "two_within_a_series", "bounds_one_a_series", "bound_of_some_rows"],
)
@pytest.mark.parametrize("group", [5, 100])
def test_what_changes_within_a_series_is_said(tmp_path, column, cells, remarks, group):
    """The first row decides, but a note must say so."""
    path = written(tmp_path, fleet(**{column: pa.array(cells)}), row_group_size=group)
    told = [f"{word} changes from row to row: that of the first row is taken" if word else "" for word in remarks]
    assert list(ParquetReader(path).read(0, 12).remarks) == told
