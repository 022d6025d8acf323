"""What is in the file? Its first bytes, through gzip where it is compressed, and its text.

Formats are recognized by content and never by name. A file is therefore read twice, which a pipe does not allow: after
the first read its beginning would be gone. A UTF-8 byte-order mark at the start is left out.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from plimsoll.domain.errors import InputError

HEAD_BYTES = 65536
LARGEST_TEXT = 64 * 2**20
_GZIP = b"\x1f\x8b"
_UTF8_MARK = b"\xef\xbb\xbf"
_PACKED = {
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf": "7-Zip",
}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading bytes, decompressing what is gzip; raises InputError for a pipe, a device, or damage."""
    if path.is_fifo() or path.is_char_device() or path.is_block_device() or path.is_socket():
        raise InputError(f"{path}: is a pipe or a device and is read more than once: write what is in it to a file")
    try:
        raw = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}") from error
    try:
        with raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            if packed:
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield _past_mark(cast(IO[bytes], unpacked))
            else:
                yield _past_mark(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read to its end: {error}") from error


def _past_mark(stream: IO[bytes]) -> IO[bytes]:
    if stream.read(len(_UTF8_MARK)) != _UTF8_MARK:
        stream.seek(0)
    return stream


def head_of(path: Path) -> bytes:
    """Read the first bytes; raises InputError for what is missing, a folder, empty or damaged."""
    with opened(path) as stream:
        head = stream.read(HEAD_BYTES)
    if not head.strip():
        raise InputError(f"{path}: the file is empty")
    for mark, packer in _PACKED.items():
        if head.startswith(mark):
            raise InputError(f"{path}: is packed by {packer}: unpack it first, or pack it with gzip")
    if head.startswith(_UTF16_MARKS):
        raise InputError(f"{path}: is text in UTF-16, as PowerShell writes what is sent to a file: save it as UTF-8")
    return head


def is_table(head: bytes) -> bool:
    """Whether a file that begins so may be a CSV: text, and neither JSON nor XML."""
    return b"\0" not in head and head.lstrip()[:1] not in (b"{", b"<")


def json_documents(text: str) -> Iterator[Any]:
    """Yield the JSON documents that follow one another in a text; raises ValueError at one that is not whole."""
    rest, decoder = text.lstrip(), json.JSONDecoder()
    while rest:
        document, end = decoder.raw_decode(rest)
        yield document
        rest = rest[end:].lstrip()


def text_of(path: Path) -> str:
    """Read a whole small text file; raises InputError for one too large to be a report."""
    with opened(path) as stream:
        content = stream.read(LARGEST_TEXT + 1)
    if len(content) > LARGEST_TEXT:
        raise InputError(f"{path}: larger than {LARGEST_TEXT // 2**20} MB, which no report of this kind is")
    return content.decode("utf-8-sig", errors="replace")
