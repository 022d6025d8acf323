"""CSV files as users have them: shapes, times, line ends, and their faults."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import pytest

from plimsoll.adapters.sources import csv_file
from plimsoll.adapters.sources.csv_file import CsvFile
from plimsoll.adapters.sources.tables.gather import Bounds
from plimsoll.adapters.sources.tables.lines import CleanLines, records
from plimsoll.domain.errors import InputError, NothingToAnswer, PlimsollError, UsageError
from plimsoll.domain.ports import CheckState, Signal
from plimsoll.domain.series import Harvest, MetricKind, Window
from plimsoll.domain.stored import EVER

T0 = 1_704_067_200_000  # 2024-01-01T00:00:00Z
HOUR_MS = 3_600_000


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(content: str | bytes, tz: str = "", name: str = "x.csv", window: Window = EVER) -> Harvest:
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    source = CsvFile(name, tz)
    return source.read(source.discover(window), window, 0)


def content(harvest: Harvest) -> dict[str, list[tuple[int, float]]]:
    """Samples by series, times in hours after the start of 2024."""
    return {
        str(series.id): [((t - T0) / HOUR_MS, v) for t, v in zip(series.times_ms, series.values, strict=True)]
        for series in harvest.series
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("time,v\n2024-01-01,1", {"v": [(0, 1)]}, id="wide"),
        pytest.param("timestamp,value\n2024-01-01,1", {"x": [(0, 1)]}, id="trace_is_called_by_its_file"),
        pytest.param("month,v\n2024-01,1\n2024-02,2", {"v": [(0, 1), (744, 2)]}, id="months"),
        pytest.param("unique_id,ds,y\na,2024-01-01,1\nb,2024-01-01,2", {"a": [(0, 1)], "b": [(0, 2)]}, id="panel"),
        pytest.param(
            "time,host,cpu,mem\n2024-01-01,a,1,2\n2024-01-01,b,3,",
            {'cpu{host="a"}': [(0, 1)], 'cpu{host="b"}': [(0, 3)], 'mem{host="a"}': [(0, 2)]},
            id="wide_with_labels",
        ),
        pytest.param(
            "time,quantile,value\n2024-01-01,99%,1\n2024-01-01,95%,2",
            {'x{quantile="99%"}': [(0, 1)], 'x{quantile="95%"}': [(0, 2)]},
            id="a_percentage_may_name_a_series",
        ),
        pytest.param(
            "time,address,v\n2024-01-01,10.0.0.1,1", {'v{address="10.0.0.1"}': [(0, 1)]}, id="an_address_is_no_number"
        ),
        pytest.param(
            "metric,core,time,value\ncpu,0,2024-01-01,1\ncpu,1,2024-01-01,2",
            {'cpu{core="0"}': [(0, 1)], 'cpu{core="1"}': [(0, 2)]},
            id="long_with_labels_that_are_numbers",
        ),
        pytest.param(
            "time,usage,limit\n2024-01-01,1,8\n2024-01-02,2,8",
            {"usage": [(0, 1), (24, 2)], "limit": [(0, 8), (24, 8)]},
            id="a_value_beside_other_numbers_is_wide",
        ),
        pytest.param(
            "time,core,port,value\n2024-01-01,0,80,1\n2024-01-01,1,80,2",
            {'x{core="0",port="80"}': [(0, 1)], 'x{core="1",port="80"}': [(0, 2)]},
            id="a_value_beside_one_column_called_like_a_label_is_long",
        ),
        pytest.param(
            "time,shard_id,value\n2024-01-01,7,1\n2024-01-01,8,2",
            {'x{shard_id="7"}': [(0, 1)], 'x{shard_id="8"}': [(0, 2)]},
            id="a_value_beside_numbers_that_identify_is_long",
        ),
        pytest.param(",v\n2024-01-01,1", {"v": [(0, 1)]}, id="first_column_without_a_name"),
        pytest.param("time;v\n2024-01-01;1,5", {"v": [(0, 1.5)]}, id="semicolon_and_decimal_comma"),
        pytest.param("time\tv\n2024-01-01\t+1e1", {"v": [(0, 10)]}, id="tab_and_plus_sign"),
        pytest.param('"time","v"\n"2024-01-01","1"', {"v": [(0, 1)]}, id="quoted"),
        pytest.param("Date , v \n2024-01-01 , 1 ", {"v": [(0, 1)]}, id="spaces_around"),
        pytest.param("\n\r\ntime,v\n\n2024-01-01,1\n\n", {"v": [(0, 1)]}, id="empty_lines"),
        pytest.param("time,v\r\n2024-01-01,1\r2024-01-02,2\n", {"v": [(0, 1), (24, 2)]}, id="mixed_line_ends"),
        pytest.param("\ufefftime,v\n2024-01-01,1", {"v": [(0, 1)]}, id="byte_order_mark"),
        pytest.param("time,v,empty\n2024-01-01,1,", {"v": [(0, 1)], "empty": []}, id="column_without_values"),
        pytest.param('time;"v{a=1,b=2}"\n2024-01-01;1,5', {"v{a=1,b=2}": [(0, 1.5)]}, id="commas_in_a_quoted_name"),
        pytest.param("sep=;\r\ntime;v\r\n2024-01-01;1,5", {"v": [(0, 1.5)]}, id="excel_told_the_separator"),
        pytest.param('"sep=,"\ntime,v\n2024-01-01,1', {"v": [(0, 1)]}, id="excel_told_it_in_quotes"),
        pytest.param("time;v\n2024-01-01;1.500", {"v": [(0, 1.5)]}, id="three_digits_after_a_point"),
        pytest.param(
            "time;v\n2024-01-01;1\n2024-01-02;1.125\n2024-01-03;1.5",
            {"v": [(0, 1), (24, 1.125), (48, 1.5)]},
            id="a_point_that_parts_no_thousands_somewhere_does_nowhere",
        ),
        pytest.param("time,größe\n2024-01-01,1", {"größe": [(0, 1)]}, id="letters_of_the_world"),
    ],
)
def test_shapes(text: str, expected: dict) -> None:
    assert content(read(text)) == expected


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        pytest.param("1704067200", 0, id="epoch_seconds"),
        pytest.param("1704067200.5", 0.5 / 3600, id="epoch_seconds_with_a_fraction"),
        pytest.param("1704067200000", 0, id="epoch_milliseconds"),
        pytest.param("1704067200000000", 0, id="epoch_microseconds"),
        pytest.param("1704067200000000000", 0, id="epoch_nanoseconds"),
        pytest.param("2024-01-01", 0, id="date"),
        pytest.param("2024-01-01 01:30", 1.5, id="minutes"),
        pytest.param("2024/01/01 01:30:00", 1.5, id="slashes_with_the_year_first"),
        pytest.param("2024-01-01T01:00:00.250", 1 + 0.25 / 3600, id="fraction"),
        pytest.param("2024-01-01T01:00:00.123456789Z", 1 + 0.123 / 3600, id="nanoseconds_are_cut"),
        pytest.param("2024-01-01T00:00:00Z", 0, id="z"),
        pytest.param("2024-01-01T02:00:00+02:00", 0, id="offset"),
        pytest.param("2024-01-01 02:00:00+0200", 0, id="offset_without_colon"),
        pytest.param("2024-01-01 00:00:00 UTC", 0, id="utc_as_a_word"),
    ],
)
def test_times(cell: str, hours: float) -> None:
    ((found,),) = content(read(f"time,v\n{cell},1")).values()
    assert found[0] == pytest.approx(hours, abs=1e-9)


def test_zones_may_differ_from_row_to_row() -> None:
    text = "time,v\n2024-01-01T01:00:00+01:00,1\n2024-01-01 02:00,2\n2024-01-01T00:00:00-03:00,3"
    harvest = read(text, tz="Europe/Berlin")
    assert content(harvest) == {"v": [(0, 1), (1, 2), (3, 3)]}
    assert "x.csv: times without a zone taken as Europe/Berlin" in harvest.notes


@pytest.mark.parametrize(
    ("tz", "locals_", "hours"),
    [
        pytest.param(
            "Europe/Berlin",
            [f"2024-10-27 {clock}" for clock in ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")],
            [-0.5, 0, 0.5, 1, 1.5, 2],
            id="clocks_go_back_and_the_hour_comes_twice",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            ["2024-04-07 01:15", "2024-04-07 01:45", "2024-04-07 01:45", "2024-04-07 02:15"],
            [0, 0.5, 1, 1.5],
            id="clocks_go_back_by_half_an_hour",
        ),
        pytest.param(
            "Europe/Berlin",
            ["2024-03-31 01:00", "2024-03-31 03:00", "2024-03-31 04:00"],
            [0, 1, 2],
            id="clocks_go_forward_and_no_hour_is_missing",
        ),
    ],
)
def test_daylight_saving(tz: str, locals_: list[str], hours: list[float]) -> None:
    harvest = read("time,v\n" + "\n".join(f"{t},{i}" for i, t in enumerate(locals_)), tz=tz)
    (series,) = harvest.series
    first = series.times_ms[0] - hours[0] * HOUR_MS
    assert ((series.times_ms - first) / HOUR_MS).tolist() == hours
    assert series.values.tolist() == list(range(len(locals_)))


def test_the_doubled_hour_is_told_apart_in_each_series_of_a_long_file() -> None:
    rows = [f"2024-10-27 0{h}:{m},{host},1" for h, m in ((2, "00"), (2, "30")) for host in "ab"] * 2
    harvest = read("time,host,value\n" + "\n".join(rows), tz="Europe/Berlin")
    assert [len(series) for series in harvest.series] == [4, 4]
    assert not [note for note in harvest.notes if "came again" in note]


def test_an_hour_that_does_not_exist_is_said() -> None:
    harvest = read("time,v\n2024-03-31 02:30,1", tz="Europe/Berlin")
    assert "1 times in Europe/Berlin do not exist" in " ".join(harvest.notes)
    assert content(harvest)["v"][0][0] * HOUR_MS + T0 == 1_711_848_600_000  # 01:30Z


def test_what_was_put_right_is_said() -> None:
    text = "time,jobs_total\n2024-01-02,-1\n2024-01-01,inf\n2024-01-02,nan\n2024-01-03,NA\n2024-01-04,-5"
    harvest = read(text)
    (series,) = harvest.series
    assert series.kind is MetricKind.COUNTER
    assert [math.isnan(value) for value in series.values] == [True, True, False]
    assert harvest.notes == (
        "x.csv: times without a zone taken as UTC",
        "x.csv: 1 empty cells left out",
        "x.csv: 1 samples with a time that came again dropped (the last one stands)",
        "x.csv: 1 series had rows out of order (sorted)",
        "x.csv: 1 infinite values kept as not-a-number",
        "x.csv: 1 values are not-a-number in the file",
        "x.csv: 1 values of counters are negative",
    )


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        pytest.param("orders_total", [5, 4, 6, 3, 7, 7, 2, 5, 4, 6, 7], MetricKind.UNKNOWN, id="of_each_day"),
        pytest.param("sent_bytes_total", [5, 4, 6, 3, 7, 7, 2, 5, 4, 6, 7], MetricKind.BYTES, id="with_a_unit"),
        pytest.param("jobs_total", [5, 6, 7, 8, 2, 4, 6, 8, 1, 2, 3], MetricKind.COUNTER, id="reset_now_and_then"),
        pytest.param("jobs_total", [5, 4, 6], MetricKind.COUNTER, id="too_few_to_tell"),
    ],
)
def test_what_falls_again_and_again_is_no_counter_whatever_its_name(
    column: str, values: list[int], kind: MetricKind
) -> None:
    rows = "".join(f"2024-01-{day:02}T00:00Z,{value}\n" for day, value in enumerate(values, start=1))
    harvest = read(f"time,{column}\n{rows}")
    assert harvest.series[0].kind is kind
    note = f"x.csv: {column} falls at 4 of 10 steps: taken as values, not as a counter"
    assert harvest.notes == (() if kind is MetricKind.COUNTER else (note,))


def test_what_the_file_states_to_be_a_counter_is_one() -> None:
    rows = "".join(f"2024-01-{day:02}T00:00Z,orders_total,counter,{day % 2}\n" for day in range(1, 20))
    assert read(f"time,metric,kind,value\n{rows}").series[0].kind is MetricKind.COUNTER


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("", "x.csv: is empty", id="empty"),
        pytest.param("\n\n", "x.csv: is empty", id="only_line_ends"),
        pytest.param("x\n1", "x.csv:1: names one column; a time and a value are needed", id="one_column"),
        pytest.param(
            "2024-01-01,1", "x.csv:1: the first line must name the columns; this one holds values", id="headless"
        ),
        pytest.param("time,v\n2024-01-01,1\n2024-01-02,1x", "x.csv:3:2: v: '1x' is not a number", id="not_a_number"),
        pytest.param(
            'time,cpu,v\n2024-01-01,1,"1,234"\n2024-01-02,2,999',
            "x.csv:2:3: v: '1,234' is not a plain number, without separators, signs and units",
            id="thousands_beside_numbers",
        ),
        pytest.param("time,v\n2024-01-01,\n2024-01-02,55.1%", "x.csv:3:2: v: '55.1%' is not a plain", id="percent"),
        pytest.param("time;v\n2024-01-01;1.234,5", "x.csv:2:2: v: '1.234,5' is not a plain", id="thousands_by_dots"),
        pytest.param("time;v\n2024-01-01;999\n2024-01-02;1.000", "x.csv:3:2: v: '1.000' is not", id="whole_and_dots"),
        pytest.param("time;v\n2024-01-01;9,5\n2024-01-02;1.000", "x.csv:3:2: v: '1.000' is not", id="comma_and_dots"),
        pytest.param("time;v;cpu\n2024-01-01;1.000;9,5", "x.csv:2:2: v: '1.000' is not a plain", id="comma_beside"),
        pytest.param("time;v;cpu\n2024-01-01;30.000.000;9", "x.csv:2:2: v: '30.000.000' is not", id="millions_by_dots"),
        pytest.param("time;v\n2024-01-01;1 234,5", "x.csv:2:2: v: '1 234,5' is not a plain", id="by_spaces"),
        pytest.param("time,v,cpu\n2024-01-01,3.05 GiB,1", "x.csv:2:2: v: '3.05 GiB' is not a plain", id="unit"),
        pytest.param("time;v;cpu\n2024-01-01;250,5 ms;1", "x.csv:2:2: v: '250,5 ms' is not a plain", id="unit_too"),
        pytest.param("time,value\n2024-01-01,9 %", "x.csv:2:2: value: '9 %' is not a plain", id="percent_of_a_trace"),
        pytest.param("time,v\nsoon,1", "x.csv:2:1: time: 'soon' is not a time", id="not_a_time"),
        pytest.param("time,v\n,1", "x.csv:2:1: time: '' is not a time", id="no_time"),
        pytest.param("load,v\n1,2\n2,3", "x.csv:2:1: load: '1' is not a time", id="a_count_is_no_time"),
        pytest.param(
            "time,v\n1704067200,1\n1704067200000,2", "x.csv:3:1: time: '1704067200000' is not", id="mixed_epochs"
        ),
        pytest.param("time,v\n2024-13-01,1", "x.csv:2:1: time: '2024-13-01' is not a time", id="month_13"),
        pytest.param("time,v\n2024-01-01,1,2", "x.csv:2: has 3 cells where the header names 2", id="ragged_long"),
        pytest.param(
            "\ntime,v\n\n2024-01-01,1\n2024-01-02", "x.csv:5: has 1 cells where", id="ragged_after_empty_lines"
        ),
        pytest.param(
            'time,v\n2024-01-01,1\n2024-01-02,"2\n', "x.csv:3: a quote is opened here and never", id="open_quote"
        ),
        pytest.param("time,v\n2024-01-01,\xff".encode("latin-1"), "x.csv:2: is not UTF-8 text", id="latin_1"),
        pytest.param("time,v\n2024-01-01,1".encode("utf-16"), "x.csv:1: is UTF-16 text; save it as UTF-8", id="utf_16"),
        pytest.param(b"time,v\n\0\0\0", "x.csv:2: holds a zero byte", id="binary"),
        pytest.param(b"time,v\n" + b"1" * (10 << 20), "x.csv:2: the line is longer than 1 MiB", id="cell_of_10_MB"),
        pytest.param("t" * (10 << 20) + ",v\n", "x.csv:1: the line is longer than 1 MiB", id="header_of_10_MB"),
        pytest.param("time,a,b,a\n", "x.csv:1:4: columns 2 and 4 have the same name 'a'", id="one_name_twice"),
        pytest.param("time,host\n2024-01-01,a", "x.csv:1: has no column of numbers beside", id="only_labels"),
        pytest.param(
            "Id,m1\nLabel,CPU\n2024/01/01 00:00:00,1",
            "x.csv:1: has no column of numbers beside the time column 'Id': names stand in one line",
            id="several_lines_of_names",
        ),
        pytest.param("sep=,\ntime,v\n2024-01-01,x1", "x.csv:1: has no column of numbers", id="no_number_after_sep"),
        pytest.param("sep=,\ntime,v\n2024-01-01,1\n2024-01-02,x", "x.csv:4:2: v: 'x' is not", id="line_after_sep"),
        pytest.param(
            'time,v,l\n2024-01-01,1,"a\nb"\n2024-01-02,x,c', "x.csv:4:2: v: 'x' is not a number", id="quoted_line_end"
        ),
        pytest.param("time,v\n2024-01-01,1,5", "x.csv:2: has 3 cells", id="decimal_comma_between_commas"),
    ],
)
def test_a_fault_names_file_line_and_column(text: str | bytes, error: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert str(caught.value).startswith(error)
    assert "\n" not in str(caught.value)


def test_the_line_of_a_fault_far_into_a_file_is_right() -> None:
    rows = [f"{1_704_067_200 + i},{i}" for i in range(300_000)]
    rows[250_000] = "1704317200,oops"
    with pytest.raises(InputError, match=r"^x\.csv:250002:2: v: 'oops' is not a number$"):
        read("time,v\n" + "\n".join(rows))


@pytest.mark.parametrize(
    ("last", "line"),
    [
        pytest.param("2024-01-01,1,2", 400_006, id="too_many_cells"),
        pytest.param("2024-01-01,x", 400_006, id="no_number"),
    ],
)
def test_the_line_of_a_fault_is_right_past_several_blocks_blank_lines_and_quoted_line_ends(
    last: str, line: int
) -> None:
    rows = "2024-01-01,1\n" * 200_000
    with pytest.raises(InputError, match=f"x.csv:{line}:"):
        read(f'time,v\n{rows}  \n\n"2024-01-01\n",1\n{rows}{last}\n')


def test_rows_are_the_same_whichever_block_they_come_in() -> None:
    rows = "\n".join(f'{1_704_067_200 + i},"a,\n{i % 3}",{i}' for i in range(150_000))
    found = read(f"time,host,v\n{rows}")
    assert [len(series) for series in found.series] == [50_000] * 3
    assert sum(float(series.values.sum()) for series in found.series) == 150_000 * 149_999 / 2


def test_a_file_is_read_in_the_thread_that_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread of its own would still wait for Python after the command has ended, which aborts the process."""
    readers: set[int] = set()

    class Watched(CleanLines):
        def read(self, size: int = -1) -> bytes:
            readers.add(threading.get_ident())
            return super().read(size)

    monkeypatch.setattr(csv_file, "CleanLines", Watched)
    assert content(read("time,v\n2024-01-01,1")) == {"v": [(0, 1)]}
    assert readers == {threading.get_ident()}


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        pytest.param("a,1\nb,2\nc,3\n", ["a,1\nb,2\n", "c,3\n"], id="between_lines"),
        pytest.param('a,1\nb,"2\n3"\n', ["a,1\n", 'b,"2\n3"\n'], id="not_within_quotes"),
        pytest.param('a,1\n"b""\n",2\n', ["a,1\n", '"b""\n",2\n'], id="a_doubled_quote_stays_within"),
        pytest.param("a,1", ["a,1\n"], id="no_line_end_at_the_end"),
        pytest.param('5",1\n6,2\n7",3\n', ['5",1\n6,2\n', '7",3\n'], id="inches"),
    ],
)
def test_blocks_end_where_records_do(text: str, blocks: list[str]) -> None:
    Path("x.csv").write_text(text)
    with CleanLines(Path("x.csv"), "x.csv") as lines:
        assert [block.decode() for block in records(lines, 10)] == blocks


