"""A place that cannot be written is told before the work: before anything is read, by every command that writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.entrypoints.cli import main

WRITERS = (
    "report nowhere.csv --output taken/x",
    "report nowhere.csv -o json --output taken/x",
    "demo --real nowhere.csv --output taken/x",
    "init nowhere.csv --output taken/x",
    "replay nowhere.csv -m nowhere.yaml --chart taken/x",
    "replay nowhere.csv -m nowhere.yaml --trajectory taken/x",
    "policy suggest nowhere.csv -m nowhere.yaml --slo-miss 1% --chart taken/x",
    "policy suggest nowhere.csv -m nowhere.yaml --slo-miss 1% --output taken/x",
)


@pytest.mark.parametrize("words", WRITERS)
def test_a_place_that_cannot_be_written_is_told_first(words: str, monkeypatch, tmp_path: Path, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken").touch()
    assert main.run(words.split()) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("plimsoll: taken")
    assert "cannot be written" in line
