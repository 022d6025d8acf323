"""Laws of the CSV reader: what was written is read back, and no bytes make it crash."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plimsoll.adapters.sources.csv_file import CsvFile
from plimsoll.domain.errors import PlimsollError
from plimsoll.domain.series import Harvest, as_datetime
from plimsoll.domain.stored import EVER

EARLIEST, LATEST = 946_684_800_000, 4_102_444_800_000  # the years 2000 and 2100
times_ms = st.integers(EARLIEST // 1000, LATEST // 1000).map(lambda second: second * 1000)
values = st.floats(allow_nan=True, allow_infinity=False, width=64)
rows = st.dictionaries(times_ms, values, min_size=1, max_size=40)
names = st.text("abcdefghijklmnop_", min_size=1, max_size=8).map(lambda text: f"m_{text}")
SLOW_OK = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def read(path: Path, content: bytes, tz: str = "") -> Harvest:
    path.write_bytes(content)
    source = CsvFile(path, tz)
    return source.read(source.discover(EVER), EVER, 0)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv") / "it.csv"


@SLOW_OK
@given(
    rows=rows,
    name=names,
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    form=st.sampled_from(["seconds", "milliseconds", "iso", "naive"]),
    shuffled=st.randoms(use_true_random=False),
)
def test_what_was_written_is_read_whatever_the_form(
    *, path: Path, rows: dict, name: str, end: str, mark: bytes, delimiter: str, form: str, shuffled
) -> None:
    written = list(rows.items())
    shuffled.shuffle(written)
    text = {
        "seconds": lambda t: str(t // 1000),
        "milliseconds": str,
        "iso": lambda t: as_datetime(t).isoformat(),
        "naive": lambda t: as_datetime(t).strftime("%Y-%m-%d %H:%M:%S"),
    }[form]
    lines = [delimiter.join(("time", name)), *(delimiter.join((text(t), repr(v))) for t, v in written)]
    (series,) = read(path, mark + end.join(lines).encode()).series
    assert series.times_ms.tolist() == sorted(rows)
    assert np.array_equal(series.values, [rows[t] for t in sorted(rows)], equal_nan=True)


@SLOW_OK
@given(rows=st.lists(st.tuples(times_ms, st.sampled_from("abc"), values), min_size=1, max_size=60))
def test_long_files_fall_apart_into_their_series_and_the_last_of_a_time_stands(path: Path, rows: list) -> None:
    lines = ["timestamp,host,value", *(f"{t},{host},{v!r}" for t, host, v in rows)]
    expected: dict[str, dict[int, float]] = {}
    for t, host, value in rows:
        expected.setdefault(host, {})[t] = value
    found = {series.id.label_map["host"]: series for series in read(path, "\n".join(lines).encode()).series}
    assert set(found) == set(expected)
    for host, samples in expected.items():
        assert found[host].times_ms.tolist() == sorted(samples)
        assert np.array_equal(found[host].values, [samples[t] for t in sorted(samples)], equal_nan=True)


@SLOW_OK
@given(content=st.binary(max_size=400))
@example(b"")
@example(b"\r\r\r")
@example(b"time,v\n\xc3")
@example(b'time,v\n"2024-01-01,1\n')
@example(b"time,v\n9999999999999999999,1")
@example(b"time,v\n-1,1")
@example(b"time,v\n1e400,1")
def test_no_bytes_make_it_raise_anything_but_one_clear_line(path: Path, content: bytes) -> None:
    stumbles(path, content)


csv_cells = st.one_of(
    st.sampled_from(
        ["", "NaN", "inf", "-", "2024-01-01", "2024-10-27 02:30", "1700000000", "1e9", '"', '"a', "x,y", ";"]
    ),
    st.text(max_size=12),
    st.floats().map(repr),
    st.integers().map(str),
)


@SLOW_OK
@given(
    header=st.one_of(st.lists(csv_cells, min_size=1, max_size=4), st.just(["time", "v", "host"])),
    table=st.lists(st.lists(csv_cells, max_size=5), max_size=8),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    tz=st.sampled_from(["", "Europe/Berlin", "America/St_Johns"]),
)
@example(header=["time", "v"], table=[["2024-03-31 02:30", "1"]], end="\n", tz="Europe/Berlin")
def test_no_table_makes_it_raise_anything_but_one_clear_line(
    path: Path, header: list, table: list, end: str, tz: str
) -> None:
    text = end.join([",".join(header), *(",".join(row) for row in table)])
    stumbles(path, text.encode("utf-8", "surrogatepass"), tz)


@SLOW_OK
@given(rows=rows, cut=st.integers(0, 400))
def test_a_file_that_breaks_off_is_read_so_far_or_refused(path: Path, rows: dict, cut: int) -> None:
    whole = "\n".join(["time,v", *(f"{t},{v!r}" for t, v in rows.items())]).encode()
    stumbles(path, whole[:cut])


def stumbles(path: Path, content: bytes, tz: str = "") -> None:
    """Read a file; any error must be one of ours, on one line, and name the file."""
    try:
        harvest = read(path, content, tz)
    except PlimsollError as error:
        assert str(path) in str(error)
        assert "\n" not in str(error)
        return
    for series in harvest.series:
        assert np.all(np.diff(series.times_ms) > 0)
        assert not np.isinf(series.values).any()
        assert all(math.isfinite(t) for t in series.times_ms)
