"""How is an application's JSON a source: which document is fetched, and which place in it is each signal?

A signal's query is the path of a document and a place in it (see `pointer`): `/metrics .histograms.request.p95`,
`/billing#/month_to_date`. Without a place, `/health` is read as a health document, by component. `up /health` is 1
where the path answers with success and 0 where it answers otherwise; `seconds /health` is how long the answer took. A
query that begins with a dot or `#` is a place in the document of the source's own address.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from plimsoll.adapters.sources.app_json.pointer import Found, NoNumber, find, health, leaves
from plimsoll.adapters.sources.live import Glance, Reading, harvest
from plimsoll.adapters.web_client import BUSY, Answer, WebClient
from plimsoll.domain.errors import SourceError, SourceMalformed, SourceRefused
from plimsoll.domain.ports import Check, CheckState, Signal
from plimsoll.domain.series import Gap, Harvest, Window
from plimsoll.domain.source_options import SourceOptions

MAX_DOCUMENT_BYTES = 32 << 20
_USUAL = ("/health", "/metrics", "/billing")


@dataclass(frozen=True)
class _Question:
    """What a query asks: `what` is value, up or seconds; of the document at `path`; at `place` in it."""

    what: str
    path: str
    place: str


@dataclass(frozen=True)
class _Page:
    """The answer of a path: its duration, whether it succeeded, and the document, or why there is none."""

    seconds: float
    well: bool
    document: Any
    fault: SourceError | None = None


class AppJson:
    """An application as a source; `now_ms` gives the time."""

    def __init__(self, address: str, options: SourceOptions, now_ms: Callable[[], int]) -> None:
        parts = urlsplit(address.removeprefix("app+"))
        self._own = urlunsplit(("", "", parts.path, parts.query, ""))
        self._web = WebClient(
            urlunsplit((parts.scheme, parts.netloc, "", "", "")), options, max_body_bytes=MAX_DOCUMENT_BYTES
        )
        self._now_ms = now_ms

    @property
    def name(self) -> str:
        """The application's address, without credentials and without a query string."""
        return f"app+{self._web.address}{urlsplit(self._own).path}"

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        """Read `signals` now, each document once.

        A document that fails, and a place without a number, is a Gap. Raises SourceError where no document came.
        """
        pages: dict[str, _Page] = {}
        readings: list[Reading] = []
        missing: dict[str, str] = {}
        with self._web:
            for signal in signals:
                try:
                    question = self._question(signal)
                    page = pages.setdefault(question.path, pages.get(question.path) or self._page(question.path))
                    readings += [_reading(signal, one) for one in self._answers(question, page)]
                except (NoNumber, SourceError) as error:
                    missing[signal.name] = f"{self.name}: {error}" if isinstance(error, NoNumber) else str(error)
        faults = [page.fault for page in pages.values()]
        if not readings and faults and all(faults):
            raise next(fault for fault in faults if fault)
        return self._harvest(Glance(tuple(readings)), missing, signals, window, step_s)

    def discover(self, window: Window) -> tuple[Signal, ...]:
        """List the numbers in the application's documents; raises SourceError where there is no document."""
        found: list[Signal] = []
        faults: list[SourceError] = []
        with self._web:
            for path in self._paths():
                page = self._page(path)
                if page.fault is not None:
                    faults.append(page.fault)
                    continue
                found += [Signal(_name(path, place), f"{path}#{place}") for place in leaves(page.document) if place]
        if faults and not found:
            raise faults[0]
        return tuple(found)

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        """Check each document: whether it comes, how fast, what it holds, and how healthy it says it is."""
        with self._web:
            pages = {path: self._page(path) for path in self._paths()}
        checks = [check for path, page in pages.items() for check in _document_checks(path, page)]
        usable = any(page.fault is None for page in pages.values())
        if usable:
            reached = Check("reachable", CheckState.OK, self.name)
        else:
            remedy = "check address and path; app+http://HOST:PORT/PATH names one document"
            reached = Check("reachable", CheckState.FAILED, _first_fault(pages.values()), remedy)
        history = Check("history", CheckState.WARNING, "keeps none", "let 'plimsoll collect' gather it")
        return (reached, *checks, history) if usable else (reached,)

    def _paths(self) -> tuple[str, ...]:
        return (self._own,) if self._own not in ("", "/") else _USUAL

    def _question(self, signal: Signal) -> _Question:
        query = (signal.query or signal.name).strip()
        word, _, rest = query.partition(" ")
        what = word if word in ("up", "seconds") and rest.strip().startswith("/") else "value"
        text = rest.strip() if what != "value" else query
        if not text.startswith(("/", ".", "#")):
            raise NoNumber(f"{query[:60]!r} names no place; write '/metrics .path.to.number' or '/metrics#/pointer'")
        path, place = _split(text)
        if any(char.isspace() or not char.isprintable() for char in path):
            raise NoNumber("a path holds no spaces")
        return _Question(what, path or self._own or "/", place)

    def _answers(self, question: _Question, page: _Page) -> Sequence[Found]:
        if question.what == "up":
            return [Found(float(page.well), {})]
        if page.fault is not None:
            raise page.fault
        if question.what == "seconds":
            return [Found(page.seconds, {}, "seconds")]
        if not question.place and question.path.rstrip("/").endswith("health"):
            return health(page.document)
        return find(page.document, question.place)

    def _page(self, path: str) -> _Page:
        begin = time.monotonic()
        try:
            answer = self._web.fetch(path, _is_worth_a_retry)
            took = time.monotonic() - begin
            well = answer.status < 300
            return _Page(took, well, _document(self.name, path.partition("?")[0], answer, self._web.clean))
        except SourceError as fault:
            return _Page(time.monotonic() - begin, False, None, fault)

    def _harvest(
        self, glance: Glance, missing: dict[str, str], signals: Sequence[Signal], window: Window, step_s: float
    ) -> Harvest:
        plain = [Signal(signal.name, signal.name, signal.unit, signal.kind) for signal in signals]
        whole = harvest(self.name, glance, plain, window, step_s, self._now_ms())
        gaps = tuple(Gap(gap.id, gap.window, missing.get(gap.id.name, gap.reason)) for gap in whole.gaps)
        return Harvest(self.name, whole.series, gaps, whole.notes)


