"""Which column of a table is the time, which hold values, and which are labels of series?

There are two shapes. Long: one column of values (`value`, `y`) beside the time; every other column is a label, and one
of them may name the series. Wide: each column of numbers is a series of its own name; columns of text are labels. A
table is also wide if no column beside its `value` could be a label (`timestamp,usage,limit`: numbers, without a label's
name).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plimsoll.domain.errors import InputError, Place

TIME_NAMES = ("timestamp", "time", "ds", "datetime", "date", "ts", "time_ms", "time_s", "start", "period")
VALUE_NAMES = ("value", "y", "val", "usage")
NAME_NAMES = ("series", "metric", "name", "unique_id", "resource", "__name__", "id")
_LABELS = (
    "instance host hostname node pod job service component core device mount mountpoint path region zone namespace "
    "container cluster app interface database port pid shard partition replica rack"
)
LABEL_NAMES = frozenset(_LABELS.split())


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table by their role; `name`, `unit` and `kind` are None where no column has that role."""

    time: str
    values: tuple[str, ...]
    labels: tuple[str, ...] = ()
    name: str | None = None
    unit: str | None = None
    kind: str | None = None

    @property
    def is_long(self) -> bool:
        """Whether one column holds the values of all series."""
        return len(self.values) == 1 and self.values[0].strip().lower() in VALUE_NAMES

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that distinguish series."""
        extra = (self.name, self.unit, self.kind)
        return (*self.labels, *(column for column in extra if column is not None))


def layout_of(file: str, columns: Sequence[str], numeric: Mapping[str, bool]) -> Layout:
    """Assign each column its role; `numeric` says which columns hold numbers (a column without any value is not in it).

    Raises InputError where there is no time or no value column, or two columns of one name.
    """
    check_names(file, columns)
    time = _first_of(columns, TIME_NAMES) or columns[0]
    rest = [column for column in columns if column != time]
    value = _first_of(rest, VALUE_NAMES)
    name = _first_of(rest, NAME_NAMES)
    if value is not None and (name is not None or not _are_series(rest, value, numeric)):
        if not numeric.get(value, True):
            raise InputError("holds no numbers", Place(file=file, line=2, field=value))
        unit, kind = _first_of(rest, ("unit",)), _first_of(rest, ("kind", "type"))
        labels = tuple(c for c in rest if c not in (value, name, unit, kind))
        return Layout(time, (value,), labels, name, unit, kind)
    name = name if name is not None and not numeric.get(name, False) else None
    known = LABEL_NAMES | _labels_of_sysstat(rest)
    is_lone = len(rest) == 1  # and tells no things apart
    values = tuple(c for c in rest if numeric.get(c, False) and (is_lone or c.strip().lower() not in known))
    if not values:
        wanted = "names stand in one line, and below it times and numbers"
        raise InputError(f"has no column of numbers beside the time column {time!r}: {wanted}", Place(file, 1))
    labels = tuple(c for c in rest if c not in values and c in numeric and c != name)
    return Layout(time, values, labels, name)


def _labels_of_sysstat(columns: Sequence[str]) -> frozenset[str]:
    """Name the labels of sysstat's table of processors, where `CPU` is the number of one; elsewhere it is its use."""
    lowered = {column.strip().lower() for column in columns}
    return frozenset({"cpu"}) if {"%idle", "cpu"} <= lowered else frozenset()


def _are_series(rest: Sequence[str], value: str, numeric: Mapping[str, bool]) -> bool:
    """Whether the columns beside a column of values are numbers of their own, and none is a label."""
    others = [column for column in rest if column != value]
    return bool(others) and all(
        numeric.get(column, False) and not _is_label(column.strip().lower()) for column in others
    )


def _is_label(name: str) -> bool:
    return name in LABEL_NAMES or name.endswith(("_id", "uid"))


def check_names(file: str, columns: Sequence[str]) -> None:
    """Raise InputError where two columns have one name."""
    seen: dict[str, int] = {}
    for number, column in enumerate(columns, start=1):
        if column in seen:
            message = f"columns {seen[column]} and {number} have the same name {column[:60]!r}"
            raise InputError(message, Place(file=file, line=1, column=number))
        seen[column] = number


def _first_of(columns: Sequence[str], names: Sequence[str]) -> str | None:
    lowered = {column.strip().lower(): column for column in reversed(columns)}
    return next((lowered[name] for name in names if name in lowered), None)
