"""How is a file written so that after a crash it is there completely or not at all?

It is written under another name, flushed to disk (fsync) and renamed over the old one, and the folder is flushed, too:
POSIX rename is atomic, and a name is durable only once its folder is. Lines are appended to a log after a length that
is committed elsewhere: anything past that length was never committed.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plimsoll.domain.errors import StoreError


@contextmanager
def storage_faults(place: Path) -> Iterator[None]:
    """Turn an error of the file system into one line that names the place and the cause."""
    try:
        yield
    except OSError as error:
        cause = error.strerror or str(error)
        where = error.filename if isinstance(error.filename, str) else place
        raise StoreError(f"series store {where}: {cause}; what was written before is kept") from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file atomically by `content`."""
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def extend_file(path: Path, committed: int, content: bytes) -> int:
    """Write `content` after the first `committed` bytes of a log, dropping anything else; return the new length.

    Raises OSError when the log is shorter than that: it was damaged.
    """
    path.touch()
    with path.open("r+b") as file:
        if file.seek(0, os.SEEK_END) < committed:
            raise OSError(errno.EIO, f"shorter than the {committed} bytes that were written", str(path))
        file.truncate(committed)
        file.seek(committed)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return committed + len(content)
