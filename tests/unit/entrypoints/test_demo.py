"""`plimsoll demo` around its minute of load: faults told first, a signal that ends it, steps to be done again."""

from __future__ import annotations

import os
import re
import shlex
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.app.demo.ramps import TURNS

from plimsoll.app.demo.files import FILES
from plimsoll.app.demo.story import Outcome
from plimsoll.bootstrap import demo_parts
from plimsoll.domain.report import Report
from plimsoll.entrypoints.cli import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--output", "taken"], "taken: cannot be written: file exists"),
        (["--output", "taken/inside"], "taken/inside: cannot be written: not a directory"),
        (["--step", "500ms"], "--step 500ms is too short to measure in; write 1s or more"),
    ],
    ids=["a_file", "in_a_file", "step_in_which_the_service_settles"],
)
def test_what_cannot_be_is_told_before_anything_is_measured(words, told, monkeypatch, tmp_path: Path, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("plimsoll.app.demo.story.run_demo", lambda *_: pytest.fail("a service was driven"))
    (tmp_path / "taken").touch()
    assert main.run(["demo", *words]) == 1
    assert capsys.readouterr().err == f"plimsoll: {told}\n"


@pytest.fixture
def quick(monkeypatch, tmp_path: Path) -> None:
    """A demo whose chain was run before, in an empty folder."""
    page = Report("Demo", "it", datetime(2026, 1, 5, tzinfo=UTC), None, "a day", ())
    monkeypatch.setattr("plimsoll.app.demo.story.run_demo", lambda *_: Outcome(page, dict.fromkeys(FILES, "new")))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_lies_in_a_folder_of_the_user_is_kept_unless_it_may_be_overwritten(
    name: str, quick, capsys
) -> None:
    Path(name).write_text("mine")
    for folder in (".", "not_there/.."):
        assert main.run(["demo", "--output", folder]) == 1
        told = f"{Path(folder) / name} already exists; --force overwrites it, --output names another folder"
        assert capsys.readouterr().err == f"plimsoll: {told}\n"
    assert [file.read_text() for file in Path().iterdir()] == ["mine"]
    assert main.run(["demo", "--output", ".", "--force"]) == 0
    assert "mine" not in {file.read_text() for file in Path().iterdir()}


def test_it_runs_again_in_its_own_folder_and_beside_other_files(quick) -> None:
    Path("notes.md").write_text("mine")
    assert [main.run(["demo"]), main.run(["demo"]), main.run(["demo", "--output", "."])] == [0, 0, 0]
    assert Path("notes.md").read_text() == "mine"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_as_ctrl_c_does_so_that_the_service_is_stopped(number, monkeypatch, tmp_path, capsys) -> None:
    """Its service is stopped wherever the demo is left by an exception; a signal of its own would leave it running."""
    left = []

    def measured(*_: object) -> None:
        try:
            os.kill(os.getpid(), number)
            time.sleep(5)
        finally:
            left.append(True)

    before = signal.signal(number, signal.SIG_IGN)
    monkeypatch.setattr("plimsoll.app.demo.story.run_demo", measured)
    assert main.run(["demo", "--output", str(tmp_path / "out")]) == 130
    signal.signal(number, before)
    assert left
    assert capsys.readouterr().err == "plimsoll: stopped\n"


@pytest.mark.parametrize("turn", ["line_past_the_ramp", "line_below_most_steps"])
def test_each_step_can_be_done_again_by_hand(turn: str, monkeypatch, tmp_path: Path, capsys) -> None:
    handed_in = replace(demo_parts(6.0, 1), measure=lambda _: TURNS[turn].ramp)
    monkeypatch.setattr("plimsoll.bootstrap.demo_parts", lambda *_: handed_in)
    monkeypatch.chdir(tmp_path)
    assert main.run(["demo", "--output", "out"]) == 0
    told = capsys.readouterr().out
    commands = [line.split("plimsoll ", 1)[1] for line in told.splitlines() if line[:2] == "  "]
    assert len(commands) == 4
    again = []
    for command in commands:
        assert main.run(shlex.split(command)) == 0, command
        again.append(capsys.readouterr().out)
    carried = re.search(r"One replica carries (?:at least )?([\d.]+)", told)
    line = re.search(r"^load line\D+([\d.]+)", again[0], re.MULTILINE)
    assert carried is not None
    assert line is not None, again[0]
    assert float(carried[1]) == pytest.approx(float(line[1]), rel=0.01)


def test_what_was_measured_is_kept_where_it_shows_no_load_line(monkeypatch, tmp_path: Path, capsys) -> None:
    driven = replace(TURNS["line_past_the_ramp"].ramp, steps=TURNS["line_past_the_ramp"].ramp.steps[:1])
    handed_in = replace(demo_parts(6.0, 1), measure=lambda _: driven)
    monkeypatch.setattr("plimsoll.bootstrap.demo_parts", lambda *_: handed_in)
    monkeypatch.chdir(tmp_path)
    assert main.run(["demo", "--output", "out"]) == 4
    assert capsys.readouterr().err.endswith("; what was measured is in out/loadtest.csv\n")
    assert len((tmp_path / "out" / "loadtest.csv").read_text().splitlines()) == 2