def _split(text: str) -> tuple[str, str]:
    """Split a query into the path of a document and the place in it."""
    for mark in ("#", " "):
        path, found, place = text.partition(mark)
        if found:
            return path.strip(), place.strip()
    return ("", text) if text.startswith(".") else (text, "")


def _document(source: str, path: str, answer: Answer, clean: Callable[[str], str]) -> Any:
    if answer.status in (401, 403):
        remedy = "say who you are with --bearer, --user or -H"
        raise SourceRefused(source, f"{path} answered {answer.status}; {remedy}")
    try:
        return json.loads(answer.body, parse_constant=float)
    except (ValueError, RecursionError) as error:
        what = clean(answer.content_type) or "no content type"
        raise SourceMalformed(source, f"{path} answered {answer.status} with {what}, no JSON") from error


def _is_worth_a_retry(answer: Answer) -> bool:
    """Whether to retry; a 503 with JSON is the valid answer of a health endpoint that reports something down."""
    return answer.status in BUSY and not (answer.status == 503 and "json" in answer.content_type)


def _reading(signal: Signal, found: Found) -> Reading:
    return Reading(signal.name, found.value, found.labels, signal.kind, signal.unit or found.unit)


def _name(path: str, place: str) -> str:
    words = "_".join(part for part in (*path.split("?", maxsplit=1)[0].split("/"), *place.split("/")) if part)
    return "".join(char if char.isalnum() else "_" for char in words)


def _document_checks(path: str, page: _Page) -> Iterator[Check]:
    if page.fault is not None:
        yield Check(path, CheckState.UNKNOWN, page.fault.message)
        return
    count = sum(1 for _ in leaves(page.document))
    state = CheckState.OK if page.well and count else CheckState.WARNING
    yield Check(path, state, f"{count} numbers in {page.seconds * 1000:.0f} ms", "" if count else "it tells no number")
    if path.rstrip("/").endswith("health"):
        yield _health_check(page.document)


def _health_check(document: Any) -> Check:
    try:
        found = health(document)
    except NoNumber as error:
        return Check("health", CheckState.UNKNOWN, str(error), "a health document has a status, and components")
    ill = [one.labels.get("component", "the whole") for one in found if one.value < 1]
    if ill:
        return Check("health", CheckState.WARNING, f"not well: {', '.join(ill)[:200]}", "see the application's own log")
    return Check("health", CheckState.OK, f"all of {len(found)} well")


def _first_fault(pages: Iterable[_Page]) -> str:
    return next(page.fault.message for page in pages if page.fault is not None)
