"""A table on a terminal: no word is broken and nothing is lost, however narrow it is."""

from __future__ import annotations

import pytest

from plimsoll.domain.table import Table
from plimsoll.render.table import to_text
from plimsoll.render.terminal import to_terminal

RUNWAY = Table(
    ("RESOURCE", "NOW", "BREACH", "WHY"),
    (
        ("pg-main/connections_used_percent", "57.3%", "2026-11-09", "rises 0.505 points a day; 60d of history"),
        ("queue/disk", "26.2%", "cannot tell", "5 d of history, needs 28, ready on 2026-10-23"),
        ("api/memory", "51.8%", "", ""),
    ),
    title="What runs out, and by when somebody has to act on it",
    numeric=frozenset({"NOW"}),
    notes=("early, breach and late are 10, 50 and 90 % of first passage",),
)


def test_a_wide_terminal_shows_the_table_as_a_pipe_does() -> None:
    assert to_terminal([RUNWAY, RUNWAY], 120) == to_text([RUNWAY, RUNWAY])


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost_or_broken(width: int) -> None:
    shown = to_terminal([RUNWAY], width)
    assert max(len(line) for line in shown.splitlines()) <= width
    assert set(to_text([RUNWAY]).split()) - set(shown.split()) <= {"RESOURCE"}


def test_long_texts_give_way_before_the_grid_does() -> None:
    lines = to_terminal([RUNWAY], 90).splitlines()
    assert lines[1].split() == ["RESOURCE", "NOW", "BREACH", "WHY"]
    assert lines[2].endswith("rises 0.505 points a day; 60d of")
    assert lines[3] == " " * lines[2].index("rises") + "history"


def test_no_column_of_text_becomes_narrower_than_can_be_read() -> None:
    words = Table(("A", "B"), (("one two three four five six seven", "one two three four five six seven"),))
    grid, alone = (to_terminal([words], width).splitlines() for width in (50, 49))
    assert grid[1] == "one two three four five   one two three four five"
    assert alone == ["one two three four five six seven", "    B one two three four five six seven"]


def test_where_no_grid_fits_each_row_is_told_by_itself_without_its_empty_cells() -> None:
    lines = to_terminal([RUNWAY], 50).splitlines()
    assert lines[2:5] == [
        "pg-main/connections_used_percent",
        "    NOW 57.3%  BREACH 2026-11-09",
        "    WHY rises 0.505 points a day; 60d of history",
    ]
    assert "    NOW 51.8%" in lines


def test_titles_and_names_are_marked_and_widths_hold_all_the_same() -> None:
    marked = to_terminal([RUNWAY], 80, lambda text: f"<{text}>")
    assert "<What runs out, and by when somebody has to act on it>" in marked
    assert marked.replace("<", "").replace(">", "") == to_terminal([RUNWAY], 80)


def test_a_word_longer_than_a_line_is_broken_and_an_escape_is_written_out() -> None:
    shown = to_terminal([Table(("A", "B"), (("x" * 70, "\x1b[2J"),))], 30)
    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) <= 30
