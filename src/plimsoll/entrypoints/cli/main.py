"""How a command line becomes an exit code: find the command, run it, turn every failure into one line on stderr."""

from __future__ import annotations

import importlib
import io
import os
import re
import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError
from typer.core import TyperGroup

from plimsoll import __version__
from plimsoll.domain.errors import InputError, ModelError, Place, PlimsollError, UsageError
from plimsoll.entrypoints.cli.commands import EXAMPLES, SECTIONS, Command
from plimsoll.entrypoints.cli.endless import refuse_endless
from plimsoll.entrypoints.cli.listener import mention, say
from plimsoll.entrypoints.cli.plain_help import HELP_NAMES, put_plainly, say_help

PROLOGUE = "Capacity planning: what runs out, by when to act, what to buy, which scaling policy is safe."
_COMPLETION = ("install_completion", "show_completion")  # offered once, by the program itself
_LONGEST_LINE = 2000  # what came from outside may be of any length
_FEW = 9  # names that a line can list
_STOPPED = 130  # by Ctrl-C; the command-line library answers it too
_BY_NAME: dict[str, Command] = {command.name: command for section in SECTIONS.values() for command in section}


class LazyGroup(TyperGroup):
    """The top-level group: knows its commands by name and imports one only when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name all commands, in the order of the help."""
        return list(_BY_NAME)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command, or answer None where there is none of that name."""
        command = _BY_NAME.get(cmd_name)
        if command is None:
            return None
        loaded: Any = typer.main.get_command(_application(command.module))
        loaded.name = cmd_name
        loaded.params = [option for option in loaded.params if option.name not in _COMPLETION]
        put_plainly(loaded, EXAMPLES.get(cmd_name, ()))
        return loaded

    def get_help_option(self, ctx: Any) -> Any:
        """Give the option that shows the help."""
        option: Any = super().get_help_option(ctx)
        option.callback = say_help
        return option

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands by section, without importing any."""
        for title, commands in SECTIONS.items():
            if not commands:
                continue
            with formatter.section(title):
                formatter.write_dl([(command.name, command.summary) for command in commands])


app = typer.Typer(
    cls=LazyGroup,
    rich_markup_mode=None,
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": HELP_NAMES},
)


def _application(module: str) -> typer.Typer:
    found: typer.Typer = importlib.import_module(module).app
    return found


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"plimsoll {__version__}\n")
        raise typer.Exit()


@app.callback(help=PROLOGUE)
def _root(
    version: bool = typer.Option(
        False, "--version", help="Show the version and leave.", callback=_show_version, is_eager=True
    ),
) -> None:
    pass


def run(arguments: list[str], application: typer.Typer = app) -> int:
    """Run one command line and answer its exit code; errors and warnings are shown on stderr, one line each."""
    if not arguments or arguments[0].startswith("-"):
        return _run(arguments, application)  # help and version read nothing, and must not wait for a logger
    from plimsoll.entrypoints.cli.warned import warned_of

    with warned_of(_complain):
        return _run(arguments, application)


def _run(arguments: list[str], application: typer.Typer) -> int:
    try:
        refuse_unwritable(arguments)
        refuse_empty(arguments)
        refuse_endless(arguments)
        result = application(arguments, prog_name="plimsoll", standalone_mode=False)
    except NoArgsIsHelpError as error:
        if not arguments:
            say(f"{error}\n")
        else:
            _complain(f"{arguments[0]} needs a subcommand.{_choices(error)}" + _hint(error))
        return 1
    except ClickException as error:
        _complain(error.format_message().replace("Value error, ", "") + _choices(error) + _hint(error))
        return 1
    except (typer.Abort, KeyboardInterrupt):
        _complain("stopped")
        return _STOPPED
    except PlimsollError as error:
        for fault in error.faults if isinstance(error, ModelError) else (error,):
            _complain(str(fault))
        return error.exit_code
    except Exception as error:
        if os.environ.get("PLIMSOLL_DEBUG"):
            raise
        where = traceback.extract_tb(error.__traceback__)[-1]
        spot = f"{Path(where.filename).name}:{where.lineno}"
        _complain(
            f"a fault of plimsoll itself: {type(error).__name__} at {spot}: {error} (all of it: PLIMSOLL_DEBUG=1)"
        )
        return 1
    if result == _STOPPED:
        _complain("stopped")
    return result if isinstance(result, int) else 0


def refuse_unwritable(words: Sequence[str]) -> None:
    """Raise InputError for a word that is not UTF-8: a file so named could be read, but no answer could name it."""
    for word in words:
        if any("\udc80" <= character <= "\udcff" for character in word):  # how Python keeps such bytes (PEP 383)
            raise InputError("is not UTF-8; rename it, or link to it by another name", Place(word))


def refuse_empty(words: Sequence[str]) -> None:
    """Raise UsageError for a word without text, as an unset variable leaves it: nobody asks so for a default."""
    for before, word in pairwise(("", *words)):
        option, gives, value = word.partition("=")
        if not word or (gives and not value and option.startswith("--")):
            where = option or (before if before.startswith("-") else "an argument")
            raise UsageError(f"{where} is without a value: is a variable unset? To have the default, leave it out")


def _choices(error: ClickException) -> str:
    """Name the commands that there are, near ones first, where one that there is not was typed, or none."""
    context: Any = getattr(error, "ctx", None)
    group = getattr(context, "command", None)
    names = group.list_commands(context) if isinstance(group, TyperGroup) else []
    typed = re.fullmatch(r"No such command '(.*)'\.", error.message)
    if not names or not (typed or isinstance(error, NoArgsIsHelpError)):
        return ""
    near = get_close_matches(typed[1], names) if typed else []
    if near:
        return f" Did you mean {' or '.join(repr(name) for name in near)}?"
    return "" if len(names) > _FEW else f" There are {', '.join(names)}"


def _hint(error: ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f" (see '{context.command_path} --help')" if context else ""


def _complain(message: str) -> None:
    from plimsoll.render.table import printable

    line = printable(" ".join(message.splitlines()))
    mention("plimsoll: " + (line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + " ..."))


def _mention_compiling() -> None:
    mention("compiling kernels once, about a minute (`plimsoll warm-up` does it ahead) ...")


def main() -> None:
    """Entry point of the `plimsoll` program."""
    from plimsoll.domain.machine_code import before_compiling
    from plimsoll.entrypoints.cli.places import prepare_environment

    if sys.stdout is None:  # closed by the caller (`>&-`), who wants no answer
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 lasts as long as the program
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a locale without the letters of an answer
    prepare_environment()
    before_compiling(_mention_compiling)
    sys.exit(run(sys.argv[1:]))