def test_columns_and_no_rows_is_nothing_to_answer() -> None:
    with pytest.raises(NothingToAnswer, match=r"^x\.csv: holds a header and no rows$"):
        read("time,v\n")


@pytest.mark.parametrize("path", ["missing.csv", "folder.csv"])
def test_a_file_that_cannot_be_opened(path: str) -> None:
    Path("folder.csv").mkdir()
    with pytest.raises(InputError, match=f"^{path}: "):
        CsvFile(path).discover(EVER)


def test_a_zone_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match="'Europe/Berlim' is not a time zone"):
        CsvFile("x.csv", "Europe/Berlim")


@pytest.mark.parametrize(
    "cell",
    ["12024-01-01T00:00:00Z", "+12024-01-01 00:00:00.5+02:00", "-0044-03-15", "0000-12-31T23:00", "999999999-02-29"],
)
def test_a_date_outside_the_calendar_costs_its_row_and_no_other(cell: str) -> None:
    rows = [
        "2024-01-01 00:00,a,1",
        f"{cell},b,7",
        f"{cell},a,7",
        "2024-01-01 01:00,b,2",
        f"2024-01-01T02:00Z,a,3\n{cell},c,4",
    ]
    harvest = read("time,series,value\n" + "\n".join(rows))
    assert content(harvest) == {"a": [(0.0, 1.0), (2.0, 3.0)], "b": [(1.0, 2.0)], "c": []}
    told = f"x.csv:3:1: time: {cell!r}: 3 rows with a time outside the years 1 to 9999 left out (of a 1, b 1, c 1)"
    assert [note for note in harvest.notes if "outside" in note] == [told]
    assert not any("came again" in note or "out of order" in note for note in harvest.notes)


