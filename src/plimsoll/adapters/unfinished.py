"""Where is a file written while it is incomplete? Next to its place, so that a failed run leaves the previous file.

A link is followed, so that it stays a link; a device or a pipe (`/dev/stdout`) is written directly, never replaced.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from plimsoll.domain.errors import InputError, Place


class Unfinished:
    """An unfinished file: write to `path`, then `finish` or `drop` it. Raises InputError for an unwritable place."""

    def __init__(self, wanted: Path) -> None:
        self._wanted = wanted
        if wanted.is_dir():
            raise self.refused("is a directory")
        if wanted.exists() and not wanted.is_file():
            self.path = self._place = wanted
            return
        try:
            self._place = wanted.resolve()
        except (OSError, RuntimeError):
            raise self.refused("the link leads to itself") from None
        self.path = self._place.with_name(f".{self._place.name}.{os.getpid()}")

    def finish(self) -> None:
        """Move it to its place."""
        if self.path == self._place:
            return
        try:
            self.path.replace(self._place)
        except OSError as error:
            raise self.refused((error.strerror or "error").lower()) from None

    def drop(self) -> None:
        """Remove it."""
        if self.path != self._place:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)

    def refused(self, reason: str) -> InputError:
        """The fault of a place that cannot be written."""
        return InputError(f"cannot be written: {reason}", Place(str(self._wanted)))
