"""Where does a secret come from? From the environment (`env:NAME`) or a file (`file:PATH`), never from the command.

A secret on the command line would appear in the shell's history and in the process list; it is refused, and not shown.
"""

from __future__ import annotations

import os
from pathlib import Path

from plimsoll.domain.errors import UsageError

_MAX_BYTES = 65_536


def is_reference(text: str) -> bool:
    """Whether `text` is a reference to a secret, not the secret itself."""
    return text.startswith(("env:", "file:"))


def secret(reference: str, purpose: str) -> str:
    """Look up the secret that `reference` names; raises UsageError, whose text contains no part of a secret.

    `purpose` is the purpose of the secret, for the error text.
    """
    kind, _, place = reference.partition(":")
    if kind == "env" and place:
        found = os.environ.get(place)
        if not found:
            raise UsageError(f"{purpose}: the environment has no {place[:60]}")
    elif kind == "file" and place:
        found = _from_file(Path(place), purpose)
    else:
        raise UsageError(f"{purpose}: say where it is, as env:NAME or file:PATH; it is not taken from the command line")
    if any(ord(char) < 32 or ord(char) == 127 for char in found):
        raise UsageError(f"{purpose}: what {kind}:{place[:60]} holds has control characters in it")
    return found


def _from_file(path: Path, purpose: str) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
        text = raw.decode("utf-8").strip()
    except OSError as error:
        raise UsageError(
            f"{purpose}: {path} cannot be read: {(error.strerror or 'no reason given').lower()}"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{purpose}: {path} is not text") from error
    if not text or len(raw) > _MAX_BYTES:
        raise UsageError(f"{purpose}: {path} is {'too long' if text else 'empty'}")
    return text