@pytest.mark.parametrize("cell", ["12024-13-01", "12024-01-01 noon", "10000", "soon", "", "-0044-02-30"])
def test_what_is_no_date_at_all_is_refused_beside_dates_outside_the_calendar(cell: str) -> None:
    with pytest.raises(InputError, match=rf"x\.csv:4:1: time: '{cell}' is not a time"):
        read(f"time,v\n2024-01-01,1\n12024-01-01T00:00:00Z,2\n{cell},3\n")


@pytest.mark.parametrize("cell", ["0001-01-01", "1600-02-29 12:00", "2500-01-01T00:00:00.123456789", "9999-12-31"])
def test_every_year_of_the_calendar_is_read_without_a_zone(cell: str) -> None:
    harvest = read(f"time,v\n{cell},1\n2024-01-01,3")
    assert sum(map(len, harvest.series)) == 2
    assert not any("outside" in note for note in harvest.notes)


def test_only_the_window_is_read() -> None:
    text = "time,v\n" + "\n".join(f"{T0 + hour * HOUR_MS},{hour}" for hour in range(100))
    harvest = read(text, window=Window(T0 + 10 * HOUR_MS, T0 + 12 * HOUR_MS))
    assert content(harvest) == {"v": [(10, 10), (11, 11)]}


@pytest.mark.parametrize(
    ("column", "unit", "kind"),
    [
        ("p95_ms", "ms", MetricKind.SECONDS),
        ("Latency.Milliseconds", "ms", MetricKind.SECONDS),
        ("uptime_seconds", "seconds", MetricKind.SECONDS),
        ("heap_mb", "MB", MetricKind.BYTES),
        ("rss GiB", "GiB", MetricKind.BYTES),
        ("sent_mb_total", "MB", MetricKind.COUNTER),
        ("sent_mb_per_second", "MB/s", MetricKind.RATE),
        ("visits_us", "", MetricKind.UNKNOWN),
        ("ms", "ms", MetricKind.SECONDS),
        ("items", "", MetricKind.UNKNOWN),
    ],
)
def test_a_unit_at_the_end_of_a_name_is_that_of_the_series(column: str, unit: str, kind: MetricKind) -> None:
    """Without it 120 ms are 480 times a limit of 250ms, and 600 MB never reach one of 1GB."""
    (series,) = read(f"time,{column}\n2024-01-01,120").series
    assert (series.unit, series.kind) == (unit, kind)


