"""How is the catalog of limits shown? One line per point, or everything about one point."""

from __future__ import annotations

from plimsoll.domain.limit import Direction
from plimsoll.domain.quantity import format_duration, format_quantity
from plimsoll.domain.saturation import Catalog, SaturationPoint
from plimsoll.render.table import Table

_COLUMNS = ("NAME", "GROUP", "WHAT", "SOFT", "HARD", "HORIZON", "LEAD", "EXPORTER")


def tables(document: Catalog) -> tuple[Table, ...]:
    """A line for each point."""
    rows = tuple(
        (
            point.name,
            point.group,
            point.title,
            _threshold(point, point.soft),
            _threshold(point, point.hard),
            format_duration(point.horizon_s),
            format_duration(point.lead_time_s),
            point.exporter,
        )
        for point in document.limits
    )
    notes = (f"{len(rows)} limits; `plimsoll catalog NAME` shows one whole",)
    return (Table(_COLUMNS, rows, numeric=frozenset({"SOFT", "HARD", "HORIZON", "LEAD"}), notes=notes),)


def whole(point: SaturationPoint) -> tuple[Table, ...]:
    """Everything about one point."""
    rows = [
        ("what", point.title),
        ("group", point.group),
        ("why it matters", point.why),
        ("self-limiting", "yes: full by design, named and not forecast" if point.self_limiting else "no"),
        ("soft, hard", f"{_threshold(point, point.soft)}, {_threshold(point, point.hard)}"),
        ("bad when", "high" if point.direction is Direction.HIGH_IS_BAD else "low"),
        ("horizon", format_duration(point.horizon_s)),
        ("lead time", f"{format_duration(point.lead_time_s)} ({point.lead_time_class})"),
        ("needs from you", point.needs),
        ("query", point.query),
        ("current", point.current),
        ("capacity", point.capacity),
        ("resource named by", ", ".join(point.labels)),
        ("exporter", point.exporter),
        ("remedies", "; ".join(point.remedies)),
        ("source", point.source),
    ]
    return (Table(("FIELD", "VALUE"), tuple(row for row in rows if row[1]), title=point.name),)


def _threshold(point: SaturationPoint, value: float | None) -> str:
    if value is None:
        return "-"
    shown = format_quantity(value, "" if point.unit == "count" else point.unit)
    return f"<= {shown}" if point.direction is Direction.LOW_IS_BAD else shown
