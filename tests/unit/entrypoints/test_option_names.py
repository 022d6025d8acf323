"""One name for one thing on every command line; what it was called before is still taken."""

from __future__ import annotations

import pytest

from plimsoll.entrypoints.cli import main
from plimsoll.entrypoints.cli.commands import SECTIONS

COMMANDS = [[command.name] for commands in SECTIONS.values() for command in commands]
INNER = [["limits", "queue"], ["forecast", "panel"], ["forecast", "metrics.csv"], ["doctor", "csv"], ["policy", "test"]]


@pytest.mark.parametrize("words", [[], *COMMANDS, *INNER], ids=" ".join)
def test_the_short_option_shows_the_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([*words, "-h"]) == 0
    shown = capsys.readouterr().out
    assert main.run([*words, "--help"]) == 0
    assert capsys.readouterr().out == shown
    assert "-h, --help" in shown


@pytest.mark.parametrize(
    "words",
    [
        ["runway", "x.csv"],
        ["forecast", "x.csv"],
        ["report", "x.csv"],
        ["limits", "from-telemetry", "x.csv"],
        ["assess", "x.csv"],
        ["init", "x.csv"],
        ["replay", "x.csv", "--signal", "load"],
        ["policy", "suggest", "x.csv", "--signal", "load"],
    ],
    ids=" ".join,
)
def test_how_far_back_is_read_is_called_history(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([*words, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "--history" in shown
    assert "--window" not in shown
    assert "--last" not in shown


@pytest.mark.parametrize(
    "words", [["assess", "none.csv", "--window=-1d"], ["init", "none.csv", "--window=-1d"]], ids=" ".join
)
def test_the_name_it_had_before_is_still_taken(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(words) == 1
    assert capsys.readouterr().err.startswith("plimsoll: --history")
