"""A plain CSV with words for its columns: units, and every fault with its place."""

from __future__ import annotations

import pytest

from plimsoll.adapters.loadtests.plain_csv import column_words, read_steps
from plimsoll.domain.errors import InputError, UsageError
from plimsoll.domain.load_test import LoadUnit, Steps


def read(text: str, words: str) -> Steps:
    return read_steps(text, "x.csv", column_words(words))


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [("r_ms", "250", 0.25), ("r_s", "0.25", 0.25), ("r_us", "250000", 0.25), ("r", "250", 0.25), ("r", "0.25", 0.25)],
    ids=["ms_suffix", "s_suffix", "us_suffix", "large_is_ms", "small_is_s"],
)
def test_latency_comes_in_seconds(column: str, cell: str, expected: float) -> None:
    steps = read(f"n,{column}\n1,{cell}\n2,{cell}\n", f"load=n,p95={column}")
    assert steps.latency_s["p95"] == pytest.approx([expected] * 2)


def test_a_unit_in_the_words_wins_over_a_guess() -> None:
    steps = read("n,L\n1,250\n2,300\n", "load=n,latency=L:s")
    assert steps.latency_s["latency"].tolist() == [250, 300]
    assert steps.notes == ()


def test_a_guessed_unit_is_said() -> None:
    assert any("milliseconds" in note for note in read("n,L\n1,250\n2,300\n", "load=n,latency=L").notes)


@pytest.mark.parametrize(
    ("column", "cells"), [("c_percent", "50 70"), ("c_ratio", "0.5 0.7"), ("c", "50 70"), ("c", "0.5 0.7")]
)
def test_processor_comes_as_a_ratio(column: str, cells: str) -> None:
    one, two = cells.split()
    steps = read(f"n,{column}\n1,{one}\n2,{two}\n", f"load=n,cpu={column}")
    assert steps.resources["cpu"] == pytest.approx([0.5, 0.7])
    assert steps.resource_units["cpu"] == "ratio"


def test_memory_in_megabytes_comes_in_bytes_and_connections_as_a_count() -> None:
    steps = read("n,m_mb,c\n1,100,5\n2,200,9\n", "load=n,memory=m_mb,connections=c")
    assert steps.resources["memory"].tolist() == [1e8, 2e8]
    assert steps.resource_units == {"memory": "bytes", "connections": "count"}


@pytest.mark.parametrize(
    ("column", "unit", "expected", "kept_in"),
    [
        ("d:MB/s", "disk", 5e6, "bytes/s"),
        ("d:Mbit/s", "network", 625e3, "bytes/s"),
        ("d:GB", "disk", 5e9, "bytes"),
        ("d:%", "disk", 0.05, "ratio"),
        ("d:count", "sessions", 5, "count"),
        ("d:cores", "cpu", 5, "count"),
    ],
)
def test_a_resource_is_kept_in_the_unit_that_is_stated(column: str, unit: str, expected: float, kept_in: str) -> None:
    steps = read("n,d\n1,5\n2,5\n", f"load=n,{unit}={column}")
    assert steps.resources[unit] == pytest.approx([expected] * 2)
    assert steps.resource_units == {unit: kept_in}


def test_rates_a_minute_and_durations_come_in_seconds() -> None:
    steps = read("n,x,d\n60,120,500\n120,240,500\n", "load=n:/min,throughput=x:/min,duration=d:ms")
    assert steps.load.tolist() == [1, 2]
    assert steps.load_unit is LoadUnit.ARRIVALS_PER_S
    assert steps.throughput is not None
    assert steps.throughput.tolist() == [2, 4]
    assert steps.duration_s is not None
    assert steps.duration_s.tolist() == [0.5, 0.5]


def test_rows_are_put_in_order_of_load_and_other_columns_may_hold_words() -> None:
    steps = read("name,n,x\nb,20,2\na,10,1\n", "load=n,throughput=x")
    assert steps.load.tolist() == [10, 20]
    assert steps.throughput is not None
    assert steps.throughput.tolist() == [1, 2]


def test_semicolons_bring_decimal_commas() -> None:
    steps = read("n;x\n1;2,5\n2;3\n", "load=n,throughput=x")
    assert steps.throughput is not None
    assert steps.throughput.tolist() == [2.5, 3]


def test_a_load_called_a_rate_is_arrivals() -> None:
    assert read("request_rate,x_ms\n1,2\n2,3\n", "load=request_rate,p95=x_ms").load_unit is LoadUnit.ARRIVALS_PER_S


FAULTS = {
    "unknown_column": ("n,x\n1,2\n", "load=users", InputError, "no column 'users'"),
    "word_in_a_cell": ("n,x\n1,2\n2,many\n", "load=n,throughput=x", InputError, r"x.csv:3:2: x: 'many'"),
    "short_row": ("n,x\n1,2\n2\n", "load=n", InputError, "x.csv:3"),
    "below_zero": ("n,x\n1,-2\n", "load=n,throughput=x", InputError, "below zero"),
    "infinite": ("n,x\n1,inf\n", "load=n,throughput=x", InputError, "not finite"),
    "more_errors_than_requests": ("n,e\n1,2\n2,140\n", "load=n,errors=e", InputError, "more errors than requests"),
    "header_only": ("n,x\n", "load=n", InputError, "no row"),
    "no_load": ("n,x\n1,2\n", "throughput=x", UsageError, "load=COLUMN"),
    "bytes_for_a_latency": ("n,x\n1,2\n", "load=n,p95=x:MB", UsageError, "'MB' is not a unit .* ms, s"),
    "no_such_unit": ("n,x\n1,2\n", "load=n,disk=x:parsec", UsageError, "'parsec' is not a unit"),
    "seconds_for_throughput": ("n,x\n1,2\n", "load=n,throughput=x:s", UsageError, "/s, /min"),
    "no_equals": ("n,x\n1,2\n", "load", UsageError, "WORD=COLUMN"),
}


@pytest.mark.parametrize(("text", "words", "error", "match"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_with_its_place(text: str, words: str, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        read(text, words)
