"""`plimsoll demo` before and around its minute of load: what is wrong is told first, and a signal ends it in order."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

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
