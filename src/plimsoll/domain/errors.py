"""What can go wrong, as one tree; each class carries the exit code with which it ends a command.

    PlimsollError                 1
    |- UsageError                 1   the command line is wrong
    |- InputError                 1   a file, a field or a value is wrong; says where
    |  |- QuantityError           1   a value with a unit could not be read
    |  `- ModelError              1   a model file has one or more faults, all of them listed
    |- SourceError                1   an outside system failed; names it
    |  |- SourceUnreachable       1   no connection, or the deadline passed
    |  |- SourceRefused           1   it denied access (401, 403, wrong password)
    |  `- SourceMalformed         1   its answer violates its protocol
    |- StoreError                 1   the store could not be read or written
    |  `- StoreBusy               1   another process is writing
    |- GateFailed                 3   a gate the caller set was not passed
    `- NothingToAnswer            4   no question could be answered for want of data

The text of an error is one line for a person: what is wrong, where, and how to fix it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PlimsollError(Exception):
    """Root of every error that is shown to a user as one line."""

    exit_code = 1


class UsageError(PlimsollError):
    """The command line is wrong."""


@dataclass(frozen=True)
class Place:
    """A place in an input: file (or source), 1-based line and column, field path."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        numbers = [str(n) for n in (self.line, self.column) if n is not None]
        spot = ":".join([self.file or "<input>", *numbers])
        return f"{spot}: {self.field}" if self.field else spot


class InputError(PlimsollError):
    """Something in an input is wrong; `place` says where."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place


class QuantityError(InputError):
    """A quantity with a unit could not be read."""


class ModelError(InputError):
    """A model file has faults; `faults` holds every one of them."""

    def __init__(self, faults: Sequence[InputError]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class SourceError(PlimsollError):
    """An outside system failed; `source` names it."""

    def __init__(self, source: str, message: str) -> None:
        super().__init__(f"{source}: {message}")
        self.source = source
        self.message = message


class SourceUnreachable(SourceError):
    """No connection could be had, or the deadline passed."""


class SourceRefused(SourceError):
    """The outside system denied access."""


class SourceMalformed(SourceError):
    """The outside system answered something that its protocol does not allow."""


class StoreError(PlimsollError):
    """The series store or the state could not be read or written."""


class StoreBusy(StoreError):
    """Another process holds the store for writing."""


class GateFailed(PlimsollError):
    """A gate that the caller set was not passed."""

    exit_code = 3


class NothingToAnswer(PlimsollError):
    """There were too few data to answer even one question."""

    exit_code = 4
