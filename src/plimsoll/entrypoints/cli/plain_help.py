"""How does a help text say what an option takes? In people's words (TEXT, NUMBER, PATH), not in Python's types.

What may be given several times says so, in the same words everywhere, and a command shows how it is typed. A name that
an option had before is taken and not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from plimsoll.entrypoints.cli.listener import say

_WORDS = {"str": "TEXT", "Path": "PATH", "int": "NUMBER", "float": "NUMBER"}
_AGAIN = " (repeatable)."
HELP_NAMES = ["-h", "--help"]
_FORMER_NAMES = frozenset({"--window", "--last"})  # of --history


def put_plainly(command: Any, examples: Sequence[str] = ()) -> None:
    """Put the options of a command and its sub-commands into plain words, and examples below its help."""
    for parameter in command.params:
        _put_parameter(parameter)
    context = command.context_class(command, help_option_names=HELP_NAMES)
    command.get_help_option(context).callback = say_help
    for inner in getattr(command, "commands", {}).values():
        put_plainly(inner)
    if examples:
        command.epilog = "\n".join(["\b", "Examples:", *(f"  plimsoll {line}" for line in examples)])


def say_help(ctx: Any, _: Any, wanted: bool) -> None:
    """Show the help of a command and leave: what `--help` calls, so that it is written as every answer is."""
    if wanted and not ctx.resilient_parsing:
        say(ctx.get_help() + "\n")
        ctx.exit()


def _put_parameter(parameter: Any) -> None:
    if parameter.param_type_name == "argument":
        parameter.display_type_rich = lambda ctx: ""  # its name says it
        return
    if not parameter.is_flag and parameter.metavar is None:
        parameter.metavar = _WORDS.get(parameter.bare_type().removeprefix("list[").removesuffix("]"))
    if _FORMER_NAMES & set(parameter.opts):
        shown = copy(parameter)
        shown.opts = [name for name in parameter.opts if name not in _FORMER_NAMES]
        parameter.get_help_record = shown.get_help_record
    if parameter.multiple and parameter.help and not parameter.help.endswith(_AGAIN):
        parameter.help = parameter.help.rstrip(".") + _AGAIN
