"""How do a collection and the state of the store look as tables?"""

from __future__ import annotations

from datetime import datetime

from plimsoll.domain.quantity import counted, format_bytes
from plimsoll.domain.stored import Collected, Collection, StoreStatus
from plimsoll.render.table import Table

_SHOWN = 20


def collection_tables(document: Collection) -> tuple[Table, ...]:
    """One line for each source; notes below."""
    rows = tuple(
        (
            line.source,
            str(line.signals),
            str(line.series),
            str(line.samples),
            _moment(line.first),
            _moment(line.last),
            line.error or _unread(line) or "ok",
        )
        for line in document.sources
    )
    columns = ("SOURCE", "SIGNALS", "SERIES", "SAMPLES", "FIRST", "LAST", "STATE")
    notes = tuple(note for line in document.sources for note in line.notes)
    title = f"{document.store}: {counted(document.samples, 'sample')} in {counted(document.rounds, 'round')}"
    return (Table(columns, rows, title, frozenset(columns[1:4]), notes),)


def _unread(line: Collected) -> str:
    """Say how many signals of a source left a gap, and why the first did."""
    if not line.unread:
        return ""
    name, reason = next(iter(line.unread.items()))
    return f"{len(line.unread)} of {counted(line.signals, 'signal')} unread; {name}: {reason}"


def status_tables(document: StoreStatus) -> tuple[Table, ...]:
    """The store as a whole, its series, its gaps, and what is damaged."""
    return (_whole(document), _series(document), *_gaps(document))


def _whole(document: StoreStatus) -> Table:
    per_sample = "-" if document.bytes_per_sample is None else f"{document.bytes_per_sample:.2f}"
    row = (
        str(len(document.series)),
        str(document.samples),
        format_bytes(document.size_bytes),
        per_sample,
        str(document.days),
        str(document.files),
        _moment(document.first),
        _moment(document.last),
        str(len(document.gaps)),
    )
    columns = ("SERIES", "SAMPLES", "SIZE", "BYTES/SAMPLE", "DAYS", "FILES", "FIRST", "LAST", "GAPS")
    notes = [f"damaged: {wrong}" for wrong in document.damaged]
    if document.samples_after_as_of:
        notes.append(f"{document.samples_after_as_of} samples lie after {_moment(document.as_of)}: a clock is wrong")
    return Table((columns), (row,), document.store, frozenset({*columns[:6], "GAPS"}), tuple(notes))


def _series(document: StoreStatus) -> Table:
    rows = tuple(
        (line.series, line.source, line.unit, str(line.samples), _moment(line.first), _moment(line.last))
        for line in document.series[:_SHOWN]
    )
    hidden = len(document.series) - len(rows)
    notes = (f"and {hidden} more; -o json lists all",) if hidden else ()
    columns = ("SERIES", "SOURCE", "UNIT", "SAMPLES", "FIRST", "LAST")
    return Table(columns, rows, "Series", frozenset({"SAMPLES"}), notes)


def _gaps(document: StoreStatus) -> tuple[Table, ...]:
    if not document.gaps:
        return ()
    rows = tuple((line.series, _moment(line.start), _moment(line.end), line.reason) for line in document.gaps[-_SHOWN:])
    hidden = len(document.gaps) - len(rows)
    notes = (f"and {hidden} more; -o json lists all",) if hidden else ()
    return (Table(("SERIES", "FROM", "TO", "REASON"), rows, "Gaps", notes=notes),)


def _moment(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}Z"
