"""How do the bytes of a CSV file become clean lines? One kind of line end, UTF-8, no byte-order mark, bounded lines.

Works on blocks, so that a file of any size needs little memory. A fault names its line.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from plimsoll.domain.errors import InputError, Place

BLOCK_BYTES = 1 << 18
MAX_LINE_BYTES = 1 << 20
_SEPARATOR = re.compile(rb'\n*"?sep=[,;\t|]"?\n+')  # tells Excel the separator of columns


class CleanLines(io.RawIOBase):
    """A readable stream over a file; `leading_lines` counts lines before the names: empty ones, Excel's `sep=,`."""

    def __init__(self, path: Path, shown: str) -> None:
        self._file = path.open("rb")
        self._shown = shown
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._line = 1
        self._line_bytes = 0
        self._quotes = 0
        self._quote_line = 1
        self._held_cr = b""
        self._ready = b""
        self._seen_text = False
        self._first = True
        self._ended = False
        self.leading_lines = 0

    def readable(self) -> bool:
        """Say that this stream can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` clean bytes; raises InputError at the first line that is no UTF-8 text or too long."""
        # a short result would be taken as a short block, so blocks are joined until there are enough bytes
        parts, have = [self._ready], len(self._ready)
        while not self._ended and (size < 0 or have < size):
            parts.append(self._block())
            have += len(parts[-1])
        whole = b"".join(parts)
        wanted = have if size < 0 else size
        self._ready = whole[wanted:]
        return whole[:wanted]

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, for text wrappers."""
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def _block(self) -> bytes:
        """The next clean block, empty at the end of the file."""
        while not self._ended:
            raw = self._file.read(BLOCK_BYTES)
            self._ended = not raw
            block = self._one_line_end(self._without_mark(raw))
            self._check_text(block)
            if not self._seen_text:
                block = self._without_leading_lines(block)
            if block:
                self._check_lines(block)
            if self._ended:
                return block + self._last_line_end(block)
            if block:
                return block
        return b""

    def _without_leading_lines(self, block: bytes) -> bytes:
        separator = _SEPARATOR.match(block)
        rest = block[separator.end() :] if separator else block.lstrip(b"\n")
        self._line += block.count(b"\n", 0, len(block) - len(rest))
        self.leading_lines = self._line - 1
        self._seen_text = bool(rest)
        return rest

    def _last_line_end(self, block: bytes) -> bytes:
        if self._quotes % 2:
            self._fail("a quote is opened here and never closed", self._quote_line)
        return b"\n" if self._line_bytes else b""

    def _without_mark(self, raw: bytes) -> bytes:
        if not self._first:
            return raw
        self._first = False
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self._fail("is UTF-16 text; save it as UTF-8", 1)
        return raw.removeprefix(codecs.BOM_UTF8)

    def _one_line_end(self, raw: bytes) -> bytes:
        text = self._held_cr + raw
        self._held_cr = b"\r" if raw and text.endswith(b"\r") else b""
        if self._held_cr:
            text = text[:-1]
        return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text

    def _check_text(self, block: bytes) -> None:
        if (zero := block.find(b"\0")) >= 0:
            self._fail("holds a zero byte: this is no text file", self._line + block.count(b"\n", 0, zero))
        try:
            self._decoder.decode(block, self._ended)
        except UnicodeDecodeError as error:
            line = self._line + block.count(b"\n", 0, max(0, error.start))
            self._fail("is not UTF-8 text; save the file as UTF-8", line)

    def _check_lines(self, block: bytes) -> None:
        # a block is shorter than the bound: only the line that began in an earlier block can pass it
        first, last = block.find(b"\n"), block.rfind(b"\n")
        if self._line_bytes + (len(block) if first < 0 else first) > MAX_LINE_BYTES:
            self._fail(f"the line is longer than {MAX_LINE_BYTES >> 20} MiB", self._line)
        if quotes := block.count(b'"'):
            self._quotes += quotes
            self._quote_line = self._line + block.count(b"\n", 0, block.rfind(b'"'))
        self._line += block.count(b"\n")
        self._line_bytes = self._line_bytes + len(block) if last < 0 else len(block) - last - 1

    def _fail(self, message: str, line: int) -> NoReturn:
        raise InputError(message, Place(file=self._shown, line=line))


def records(lines: CleanLines, size: int) -> Iterator[bytes]:
    """Split a stream into blocks of about `size` bytes that end at the end of a record: a line end outside quotes."""
    carried = b""
    while block := lines.read(size):
        text = carried + block
        end = _record_end(text)
        if end:
            yield text[:end]
        carried = text[end:]
    if carried:
        yield carried


def _record_end(text: bytes) -> int:
    """Where the last whole record ends; a quote that stays open over the whole text is an inch sign, not a quote."""
    last = end = text.rfind(b"\n") + 1
    quotes = text.count(b'"', 0, end)
    while end and quotes % 2:
        start = text.rfind(b"\n", 0, end - 1) + 1
        quotes -= text.count(b'"', start, end)
        end = start
    return end or last
