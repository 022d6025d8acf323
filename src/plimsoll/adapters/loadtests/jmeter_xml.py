"""JMeter, a JTL file in XML: `<testResults>` with one `<httpSample>` or `<sample>` each, times in ms.

Format: https://jmeter.apache.org/usermanual/listeners.html#xmlformat2.1 (t elapsed, ts time stamp, s success, na all
threads, sc samples summed up in it, hn host, tn thread). Read as a stream by expat. A document type is refused
outright, because its entities can be made to exhaust memory. Nested samples (redirects, parts of a page) belong to the
outer sample and are not counted again, unless that is of a transaction controller: then they are the requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np

from plimsoll.adapters.loadtests.content import opened
from plimsoll.adapters.loadtests.jmeter_samples import NO_MESSAGES, SUMMED_UP, TRANSACTION, Samples, SamplesTally
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.load_test import Recording

_SAMPLES = ("httpSample", "sample")
_SUCCESS = {"true": True, "false": False}
_BLOCK = 1 << 20
_GATHER = 100_000


def recognize(head: bytes) -> bool:
    """Whether the root of the document is testResults."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and b"<testResults" in head


def read(path: Path) -> Recording:
    """Read a file into a recording; raises InputError with the line of a fault."""
    samples = _Elements(SamplesTally(str(path)))
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
    except _SummedUp as error:
        raise InputError(SUMMED_UP, Place(str(path), parser.CurrentLineNumber)) from error
    except (KeyError, ValueError) as error:
        raise InputError(
            f"a sample without or with a wrong {error}", Place(str(path), parser.CurrentLineNumber)
        ) from error
    except LookupError as error:
        raise InputError(f"{path}: its encoding is none that is known: {error}") from error
    samples.flush()
    return samples.tally.recording(("JMeter JTL in XML", *(() if samples.messages_seen else (NO_MESSAGES,))))


class _SummedUp(Exception):
    """A sample summarizes several."""


class _Refused(Exception):
    """The document declares a document type or an entity."""


def _refuse(*_: Any) -> None:
    raise _Refused


@dataclass(frozen=True)
class _Sample:
    begun_ms: int
    elapsed_ms: int
    failed: bool
    users: float
    message: str
    host: str
    thread: str


class _Elements:
    """Gathers the requests of a document, and transactions without any inside, and passes them on in blocks."""

    def __init__(self, tally: SamplesTally) -> None:
        self.tally = tally
        self.messages_seen = False
        self._inside_request = 0
        self._open: list[_Sample] = []  # open transactions, the innermost last
        self._full = 0  # how many of them, counted from the outermost, contain a request
        self._requests: list[_Sample] = []
        self._transactions: list[_Sample] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a sample that is not inside another request."""
        if name not in _SAMPLES:
            return
        if self._inside_request:
            self._inside_request += 1
            return
        if int(attributes.get("sc", 1)) > 1:
            raise _SummedUp
        sample = _sample(attributes)
        self.messages_seen = self.messages_seen or "rm" in attributes
        if sample.message.startswith(TRANSACTION):
            self._open.append(sample)
            return
        self._inside_request, self._full = 1, len(self._open)
        self._requests.append(sample)
        if len(self._requests) >= _GATHER:
            self.flush()

    def end(self, name: str) -> None:
        """End a sample."""
        if name not in _SAMPLES:
            return
        if self._inside_request:
            self._inside_request -= 1
            return
        transaction = self._open.pop()
        if self._full <= len(self._open):
            self._transactions.append(transaction)
        self._full = len(self._open)

    def flush(self) -> None:
        """Pass on the gathered block."""
        if self._requests:
            self.tally.add_requests(_columns(self._requests))
        if self._transactions:
            self.tally.add_transactions(
                _columns(self._transactions), [transaction.message for transaction in self._transactions]
            )
        self._requests, self._transactions = [], []


def _sample(attributes: dict[str, str]) -> _Sample:
    return _Sample(
        begun_ms=int(attributes["ts"]),
        elapsed_ms=int(attributes["t"]),
        failed=not _SUCCESS[attributes["s"].lower()],
        users=float(attributes.get("na", 0)),
        message=attributes.get("rm", ""),
        host=attributes.get("hn", ""),
        thread=attributes.get("tn", ""),
    )


def _columns(rows: list[_Sample]) -> Samples:
    return Samples(
        begun_ms=np.array([row.begun_ms for row in rows]),
        elapsed_ms=np.array([row.elapsed_ms for row in rows]),
        failed=np.array([row.failed for row in rows]),
        users=np.array([row.users for row in rows]),
        hosts=frozenset(row.host for row in rows if row.host),
        threads=frozenset(row.thread for row in rows),
    )
