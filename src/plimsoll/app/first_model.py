"""What would a first model of a source look like? A commented model file, which `plimsoll init` writes.

It names the source and the series found, with what was seen of each, and leaves to a person what no metric contains:
demand, capacity, SLO, start-up time. Nothing is guessed; what remains to be filled in is a comment.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from urllib.parse import urlsplit

import numpy as np

from plimsoll.app.model.loading import model_from_text
from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.ports import Signal, Source
from plimsoll.domain.series import Harvest, MetricKind, Series, Window, as_datetime

MAX_SIGNALS = 500
MAX_READ = 40
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
_OF_EXPORTERS = ("go_", "net_conntrack_dialer_", "promhttp_", "prometheus_", "python_gc_", "scrape_")
_WRITABLE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]{1,4000}")  # what a query may contain
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})

_HINTS = """\
    # What no metric tells, for you to fill in (`plimsoll schema -o md` has every field):
    # demand: {unit: requests, per: 1s}      # the work it is offered
    # capacity: {per_replica: 100}           # what one replica carries; measure it: plimsoll limits
    # slo: {utilization: 80%, p99: 250ms}    # what must hold
    # startup: 120s                          # from the decision until a new replica serves
    # policies:
    #   - {name: hpa70, hpa: {cpu: 70%}}     # to be tried on history: plimsoll replay --compare hpa70"""


def first_model(text: str, source: Source, window: Window, step_s: float) -> str:
    """Write the model of what `source`, opened from `text`, offers over `window`; the result is valid.

    A file is named as in `text`, a path relative to the model's future place. A store cannot be a source of a model:
    its signals then name no source, and are read by naming the store on the command line beside the model.

    Raises NothingToAnswer where the source offers nothing, SourceError where it cannot be read.
    """
    found = sorted({signal.name: signal for signal in source.discover(window)}.values(), key=_about_itself)
    if not any(_WRITABLE.fullmatch(signal.query or signal.name) for signal in found):
        raise NothingToAnswer(f"{source.name}: no series in this window, so there is nothing to write a model of")
    harvest = source.read(found[:MAX_READ], window, step_s)
    sources = [] if _is_store(text) else ["sources:", "  - name: main", *(f"    {line}" for line in _address(text)), ""]
    lines = [*_head(text, source), *sources, *_signals(found, harvest, named=bool(sources)), *_components(text)]
    result = "\n".join(lines) + "\n"
    model_from_text(result, "the model written")
    return result


def _about_itself(signal: Signal) -> bool:
    """Whether a series describes the exporting program itself rather than its work; such series come last."""
    return signal.name.startswith(_OF_EXPORTERS)


def _head(text: str, source: Source) -> Iterator[str]:
    yield f"# What Plimsoll found in {_one_line(source.name)}."
    yield "# Check it with `plimsoll validate`, see it as understood with `plimsoll show`."
    yield "apiVersion: plimsoll/v1"
    yield "kind: System"
    yield "metadata:"
    yield f"  name: {_word(_system_name(text))}"
    yield "  # owner: the team that answers for it"
    yield ""


def _is_store(text: str) -> bool:
    return text.split(":", 1)[0].lower() == "store"


def _address(text: str) -> Iterator[str]:
    scheme = text.split(":", 1)[0].lower()
    kinds = {"http": "prometheus", "https": "prometheus", "app+http": "app_json", "app+https": "app_json"}
    if scheme in kinds:
        yield f"kind: {kinds[scheme]}"
        yield f"url: {_word(text.removeprefix('app+'))}"
        yield "# token: env:PROMETHEUS_TOKEN         # secrets by reference only"
    elif scheme in ("postgresql", "postgres"):
        yield "kind: postgres"
        yield "dsn: env:DATABASE_URL                 # put the address there: secrets by reference only"
    elif text == "host":
        yield "kind: host"
    else:
        yield f"kind: {'parquet' if text.endswith('.parquet') else 'csv'}"
        yield f"file: {_word(text)}"


def _signals(found: Sequence[Signal], harvest: Harvest, *, named: bool) -> Iterator[str]:
    by_name: dict[str, list[Series]] = {}
    for series in harvest.series:
        by_name.setdefault(series.id.name, []).append(series)
    gaps = {gap.id.name: gap.reason for gap in harvest.gaps}
    yield "signals:"
    for signal in found[:MAX_SIGNALS]:
        if not _WRITABLE.fullmatch(signal.query or signal.name):
            yield f"  # {_one_line(signal.name)[:60]}: left out, a model has no room for such a name"
            continue
        yield f"  # {_remark(by_name.get(signal.name, []), gaps.get(signal.name, ''))}"
        name = _one_line(signal.name)[:128]
        query = signal.query or (signal.name if name != signal.name else "")
        parts = [f"name: {_word(name)}", *(["source: main"] if named else [])]
        if signal.kind is not MetricKind.UNKNOWN:
            parts.append(f"kind: {signal.kind.value}")
        if query:
            parts.append(f"query: {_word(query)}")
        if signal.unit:
            parts.append(f"unit: {_word(signal.unit)}")
        yield f"  - {{{', '.join(parts)}}}"
    if len(found) > MAX_SIGNALS:
        yield f"  # and {len(found) - MAX_SIGNALS} more that are left out here"
    yield ""


def _remark(series: Sequence[Series], reason: str) -> str:
    samples = sum(len(item) for item in series)
    if not samples:
        return _one_line(reason) or "not looked at yet"
    values = np.concatenate([item.values for item in series])
    known = values[np.isfinite(values)]
    first = as_datetime(min(int(item.times_ms[0]) for item in series if len(item)))
    last = as_datetime(max(int(item.times_ms[-1]) for item in series if len(item)))
    spread = f", {_number(known.min())} to {_number(known.max())}" if known.size else ", none of them a number"
    return f"{len(series)} series, {samples} samples, {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}{spread}"


def _components(text: str) -> Iterator[str]:
    yield "components:"
    yield f"  - name: {_word(_system_name(text))}"
    yield _HINTS


def _system_name(text: str) -> str:
    scheme = text.split(":", 1)[0].lower()
    if "://" in text:
        return urlsplit(text).hostname or scheme
    if _is_store(text):
        return PurePath(text.partition(":")[2]).stem or "store"
    return PurePath(text).stem or "system"


def _word(text: str) -> str:
    """Write text as a YAML scalar, in quotes unless it can only be read as text."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED else json.dumps(text, ensure_ascii=True)


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:200]


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "?"
