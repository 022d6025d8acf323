"""What is in the file? Its first bytes, through gzip where it is compressed, and its text.

Formats are told apart by content and never by name.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from plimsoll.domain.errors import InputError

HEAD_BYTES = 65536
LARGEST_TEXT = 64 * 2**20
_GZIP = b"\x1f\x8b"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading bytes, decompressing what is gzip."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    with raw:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield cast(IO[bytes], unpacked)
        else:
            yield raw


def head_of(path: Path) -> bytes:
    """Read the first bytes; raises InputError for what is missing, a folder, empty or damaged."""
    try:
        with opened(path) as stream:
            head = stream.read(HEAD_BYTES)
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    if not head.strip():
        raise InputError(f"{path}: the file is empty")
    return head


def text_of(path: Path) -> str:
    """Read a whole small text file; raises InputError for one too large to be a report."""
    with opened(path) as stream:
        content = stream.read(LARGEST_TEXT + 1)
    if len(content) > LARGEST_TEXT:
        raise InputError(f"{path}: larger than {LARGEST_TEXT // 2**20} MB, which no report of this kind is")
    return content.decode("utf-8-sig", errors="replace")
