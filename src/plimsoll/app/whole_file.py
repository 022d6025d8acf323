"""How is a file written so that nobody ever sees half of it? Next to its place, flushed, then renamed over it.

A link is followed, so that it stays a link; a device or a pipe (`/dev/stdout`) is written directly, never replaced.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path

from plimsoll.domain.errors import InputError, Place


def write_whole(path: Path, text: str) -> None:
    """Write a text file, all of it or nothing; raises InputError where the place cannot be written."""
    with _as_input_errors(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_text(text, encoding="utf-8")
        else:
            _replace(path.resolve(), text)


def check_place(path: Path) -> None:
    """Raise InputError where a file could not be written, before there is content; nothing is left behind."""
    with _as_input_errors(path):
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if path.is_file() or not path.exists():
            tempfile.TemporaryFile(dir=path.resolve().parent).close()


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it; raises InputError where that cannot be done."""
    with _as_input_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def _as_input_errors(path: Path) -> Iterator[None]:
    """Turn an error of the operating system into a fault of this path."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "error").lower()
        raise InputError(f"cannot be written: {reason}", Place(str(path))) from None
    except RuntimeError:  # Python before 3.13, for a link that leads to itself
        raise InputError("cannot be written: the link leads to itself", Place(str(path))) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
