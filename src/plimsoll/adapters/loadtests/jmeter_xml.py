"""JMeter, a JTL file in XML: `<testResults>` with one `<httpSample>` or `<sample>` each, times in ms.

Format: https://jmeter.apache.org/usermanual/listeners.html#xmlformat2.1 (t elapsed, ts time stamp, s success, na all
threads). Read as a stream by expat. A document type is refused outright: entities in it can be made to fill the memory.
Samples inside samples (redirects, transactions' parts) belong to the one around them and are not counted again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np

from plimsoll.adapters.loadtests.content import opened
from plimsoll.adapters.loadtests.seconds import SecondsTally
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.load_test import Recording

_SAMPLES = ("httpSample", "sample")
_BLOCK = 1 << 20
_GATHER = 100_000


def recognize(head: bytes) -> bool:
    """Tell whether the root of the document is testResults."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and b"<testResults" in head


def read(path: Path) -> Recording:
    """Read a file into a recording; raises InputError with the line of a fault."""
    samples = _Samples(SecondsTally(str(path)))
    parser = expat.ParserCreate()
    parser.StartElementHandler = samples.start
    parser.EndElementHandler = samples.end
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        with opened(path) as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        place = Place(str(path), error.lineno, error.offset)
        raise InputError(f"not well-formed XML: {expat.ErrorString(error.code)}", place) from error
    except _Refused as error:
        raise InputError(f"{path}: it declares a document type or entities, which a JTL never does") from error
    except (KeyError, ValueError) as error:
        raise InputError(
            f"a sample without or with a wrong {error}", Place(str(path), parser.CurrentLineNumber)
        ) from error
    except LookupError as error:
        raise InputError(f"{path}: its encoding is none that is known: {error}") from error
    samples.flush()
    return samples.tally.recording(("JMeter JTL in XML",))


class _Refused(Exception):
    """The document declares what it must not."""


def _refuse(*_: Any) -> None:
    raise _Refused


class _Samples:
    """Gathers the outermost samples of a document and hands them on in blocks."""

    def __init__(self, tally: SecondsTally) -> None:
        self.tally = tally
        self._depth = 0
        self._rows: list[tuple[int, int, bool, float]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take a sample that stands in no other."""
        if name not in _SAMPLES:
            return
        self._depth += 1
        if self._depth > 1:
            return
        elapsed, stamp = int(attributes["t"]), int(attributes["ts"])
        failed = attributes.get("s", "true").lower() == "false"
        self._rows.append(((stamp + elapsed) // 1000, elapsed, failed, float(attributes.get("na", 0))))
        if len(self._rows) >= _GATHER:
            self.flush()

    def end(self, name: str) -> None:
        """Leave a sample."""
        if name in _SAMPLES:
            self._depth -= 1

    def flush(self) -> None:
        """Hand on what was gathered."""
        if not self._rows:
            return
        second, elapsed, failed, users = (np.array(column) for column in zip(*self._rows, strict=True))
        self.tally.add_requests(second, elapsed / 1000.0)
        self.tally.add_failures(second[failed])
        self.tally.add_users(second, users)
        self._rows = []