def test_a_misspelled_signal_is_a_gap_with_a_suggestion() -> None:
    Path("x.csv").write_text("time,requests\n2024-01-01,1")
    (gap,) = CsvFile("x.csv").read([Signal("rps", "request")], EVER, 0).gaps
    assert gap.reason == "x.csv has no series 'request'; did you mean 'requests'?"
    assert gap.id.name == "rps"


def test_a_file_that_changes_is_read_again() -> None:
    source = CsvFile("x.csv")
    Path("x.csv").write_text("time,v\n2024-01-01,1")
    assert source.read([Signal("v")], EVER, 0).series[0].values.tolist() == [1]
    Path("x.csv").write_text("time,v\n2024-01-01,1\n2024-01-02,2")
    assert source.read([Signal("v")], EVER, 0).series[0].values.tolist() == [1, 2]


def test_the_diagnosis_tells_what_the_file_covers_and_what_is_wrong() -> None:
    Path("x.csv").write_text("time,v\n2024-01-01,1\n2024-01-01,2")
    checks = {check.name: check for check in CsvFile("x.csv").diagnose(Window(T0 + 10**9, T0 + 2 * 10**9))}
    assert checks["series"].seen == "1 series, 1 samples"
    assert checks["coverage"].state is CheckState.WARNING
    assert checks["assumed"].seen == "times without a zone taken as UTC"
    assert checks["put right"].state is CheckState.WARNING
    Path("x.csv").write_text("time,v\n2024-01-01,one")
    (check,) = CsvFile("x.csv").diagnose(EVER)
    assert check.state is CheckState.FAILED
    assert check.seen.startswith("x.csv:1: has no column of numbers beside the time column 'time': ")


