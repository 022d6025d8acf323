"""The command line: every failure is one line on stderr with the exit code that belongs to it."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from plimsoll.domain.errors import (
    GateFailed,
    InputError,
    ModelError,
    NothingToAnswer,
    Place,
    SourceUnreachable,
    StoreBusy,
)
from plimsoll.entrypoints.cli import main
from plimsoll.entrypoints.cli.commands import EXAMPLES
from plimsoll.entrypoints.cli.listener import say


def failing(error: BaseException) -> typer.Typer:
    """An application whose one command, `fail`, raises what it is told to."""
    application = typer.Typer(rich_markup_mode=None)

    @application.callback()
    def root() -> None:
        """Hold the command."""

    @application.command()
    def fail(number: int = 1) -> None:
        """Fail."""
        raise error

    return application


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        pytest.param(InputError("is empty", Place("a.csv", 3, 4)), 1, "a.csv:3:4: is empty", id="input"),
        pytest.param(SourceUnreachable("prometheus", "no answer"), 1, "prometheus: no answer", id="source"),
        pytest.param(StoreBusy("held by process 7"), 1, "held by process 7", id="store"),
        pytest.param(GateFailed("disk runs out"), 3, "disk runs out", id="gate"),
        pytest.param(NothingToAnswer("no samples"), 4, "no samples", id="no_data"),
        pytest.param(InputError("two\nlines"), 1, "two lines", id="always_one_line"),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(capsys, error: Exception, code: int, line: str) -> None:
    assert main.run(["fail"], failing(error)) == code
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"plimsoll: {line}\n")


def test_all_faults_of_a_model_are_shown_a_line_each(capsys) -> None:
    error = ModelError([InputError("a", Place("m.yaml", 1)), InputError("b", Place("m.yaml", 2))])
    assert main.run(["fail"], failing(error)) == 1
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
def test_wrong_usage_is_one_line_and_exit_code_1(capsys, words: list[str], told: str) -> None:
    assert main.run(words, failing(RuntimeError("not reached"))) == 1
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert told in shown


def test_a_fault_of_our_own_is_told_in_a_line_that_says_how_to_see_it_all(capsys, monkeypatch) -> None:
    application = failing(ZeroDivisionError("division by zero"))
    assert main.run(["fail"], application) == 1
    shown = capsys.readouterr().err
    assert "a fault of plimsoll itself: ZeroDivisionError at test_command_line.py:" in shown
    assert "PLIMSOLL_DEBUG=1" in shown
    monkeypatch.setenv("PLIMSOLL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main.run(["fail"], application)


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


@pytest.fixture
def nobody_reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make stdout a pipe whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        yield


@pytest.mark.usefixtures("nobody_reads")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["catalog"]], ids=" ".join)
def test_a_reader_that_has_left_is_no_error(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main.run(words) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("nobody_reads")
def test_a_gate_is_checked_though_the_reader_has_left(capfd: pytest.CaptureFixture[str]) -> None:
    application = typer.Typer(rich_markup_mode=None)

    @application.command()
    def gate() -> None:
        say("a long table\n")
        raise GateFailed("disk runs out")

    assert main.run([], application) == 3
    assert capfd.readouterr().err == "plimsoll: disk runs out\n"


@pytest.mark.parametrize("words", ["catalog", "--help", "--version", "limits queue --help"])
def test_an_answer_that_a_full_disk_does_not_take_is_an_error(words: str, monkeypatch, capfd) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main.run(words.split()) == 1
    told = "plimsoll: the answer cannot be written to stdout: no space left on device\n"
    assert capfd.readouterr().err == told


def test_a_name_that_is_no_text_is_one_line(capsys) -> None:
    """A file named in Latin-1, say: its bytes come as half letters."""
    assert main.run(["runway", "caf\udce9.csv"]) == 1
    assert (
        capsys.readouterr().err == "plimsoll: caf\\udce9.csv: is not UTF-8; rename it, or link to it by another name\n"
    )


def test_a_terminal_without_the_letters_of_an_answer_gets_their_codes(monkeypatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    monkeypatch.setattr(main, "run", lambda _: say("caf\xe9\n"))
    monkeypatch.setattr("plimsoll.domain.machine_code.before_compiling", lambda _: None)
    monkeypatch.setenv("PLIMSOLL_STORE", "unused")
    with pytest.raises(SystemExit):
        main.main()
    assert written.getvalue() == b"caf\\xe9\n"


def test_what_is_stopped_by_ctrl_c_says_so(capsys) -> None:
    assert main.run(["fail"], failing(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "plimsoll: stopped\n"


def test_what_is_stopped_before_it_has_begun_says_so() -> None:
    """The program that is installed, stopped while it imports what it reads a command line with."""
    stopped_at_typer = """
import sys
from importlib.metadata import entry_points

class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Stop())
(program,) = entry_points(group="console_scripts", name="plimsoll")
program.load()()
"""
    ran = subprocess.run([sys.executable, "-c", stopped_at_typer], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "plimsoll: stopped\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["runaway"], "No such command 'runaway'. Did you mean 'runway'?"),
        (["doctor", "http://localhost:9090"], "There are prometheus, csv, parquet, host, app, postgresql"),
        (["policy", "tests"], "Did you mean 'test'?"),
        (["limits"], "limits needs a subcommand. There are of-model, from-loadtest"),
    ],
    ids=["near", "a_source_in_the_place_of_a_kind", "near_in_a_group", "none"],
)
def test_a_command_that_there_is_not_names_those_that_there_are(words: list[str], told: str, capsys) -> None:
    assert main.run(words) == 1
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert shown.count("Did you mean") <= 1
    assert told in shown


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_an_example_of_the_help_is_a_command_line_that_is_taken(line: str) -> None:
    group = typer.main.get_command(main.app)
    words = shlex.split(line.partition(" > ")[0])
    context = group.make_context("plimsoll", words)
    while isinstance(context.command, TyperGroup):
        name, command, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, rest, parent=context)
    assert context.command_path


def test_help_speaks_no_python(capsys) -> None:
    for command in EXAMPLES:
        assert main.run([command, "--help"]) == 0
    assert not re.search(r"<(str|int|float|list|path)", capsys.readouterr().out)
