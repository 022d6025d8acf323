"""Is a command told to read what may never end? A named pipe waits for its writer forever, a device never ends.

A pipe of the shell (`<(gunzip -c metrics.csv.gz)`, `/dev/stdin`) has a writer and is read like a file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence

from plimsoll.domain.errors import InputError, Place

_WRITTEN_TO = ("--output", "--trajectory", "--chart")


def refuse_endless(words: Sequence[str]) -> None:
    """Raise InputError for a named pipe or a device among the words of a command line, unless it is written to."""
    for before, word in zip(("", *words), words, strict=False):
        if before not in _WRITTEN_TO and (what := _endless(word)):
            raise InputError(f"is {what}, which may never end: write what is in it to a file", Place(word))


def _endless(word: str) -> str:
    try:
        mode = os.stat(word).st_mode  # noqa: PTH116 a word need not be a path
        if stat.S_ISFIFO(mode) and "pipe:[" not in os.path.realpath(word):
            return "a named pipe"
        kept = os.path.samefile(word, os.devnull) or "/pts/" in os.path.realpath(word)  # noqa: PTH121
        return "a device" if stat.S_ISCHR(mode) and not kept else ""
    except (OSError, ValueError):
        return ""