@pytest.mark.parametrize(
    ("bounds", "text", "told"),
    [
        pytest.param(
            Bounds(series=10),
            "time,request,value\n" + "\n".join(f"2024-01-01,r{i},1" for i in range(11)),
            "more than 10 series, told apart by request",
            id="more_series_than_can_be_meant",
        ),
        pytest.param(
            Bounds(samples=10),
            "time,v\n" + "\n".join(f"{1_704_067_200 + i},1" for i in range(11)),
            "more than 10 samples in the window; read a shorter one",
            id="more_samples_than_memory_is_for",
        ),
    ],
)
def test_a_file_past_its_bounds_is_refused(bounds: Bounds, text: str, told: str) -> None:
    Path("x.csv").write_text(text)
    with pytest.raises(PlimsollError, match=told):
        CsvFile("x.csv", bounds=bounds).discover(EVER)


@pytest.mark.parametrize("bounds", [Bounds(series=10), Bounds(samples=10)], ids=["series", "samples"])
def test_a_file_at_its_bounds_is_read(bounds: Bounds) -> None:
    Path("x.csv").write_text("time,request,value\n" + "\n".join(f"2024-01-01,r{i},1" for i in range(10)))
    source = CsvFile("x.csv", bounds=bounds)
    assert len(source.read(source.discover(EVER), EVER, 0).series) == 10


