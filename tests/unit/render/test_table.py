"""Tables: the same rows as text, CSV and Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import pytest

from plimsoll.render.table import Table, to_csv, to_markdown, to_text

DISKS = Table(("RESOURCE", "NOW"), (("disk", "9"), ("memory|swap", "10")), "Disks", frozenset({"NOW"}), ("a note",))


def test_text_is_aligned_and_numbers_are_flush_right() -> None:
    assert to_text([DISKS]) == "Disks\nRESOURCE     NOW\ndisk           9\nmemory|swap   10\na note\n"


def test_markdown_escapes_the_bar_and_aligns_numbers() -> None:
    assert to_markdown([DISKS]).splitlines() == [
        "## Disks", "", "| RESOURCE | NOW |", "| --- | ---: |", "| disk | 9 |", "| memory\\|swap | 10 |", "", "a note",
    ]  # fmt: skip


HOSTILE = "disk\x1b[2J\u202e\u2028\u2029\n# All is well <img src=x>"


@pytest.mark.parametrize("write", [to_text, to_csv, to_markdown])
def test_a_name_from_outside_moves_no_cursor_wherever_it_stands(write: Callable[[Sequence[Table]], str]) -> None:
    written = write([Table(("A",), ((HOSTILE,),), HOSTILE, notes=(HOSTILE,))])
    assert not {"\x1b", "\u202e", "\u2028", "\u2029"} & set(written)


def test_a_name_from_outside_is_no_line_and_no_tag_of_markdown() -> None:
    written = to_markdown([Table(("A",), ((HOSTILE,),), HOSTILE, notes=(HOSTILE, "p95<250ms"))])
    assert "\n# All" not in written
    assert written.count("\\<img") == written.count("<img") == 3
    assert written.endswith("p95<250ms\n")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        pytest.param("=cmd()", "'=cmd()", id="formula"),
        pytest.param("@import", "'@import", id="at"),
        pytest.param("-cmd()", "'-cmd()", id="formula_that_begins_with_a_sign"),
        pytest.param("-12.5", "-12.5", id="a_negative_number_is_a_number"),
        pytest.param("-979Mi", "-979Mi", id="and_so_is_one_with_a_unit"),
        pytest.param("-3.5%", "-3.5%", id="or_a_percent_sign"),
        pytest.param("-1e-09 per second", "-1e-09 per second", id="or_words"),
        pytest.param("-2+cmd|' /C'!A0", "'-2+cmd|' /C'!A0", id="a_number_that_goes_on_is_a_formula"),
        pytest.param("-1,234,567.5", "-1234567.5", id="thousands_are_not_parted"),
        pytest.param("1,234 users", "1,234 users", id="words_stay"),
        pytest.param("-", "-", id="a_dash_alone_is_no_formula"),
        pytest.param('a,"b"\nc', 'a,"b"\nc', id="quotes_commas_and_lines_survive"),
    ],
)
def test_csv_is_read_again_and_runs_no_formula(cell: str, written: str) -> None:
    rows = list(csv.reader(io.StringIO(to_csv([Table(("A",), ((cell,),))]))))
    assert rows == [["A"], [written]]
