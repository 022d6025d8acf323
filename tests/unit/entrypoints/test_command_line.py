"""The command line: every failure is one line on stderr with the exit code that belongs to it."""

from __future__ import annotations

import pytest
import typer

from plimsoll.domain.errors import (
    ChangesPresent,
    GateFailed,
    InputError,
    ModelError,
    NothingToAnswer,
    Place,
    SourceUnreachable,
    StoreBusy,
)
from plimsoll.entrypoints.cli import main
from plimsoll.entrypoints.cli.commands import Command


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):
    """Put a command `fail` into the list that raises what it is told to."""

    def with_error(error: BaseException) -> None:
        app = typer.Typer(rich_markup_mode=None)

        @app.command()
        def fail(number: int = 1) -> None:
            """Fail."""
            raise error

        monkeypatch.setitem(main._BY_NAME, "fail", Command("fail", "a.module", "Fail."))
        monkeypatch.setattr(main, "_application", lambda module: app)

    return with_error


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        pytest.param(InputError("is empty", Place("a.csv", 3, 4)), 1, "a.csv:3:4: is empty", id="input"),
        pytest.param(SourceUnreachable("prometheus", "no answer"), 1, "prometheus: no answer", id="source"),
        pytest.param(StoreBusy("held by process 7"), 1, "held by process 7", id="store"),
        pytest.param(ChangesPresent("3 changes"), 2, "3 changes", id="changes"),
        pytest.param(GateFailed("disk runs out"), 3, "disk runs out", id="gate"),
        pytest.param(NothingToAnswer("no samples"), 4, "no samples", id="no_data"),
        pytest.param(InputError("two\nlines"), 1, "two lines", id="always_one_line"),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(failing, capsys, error: Exception, code: int, line: str) -> None:
    failing(error)
    assert main.run(["fail"]) == code
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"plimsoll: {line}\n")


def test_all_faults_of_a_model_are_shown_a_line_each(failing, capsys) -> None:
    failing(ModelError([InputError("a", Place("m.yaml", 1)), InputError("b", Place("m.yaml", 2))]))
    assert main.run(["fail"]) == 1
    assert capsys.readouterr().err == "plimsoll: m.yaml:1: a\nplimsoll: m.yaml:2: b\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["no-such"], "No such command 'no-such'"),
        (["fail", "--no-such"], "No such option"),
        (["fail", "--number", "many"], "'--number': Input should be a valid integer"),
        (["fail", "surplus"], "unexpected extra argument"),
    ],
    ids=["command", "option", "type", "argument"],
)
def test_wrong_usage_is_one_line_and_exit_code_1(failing, capsys, words: list[str], told: str) -> None:
    failing(RuntimeError("not reached"))
    assert main.run(words) == 1
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert told in shown


def test_a_fault_of_our_own_is_told_in_a_line_that_says_how_to_see_it_all(failing, capsys, monkeypatch) -> None:
    failing(ZeroDivisionError("division by zero"))
    assert main.run(["fail"]) == 1
    shown = capsys.readouterr().err
    assert "a fault of plimsoll itself: ZeroDivisionError at test_command_line.py:" in shown
    assert "PLIMSOLL_DEBUG=1" in shown
    monkeypatch.setenv("PLIMSOLL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main.run(["fail"])


def test_without_a_command_the_help_is_shown_and_the_exit_code_is_1(capsys) -> None:
    assert main.run([]) == 1
    assert "Usage: plimsoll" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["doctor", "forecast", "limits", "model", "policy"])
def test_a_command_without_what_it_is_to_do_is_one_line_on_stderr(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run([command]) == 1
    seen = capsys.readouterr()
    assert (seen.out, seen.err.count("\n")) == ("", 1)
    assert f"plimsoll {command} --help" in seen.err