def test_a_series_without_a_single_value_is_there_and_named(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("time,metric,value\n2026-01-01T00:00:00Z,good,1\n2026-01-01T00:00:00Z,silent,\n")
    harvest = CsvFile(path).read(CsvFile(path).discover(EVER), EVER, 60)
    assert {series.id.name: len(series) for series in harvest.series} == {"good": 1, "silent": 0}
    assert any("silent" in note and "not one value" in note for note in harvest.notes)


@pytest.mark.parametrize("label", ["port", "pid", "shard", "partition", "replica", "rack"])
def test_a_number_that_tells_things_apart_is_a_label(label: str) -> None:
    """As a series it put the rows of all its things on one another, of which the last of each moment stood."""
    rows = "".join(f"2024-01-0{day},{thing},{10 * thing + day}\n" for day in (1, 2, 3) for thing in (1, 2))
    harvest = read(f"time,{label},lag_percent\n{rows}")
    lags = {series.id.label_map.get(label): series.values.tolist() for series in harvest.series}
    assert lags == {"1": [11.0, 12.0, 13.0], "2": [21.0, 22.0, 23.0]}


@pytest.mark.parametrize("name", ["replica", "partition", "node"])
def test_a_lone_column_of_numbers_is_a_series_by_any_name(name: str) -> None:
    """With nothing beside it, it tells no things apart: a count of replicas, a partition of a disk."""
    harvest = read(f"time,{name}\n2024-01-01,2\n2024-01-02,3\n")
    assert [(series.id.name, series.values.tolist()) for series in harvest.series] == [(name, [2.0, 3.0])]


def test_the_processors_of_sysstat_are_series_of_their_own() -> None:
    """By `sadf -d -U -- -P ALL`: a row a processor, -1 for all of them."""
    rows = "".join(
        f"web1;60;{T0 // 1000 + 60 * n};{cpu};{10 + cpu};{90 - cpu}\n" for n in range(3) for cpu in (-1, 0, 1)
    )
    harvest = read("# hostname;interval;timestamp;CPU;%user;%idle\n" + rows)
    users = {
        series.id.label_map["CPU"]: series.values.tolist() for series in harvest.series if series.id.name == "%user"
    }
    assert users == {"-1": [9.0] * 3, "0": [10.0] * 3, "1": [11.0] * 3}
    assert not [note for note in harvest.notes if "dropped" in note]


def test_a_column_of_processor_use_is_no_label() -> None:
    harvest = read("time,CPU,memory\n2024-01-01,5,7\n2024-01-02,6,8\n")
    assert [series.id.name for series in harvest.series] == ["CPU", "memory"]
