"""How is a runway shown? One row per resource, sorted by the date to act by; what is left out, by reason; remarks."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from plimsoll.domain.limit import LimitType
from plimsoll.domain.quantity import format_duration, format_quantity, some_of
from plimsoll.domain.runway import Excluded, FirstToRunOut, Runway, RunwayRow, RunwayState, TrackRecord
from plimsoll.render.table import Table

_COLUMNS = ("RESOURCE", "NOW", "LIMIT", "EARLY", "BREACH", "LATE", "LEAD", "ACT BY", "GRADE", "WHY")
_STATES = {
    RunwayState.SELF_LIMITING: "self-limiting",
    RunwayState.CANNOT_TELL: "cannot tell",
    RunwayState.STALE: "stale",
    RunwayState.ERROR: "error",
}
_NAMES_SHOWN = 4


def tables(document: Runway) -> tuple[Table, ...]:
    """The rows, the series without a row, and the remarks; each row with its source if there are several."""
    several = len({row.source for row in document.rows}) > 1
    rows = tuple((*_cells(row, document), *((row.source,) if several else ())) for row in document.rows)
    first = tuple(_first(item, several) for item in _firsts(document))
    record = (record_line(document.track_record),) if document.track_record and _speaks(document.track_record) else ()
    dates = "early, breach, late: 10, 50 and 90 % of simulated futures reach the limit by then"
    as_of = f"as of {document.as_of:%Y-%m-%d %H:%MZ}; {dates}"
    columns = (*_COLUMNS, "SOURCE") if several else _COLUMNS
    main = Table(
        columns, rows, numeric=frozenset({"NOW", "LIMIT", "LEAD"}), notes=(as_of, *first, *record, *document.notes)
    )
    return (main, *_left_out(document.excluded))


def record_line(record: TrackRecord) -> str:
    """One line on the accuracy of past predictions."""
    parts = [f"track record: {record.scored} scored, {record.pending} pending"]
    for name in ("precision", "recall", "coverage"):
        value = getattr(record, name)
        if value is not None:
            parts.append(f"{name} {value:.0%}")
    return "; ".join(parts)


def limit_text(row: RunwayRow) -> str:
    """The limit of a row in words."""
    if row.limit is None:
        return "-"
    shown = format_quantity(row.limit.value, row.unit)
    return f"{shown} soft" if row.limit.type is LimitType.SOFT else shown


def breach_texts(row: RunwayRow, document_horizon_s: float) -> tuple[str, str, str]:
    """Early, breach and late of a row in words."""
    if row.state is RunwayState.BREACHED and row.breach is not None:
        return "", f"since {_date(row.breach.p50)}", ""
    if row.state is RunwayState.NONE_WITHIN_HORIZON:
        return "", f"none within {format_duration(document_horizon_s)}", ""
    if row.breach is None:
        return "", _STATES.get(row.state, ""), ""
    past = f"> {format_duration(document_horizon_s)}"
    return _date(row.breach.early, past), _date(row.breach.p50, past), _date(row.breach.late, past)


def _cells(row: RunwayRow, document: Runway) -> tuple[str, ...]:
    early, breach, late = breach_texts(row, row.horizon_s or document.horizon_s)
    return (
        row.resource,
        "-" if row.now is None else format_quantity(row.now, row.unit),
        limit_text(row),
        early,
        breach,
        late,
        "-" if row.lead_time_s is None else format_duration(row.lead_time_s),
        _act_by(row, document.as_of),
        row.grade.value if row.grade else "-",
        row.why,
    )


def _act_by(row: RunwayRow, as_of: datetime) -> str:
    if row.act_by is None:
        return ""
    return "now" if row.act_by <= as_of else _date(row.act_by)


def _date(moment: datetime | None, missing: str = "") -> str:
    return missing if moment is None else f"{moment:%Y-%m-%d}"


def _first(item: FirstToRunOut, several: bool) -> str:
    where = f"{item.component}{f' of {item.source}' if several else ''}"
    found = f"first to run out of {where}: {item.resource} on {_date(item.p50)}"
    return found + (f"; not known for {some_of(item.unknown, _NAMES_SHOWN)}" if item.unknown else "")


def _firsts(document: Runway) -> tuple[FirstToRunOut, ...]:
    resources: dict[tuple[str, str], int] = defaultdict(int)
    for row in document.rows:
        resources[row.source, row.component] += 1
    return tuple(item for item in document.first_to_run_out if resources[item.source, item.component] > 1)


def _speaks(record: TrackRecord) -> bool:
    return bool(record.scored or record.pending)


def _left_out(excluded: tuple[Excluded, ...]) -> tuple[Table, ...]:
    if not excluded:
        return ()
    by_reason: dict[str, list[Excluded]] = defaultdict(list)
    for item in excluded:
        by_reason[item.reason].append(item)
    rows = []
    for reason, items in sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        rows.append(
            (str(sum(item.series for item in items)), some_of([item.resource for item in items], _NAMES_SHOWN), reason)
        )
    return (Table(("SERIES", "LEFT OUT", "REASON"), tuple(rows), title="Left out", numeric=frozenset({"SERIES"})),)
