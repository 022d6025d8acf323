"""Who takes the answer? A reader that has left (`| head -1`) is no error, and no reason to leave a gate unchecked.

A place that takes no more (a full disk) is one: the answer is not there, and nobody is to believe that it is.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from plimsoll.domain.errors import PlimsollError

if TYPE_CHECKING:
    from _typeshed import HasFileno


class AnswerLost(PlimsollError):
    """The answer could not be written to stdout."""


def say(text: str) -> None:
    """Write to stdout at once; raises AnswerLost where it takes no more."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        fall_silent(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            reason = (error.strerror or "error").lower()
            raise AnswerLost(f"the answer cannot be written to stdout: {reason}") from None


def mention(text: str) -> None:
    """Say something beside the answer, a line on stderr; where nobody takes it, it is lost without a fault."""
    try:
        typer.echo(text, err=True)
    except OSError:
        fall_silent(sys.stderr)


def fall_silent(stream: HasFileno) -> None:
    """Say nothing more there: what is still to be written goes nowhere, without a word or a code at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
