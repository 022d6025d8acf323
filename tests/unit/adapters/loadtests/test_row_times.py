"""Rows of a plain CSV are moments of a run where a column tells when each was taken, and steps where none does."""

from __future__ import annotations

import pytest

from plimsoll.adapters.loadtests.plain_csv import column_words, read_guessed, read_steps
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import Steps


def read(header: str, rows: list[str], words: str) -> Steps:
    return read_steps("\n".join([header, *rows]), "x.csv", column_words(words))


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("when", ("2026-03-01T10:00:00Z", "2026-03-01T10:00:05Z", "2026-03-01T10:00:20Z")),
        ("when", ("2026/03/01 10:00:00", "2026/03/01 10:00:05", "2026/03/01 10:00:20")),
        ("timestamp", ("1772359200", "1772359205", "1772359220")),
        ("ts", ("1772359200000", "1772359205000", "1772359220000")),
    ],
    ids=["dates", "slashes", "epoch_seconds", "epoch_milliseconds"],
)
def test_a_column_of_times_that_nobody_named_is_found(header: str, cells: tuple[str, ...]) -> None:
    rows = [f"{cell},{10 * i + 10}" for i, cell in enumerate(cells)]
    steps = read(f"{header},n", [rows[2], rows[0], rows[1]], "load=n")
    assert steps.times_s is not None
    assert (steps.times_s - steps.times_s[0]).tolist() == [0, 5, 20]
    assert steps.load.tolist() == [10, 20, 30], "rows come in order of time"
    assert any(f"{header!r} tells when each row was taken" in note for note in steps.notes)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("time", ("0.12", "0.15", "0.3")),
        ("bytes", ("1772359200", "1772359205", "1772359220")),
        ("day", ("2026-03-01", "2026-03-01", "2026-03-02")),
        ("day", ("2026-03-01", "2026-03-05", "2026-03-09")),
        ("when", ("2026-03-01T10:00:00Z", "", "2026-03-01T10:00:20Z")),
    ],
    ids=["a_response_time", "a_large_number", "the_same_day_twice", "days_apart", "one_is_missing"],
)
def test_what_may_be_something_else_leaves_rows_steps(header: str, cells: tuple[str, ...]) -> None:
    steps = read(f"{header},n", [f"{cell},{10 * i + 10}" for i, cell in enumerate(cells)], "load=n")
    assert steps.times_s is None


@pytest.mark.parametrize(("word", "expected"), [("t", [0, 1, 3]), ("t:ms", [0, 0.001, 0.003])])
def test_seconds_since_the_start_are_times_where_somebody_says_so(word: str, expected: list[float]) -> None:
    steps = read("t,n", ["0,5", "1,5", "3,5"], f"load=n,time={word}")
    assert steps.times_s == pytest.approx(expected)


@pytest.mark.parametrize(
    ("cells", "why"),
    [(("0", "1", "1"), "two rows have the same"), (("0", "1", ""), "a row has none"), (("0", "1", "x"), "not a number"),
     (("0", "1", "200000"), "more than 2 days")],
)  # fmt: skip
def test_a_time_that_is_none_is_said(cells: tuple[str, ...], why: str) -> None:
    with pytest.raises(InputError, match=why):
        read("t,n", [f"{cell},5" for cell in cells], "load=n,time=t")


def test_a_column_of_times_is_not_among_those_that_nobody_read() -> None:
    steps = read_guessed("when,load,p95_ms\n2026-03-01T10:00:00Z,5,100\n2026-03-01T10:00:01Z,5,100\n", "x.csv")
    assert steps is not None
    assert steps.times_s is not None
    assert not any("not read" in note for note in steps.notes)


@pytest.mark.parametrize(("rows", "is_said"), [(9, False), (10, True)])
def test_rows_that_stay_at_one_load_without_a_time_are_said_to_be_taken_for_steps(rows: int, is_said: bool) -> None:
    steps = read("n", ["5", *["7"] * rows, "9"], "load=n")
    assert steps.times_s is None
    assert any(f"load stays at 7 for {rows} rows" in note for note in steps.notes) == is_said


def test_many_rows_are_read_where_they_are_moments() -> None:
    rows = [f"{second},{5 + second // 300}" for second in range(600)]
    assert len(read("t,n", rows, "load=n,time=t")) == 600
    with pytest.raises(InputError, match="name their times"):
        read("t,n", rows, "load=n")
