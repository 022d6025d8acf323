"""How is a diagnosis shown? The checks, then the limits that can be measured, then those that lack something."""

from __future__ import annotations

from plimsoll.domain.diagnosis import Diagnosis, MeasurableLimit
from plimsoll.domain.quantity import some_of
from plimsoll.render.table import Table

_MOST_MISSING = 3


def tables(document: Diagnosis) -> tuple[Table, ...]:
    """The checks come first; below them, whether the source is usable."""
    rows = tuple((check.name, check.state.value, check.seen, check.remedy) for check in document.checks)
    verdict = "usable" if document.usable else "not usable"
    checks = Table(("CHECK", "STATE", "SEEN", "REMEDY"), rows, title=document.source, notes=(verdict,))
    found = tuple((limit.name, limit.title) for limit in document.limits if limit.matched)
    lacking = tuple(
        (limit.name, limit.title, _missing(limit), limit.exporter) for limit in document.limits if not limit.matched
    )
    parts = [checks]
    if found:
        parts.append(Table(("LIMIT", "WHAT"), found, title="Limits it can measure"))
    if lacking:
        parts.append(Table(("LIMIT", "WHAT", "MISSING", "EXPORTER"), lacking, title="Limits it cannot measure"))
    return tuple(parts)


def _missing(limit: MeasurableLimit) -> str:
    return some_of(limit.missing, _MOST_MISSING)
