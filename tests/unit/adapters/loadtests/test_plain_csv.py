"""A plain CSV with named columns: units, and every fault with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.adapters.loadtests.plain_csv import column_words, read_columns, read_guessed, read_steps
from plimsoll.adapters.loadtests.reader import read_load_test
from plimsoll.capacity.columns import column_of
from plimsoll.domain.errors import InputError, UsageError
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.objective import objective


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


@pytest.mark.parametrize(
    ("header", "cells", "word"),
    [
        ("e", "0.1% 0.9%", "errors=e"),
        ("e", "0% 0.9%", "errors=e"),
        ("e", "0 0.9%", "errors=e"),
        ("error_ratio", "0.1 % 0.9 %", "errors=error_ratio"),
        ("e", "0.1 0.9", "errors=e:%"),
        ("e %", "0.1 0.9", "errors=e %"),
        ("e (percent)", "0.1 0.9", "errors=e (percent)"),
    ],
    ids=[
        "sign_in_cells", "sign_in_whole_cells", "zero_without_sign", "sign_wins_over_a_name", "unit_in_the_word",
        "sign_in_the_header", "percent_in_brackets",
    ],
)  # fmt: skip
def test_percentages_are_never_taken_for_ratios(header: str, cells: str, word: str) -> None:
    one, two = cells.rsplit(" ", 1) if " %" not in cells else ("0.1 %", "0.9 %")
    steps = read(f"n,{header}\n1,{one}\n2,{two}\n", f"load=n,{word}")
    assert steps.error_ratio is not None
    assert steps.error_ratio[1] == pytest.approx(0.009)
    assert steps.notes == ()


@pytest.mark.parametrize(
    ("word", "cells", "said"),
    [
        ("errors", (0, 0.9), "taken as a ratio (write errors=c:% or :ratio)"),
        ("errors", (0, 1.2), "taken as percent (write errors=c:% or :ratio)"),
        ("cpu", (0.2, 0.9), "taken as a ratio (write cpu=c:% or :ratio)"),
        ("cpu", (20, 90), "taken as percent (write cpu=c:% or :ratio)"),
    ],
    ids=["small_errors", "large_errors", "small_resource", "large_resource"],
)
def test_a_guess_of_ratio_or_percent_is_said(word: str, cells: tuple[float, float], said: str) -> None:
    steps = read(f"n,c\n1,{cells[0]}\n2,{cells[1]}\n", f"load=n,{word}=c")
    assert any(said in note for note in steps.notes)


def test_columns_of_other_commands_have_percentages_too() -> None:
    columns = read_columns(
        "h,L_ms,c\n40%,20,3\n93%,8,4\n", "x.csv", (("hit_ratio", "h"), ("latency", "L_ms"), ("cpu", "c"))
    )
    assert columns.values["hit_ratio"] == pytest.approx([0.4, 0.93])
    assert columns.notes == ("column 'c' names no unit: taken as it stands (write cpu=c:%, :ratio or :cores)",)


def test_memory_in_megabytes_comes_in_bytes_and_connections_as_a_count() -> None:
    steps = read("n,m_mb,c\n1,100,5\n2,200,9\n", "load=n,memory=m_mb,connections=c")
    assert steps.resources["memory"].tolist() == [1e8, 2e8]
    assert steps.resource_units == {"memory": "bytes", "connections": "count"}


def test_megabits_are_no_megabytes() -> None:
    with pytest.raises(InputError, match="'net_Mb' goes to 200 and names no unit"):
        read("n,net_Mb\n1,100\n2,200\n", "load=n,network=net_Mb")


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
    steps = read("n,x,d\n60,120,500\n120,240,500\n", "load=n:/min,throughput=x:1/min,duration=d:ms")
    assert steps.load.tolist() == [1, 2]
    assert steps.load_unit is LoadUnit.ARRIVALS_PER_S
    assert steps.throughput is not None
    assert steps.throughput.tolist() == [2, 4]
    assert steps.duration_s is not None
    assert steps.duration_s.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("column", "times"),
    [("rpm", 60), ("requests_per_minute", 60), ("Requests per minute", 60), ("per_hour", 3600), ("per_second", 1)],
)
def test_a_rate_counts_in_the_time_that_its_name_says(column: str, times: int) -> None:
    """Taken as of a second, 6,000 requests a minute were sixty times what the service carries."""
    text = f"n,{column},wait_milliseconds\n1,{6000 * times},5\n2,{11000 * times},6\n"
    steps = read(text, f"load=n,throughput={column},p95=wait_milliseconds")
    assert steps.throughput == pytest.approx([6000, 11000])
    assert steps.latency_s["p95"] == pytest.approx([0.005, 0.006])
    by_rate = read(text, f"load={column}")
    assert by_rate.load == pytest.approx([6000, 11000])
    if times > 1:
        assert by_rate.load_unit is LoadUnit.ARRIVALS_PER_S
    assert read(text, f"load=n,throughput={column}:/s").throughput == pytest.approx([6000 * times, 11000 * times])


def test_columns_take_the_words_that_objectives_take(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("n,l_ms,e\n1,20,1%\n2,30,2%\n", encoding="utf-8")
    steps = read_load_test([path], "load=n,AVG=l_ms,error_rate=e")
    assert isinstance(steps, Steps)
    assert not steps.resources
    for text in ("avg<1s", "failures<1%"):
        assert not isinstance(column_of(steps, objective(text)), str)
    with pytest.raises(UsageError, match="names mean more than once"):
        read_load_test([path], "load=n,avg=l_ms,mean=e")


def test_rows_are_put_in_order_of_load_and_other_columns_may_hold_words() -> None:
    steps = read("name,n,x\nb,20,2\na,10,1\n", "load=n,throughput=x")
    assert steps.load.tolist() == [10, 20]
    assert steps.throughput is not None
    assert steps.throughput.tolist() == [1, 2]


def test_semicolons_bring_decimal_commas() -> None:
    steps = read("n;x\n1;2,5\n2;3\n", "load=n,throughput=x")
    assert steps.throughput is not None
    assert steps.throughput.tolist() == [2.5, 3]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [("1.000,5;2.000", [1000.5, 2000]), ("1.000;0.500", [1, 0.5]), ("0.125;0.250", [0.125, 0.25])],
    ids=["points_beside_commas_part_thousands", "one_is_decimal_so_all_are", "thousands_begin_with_no_zero"],
)
def test_points_between_semicolons_are_read_where_they_can_be_told(cells: str, expected: list[float]) -> None:
    one, two = cells.split(";")
    steps = read(f"n;x\n1;{one}\n2;{two}\n", "load=n,throughput=x")
    assert steps.throughput is not None
    assert steps.throughput.tolist() == expected


def test_a_comma_between_semicolons_that_could_part_thousands_is_told() -> None:
    steps = read("n;x\n1;1,000\n2;2,500\n", "load=n,throughput=x")
    assert steps.throughput is not None
    assert steps.throughput.tolist() == [1, 2.5]
    assert steps.notes == ("column 'x': '1,000' is taken as 1, with a decimal comma",)


def test_columns_known_by_their_names_are_there_once() -> None:
    with pytest.raises(InputError, match="more than one column called load"):
        read_guessed("load,Load\n1,2\n", "x.csv")


def test_columns_called_what_they_are_are_read_with_their_units_and_others_are_named() -> None:
    text = "Load,throughput,P95_ms,cpu %,memory (mb),Errors_percent,host\n1,2,250,50,3,1,a\n2,4,300,60,4,2,b\n"
    steps = read_guessed(text, "x.csv")
    assert steps is not None
    assert steps.latency_s["p95"].tolist() == [0.25, 0.3]
    assert steps.resources["cpu"].tolist() == [0.5, 0.6]
    assert steps.resources["memory"].tolist() == [3e6, 4e6]
    assert steps.error_ratio is not None
    assert steps.error_ratio.tolist() == [0.01, 0.02]
    assert steps.notes == ("columns not read, because nobody said what they are: host (--columns)",)
    assert read_guessed("users,p95_ms\n1,2\n", "x.csv") is None


def test_a_rate_may_be_load_and_throughput_at_once() -> None:
    steps = read("rps,p95_ms\n10,20\n20,30\n", "load=rps,throughput=rps,p95=p95_ms")
    assert steps.throughput is not None
    assert steps.throughput.tolist() == steps.load.tolist() == [10, 20]


def test_a_load_called_a_rate_is_arrivals() -> None:
    assert read("request_rate,x_ms\n1,2\n2,3\n", "load=request_rate,p95=x_ms").load_unit is LoadUnit.ARRIVALS_PER_S


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("sep=;\nn;x\n1;2,5\n2;5,5\n", id="excel"),
        pytest.param("# of Monday\n# staging, quiet\n\nn;x\n1;2,5\n2;5,5\n", id="remarks"),
        pytest.param("#n;x\n1;2,5\n2;5,5\n", id="header_with_a_number_sign"),
    ],
)
def test_lines_above_the_header_are_no_header(text: str) -> None:
    assert read(text, "load=#n,throughput=x" if text.startswith("#n") else "load=n,throughput=x").load.tolist() == [
        1,
        2,
    ]
    with pytest.raises(InputError, match=rf"x.csv:{text.count(chr(10))}:2: x: 'many'"):
        read(text.replace("5,5", "many"), "load=#n,throughput=x" if text.startswith("#n") else "load=n,throughput=x")


FAULTS = {
    "no_header": ("5,19.6\n10,39.2\n", "load=users", InputError, "its first line names no columns: it is 5, 19.6"),
    "unknown_column": ("n,x\n1,2\n", "load=users", InputError, "no column 'users'"),
    "word_in_a_cell": ("n,x\n1,2\n2,many\n", "load=n,throughput=x", InputError, r"x.csv:3:2: x: 'many'"),
    "short_row": ("n,x\n1,2\n2\n", "load=n", InputError, "x.csv:3: has 1 cell, the header has 2"),
    "below_zero": ("n,x\n1,-2\n", "load=n,throughput=x", InputError, "below zero"),
    "infinite": ("n,x\n1,inf\n", "load=n,throughput=x", InputError, "not finite"),
    "more_errors_than_requests": ("n,e\n1,2\n2,140\n", "load=n,errors=e", InputError, "more errors than requests"),
    "header_only": ("n,x\n", "load=n", InputError, "no row"),
    "no_load": ("n,x\n1,2\n", "throughput=x", UsageError, "load=COLUMN"),
    "bytes_for_a_latency": ("n,x\n1,2\n", "load=n,p95=x:MB", UsageError, "'MB' is not a unit .* ms, s"),
    "no_such_unit": ("n,x\n1,2\n", "load=n,disk=x:parsec", UsageError, "'parsec' is not a unit"),
    "a_number_for_a_unit": ("n,x\n1,2\n", "load=n:10/s", UsageError, "'10/s' is not a unit .* /s, /min"),
    "seconds_for_throughput": ("n,x\n1,2\n", "load=n,throughput=x:s", UsageError, "/s, /min"),
    "percent_and_not": ("n,e\n1,0.5%\n2,0.9\n", "load=n,errors=e", InputError, r"x.csv:3:2: e: '0.9' has no %"),
    "percent_against_a_word": (
        "n,e\n1,0.5%\n2,1%\n",
        "load=n,errors=e:ratio",
        InputError,
        "errors=e:ratio says otherwise",
    ),
    "more_than_all_memory": ("n,m\n1,200\n2,640\n", "load=n,memory=m", InputError, "goes to 640 .* memory=m:MB"),
    "percent_of_a_latency": ("n,L\n1,5%\n2,6%\n", "load=n,p95=L", InputError, "p95 is no share"),
    "percent_of_a_load": ("n,L\n1%,5\n2%,6\n", "load=n,p95=L", InputError, "load is no share"),
    "thousands_or_not": (
        "n;x\n1;1.000\n2;2.000\n",
        "load=n,throughput=x",
        InputError,
        r"x.csv:2:2: x: '1.000' is 1000 if",
    ),
    "thousands_and_not": ("n;x\n1;1,5\n2;2.5\n", "load=n,throughput=x", InputError, "decimal point.* decimal commas"),
    "word_twice": ("n,x\n1,2\n", "load=n,load=x", UsageError, "--columns names load more than once"),
    "column_twice": ("n,x\n1,2\n", "load=n,p95=x,p99=x:ms", UsageError, "'x' stands for p95 and p99"),
    "header_twice": ("n,x,n\n1,2,3\n", "load=n,throughput=x", InputError, "2 columns called 'n'"),
    "nothing_in_a_column": ("n,x\n1,\n2,-\n", "load=n,throughput=x", InputError, "column 'x' holds no number"),
    "no_equals": ("n,x\n1,2\n", "load", UsageError, "WORD=COLUMN"),
}


@pytest.mark.parametrize(("text", "words", "error", "match"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_with_its_place(text: str, words: str, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        read(text, words)


@pytest.mark.parametrize("guessed", [False, True], ids=["named", "guessed"])
def test_moments_are_not_taken_for_steps(guessed: bool) -> None:
    """An hour of rows per second must not be fitted, at great length, as if each row were a step of its own."""
    text = "load,latency\n" + "".join(f"{n},{100 + n}\n" for n in range(501))
    with pytest.raises(InputError, match=r"has 501 rows, and a row is one steady step.*time=COLUMN"):
        read_guessed(text, "x.csv") if guessed else read(text, "load=load,latency=latency")
    assert len(read(text.rsplit("\n", 2)[0], "load=load,latency=latency")) == 500
