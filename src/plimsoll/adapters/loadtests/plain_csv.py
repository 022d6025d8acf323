"""A plain CSV, a row a step, with a word for each column: `--columns load=users,throughput=rps,p95=latency_ms`.

A unit stands at the end of the column's name (`_ms`, `_s`, `_percent`, `_ratio`, `_mb`) or after it in `--columns`
(`latency=L:ms`, `cpu=C:%`, `network=N:MB/s`, `throughput=T:/min`). Where neither says, latencies with a median above 10
are taken as milliseconds and resources above 1.5 as percent, and the output says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.errors import InputError, Place, QuantityError, UsageError
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.objective import objective
from plimsoll.domain.quantity import Dimension, quantity

Column = NDArray[np.float64]

_TIMES = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "seconds": 1.0, "sec": 1.0}
_RATIOS = {"%": 0.01, "percent": 0.01, "pct": 0.01, "ratio": 1.0}
_BYTES = {"bytes": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30}
_USUALLY_RATIOS = ("cpu", "memory", "disk", "network", "utilization")
_ARRIVALS = ("rps", "qps", "request_rate", "requests_per_second", "arrival_rate", "arrivals")
_COUNTS = {"count": 1.0, "cores": 1.0}
_EXAMPLES = {
    "latency": "ms, s",
    "duration": "s",
    "errors": "%, ratio",
    "load": "/s, /min",
    "throughput": "/s, /min",
    "resource": "%, MB, MB/s, count",
}
_GUESS_MS_ABOVE_S = 10.0
_GUESS_PERCENT_ABOVE = 1.5


@dataclass(frozen=True)
class _Named:
    """One word of `--columns`: the column it stands for and its unit, empty where nobody says."""

    role: str
    column: str
    unit: str


def column_words(text: str, option: str = "--columns", needs: str = "load") -> tuple[tuple[str, str], ...]:
    """Read `load=N,throughput=X` into pairs; raises UsageError for what has another form or lacks what it `needs`."""
    pairs = []
    for part in text.split(","):
        role, equals, column = part.partition("=")
        if not equals or not role.strip() or not column.strip():
            raise UsageError(f"{option} {part.strip()!r}: write WORD=COLUMN, for example load=users,throughput=rps")
        pairs.append((role.strip().lower(), column.strip()))
    if needs and needs not in dict(pairs):
        raise UsageError(f"{option} needs {needs}=COLUMN")
    return tuple(pairs)


def read_steps(text: str, source: str, words: tuple[tuple[str, str], ...]) -> Steps:
    """Read a file into steps; raises InputError with line and column of a fault."""
    table = _table(text, source)
    notes: list[str] = []
    named = [_named(role, column, table, source) for role, column in words]
    columns = {one.role: _in_base_units(one, table.column(one.column), source, notes) for one in named}
    load = columns.pop("load")
    order = np.argsort(load, kind="stable")
    return _steps(named, load, columns, order, source, tuple(notes))


@dataclass(frozen=True, eq=False)
class NamedColumns:
    """Columns by their words in base units, the unit of those that tell bytes or bytes a second, what was assumed."""

    values: Mapping[str, Column]
    units: Mapping[str, str]
    notes: tuple[str, ...]


def read_columns(text: str, source: str, words: tuple[tuple[str, str], ...]) -> NamedColumns:
    """Read columns by their words, in base units where the name or the word tells one."""
    table = _table(text, source)
    notes: list[str] = []
    named = [_named(role, column, table, source) for role, column in words]
    values = {one.role: _scaled(one, table.column(one.column), notes) for one in named}
    units = {one.role: unit for one in named if (unit := _resource_unit(one)).startswith("bytes")}
    return NamedColumns(values, units, tuple(notes))


def _scaled(one: _Named, values: Column, notes: list[str]) -> Column:
    if _is_latency(one.role):
        return values * _latency_scale(one, values, notes)
    return values * (_resource_scale(one.unit) or _rate_scale(one.unit, Dimension.PER_SECOND) or 1.0)


def guessed_words(text: str, source: str) -> tuple[tuple[str, str], ...]:
    """Take columns that are called what they are (load, throughput, ...) where nobody named any."""
    names = list(_table(text, source).header)
    known = [
        (name.lower(), name)
        for name in names
        if name.lower() in ("load", "throughput", "latency", "errors", "cpu", "memory")
    ]
    if "load" not in dict(known):
        raise InputError(
            f"{source}: name its columns with --columns load=COLUMN,throughput=COLUMN; it has {_listed(names)}"
        )
    return tuple(known)


def _listed(names: Sequence[str]) -> str:
    """Name the first columns, each as long as a name may be in a line for a person."""
    return ", ".join(name[:40] for name in names[:12])


def _steps(
    named: list[_Named],
    load: Column,
    columns: Mapping[str, Column],
    order: NDArray[np.int64],
    source: str,
    notes: tuple[str, ...],
) -> Steps:
    kinds = {role: _kind(role) for role in columns}
    units = {one.role: _resource_unit(one) for one in named if kinds.get(one.role) == "resource"}
    load_column = next(one.column for one in named if one.role == "load")
    rated = any(one.role == "load" and _rate_scale(one.unit, Dimension.PER_SECOND) is not None for one in named)
    arrivals = rated or load_column.lower() in _ARRIVALS or load_column.lower().endswith(("_rps", "_qps"))
    return Steps(
        load=load[order],
        load_unit=LoadUnit.ARRIVALS_PER_S if arrivals else LoadUnit.USERS,
        throughput=columns["throughput"][order] if "throughput" in columns else None,
        latency_s={role: column[order] for role, column in columns.items() if kinds[role] == "latency"},
        error_ratio=columns["errors"][order] if "errors" in columns else None,
        resources={role: column[order] for role, column in columns.items() if kinds[role] == "resource"},
        resource_units=units,
        duration_s=columns["duration"][order] if "duration" in columns else None,
        source=source,
        notes=notes,
    )


def _kind(role: str) -> str:
    if role in ("throughput", "errors", "duration"):
        return role
    return objective(f"{role}<1s").kind if _is_latency(role) else "resource"


def _is_latency(role: str) -> bool:
    return role in ("latency", "mean", "max") or (role[:1] == "p" and role[1:].replace(".", "", 1).isdigit())


def _named(role: str, column: str, table: _Table, source: str) -> _Named:
    name, colon, unit = column.rpartition(":")
    if not colon or column in table.header:
        name, unit = column, ""
    if name not in table.header:
        raise InputError(f"{source}: has no column {name!r}; it has {_listed(table.header)}")
    if unit:
        return _Named(role, name, _stated_unit(role, name, unit))
    return _Named(role, name, name.lower().rsplit("_", 1)[-1] if "_" in name else "")


def _stated_unit(role: str, name: str, unit: str) -> str:
    """Check a unit that somebody wrote; raises UsageError for one that such a column cannot have."""
    kind = "load" if role == "load" else _kind(role)
    word = unit if "/" in unit else unit.lower()
    fits = {
        "latency": word in _TIMES,
        "duration": word in _TIMES,
        "errors": word in _RATIOS,
        "load": _rate_scale(word, Dimension.PER_SECOND) is not None or word == "users",
        "throughput": _rate_scale(word, Dimension.PER_SECOND) is not None,
        "resource": _resource_scale(word) is not None or _rate_scale(word, Dimension.PER_SECOND) is not None,
    }
    if not fits[kind]:
        example = _EXAMPLES[kind]
        raise UsageError(f"{role}={name}:{unit}: {unit[:40]!r} is not a unit that it can have; write one of {example}")
    return word


def _rate_scale(unit: str, dimension: Dimension) -> float | None:
    """Tell what one of `unit` is in base units; None where it is no rate of this dimension."""
    try:
        return quantity(f"1{unit}", dimension) if "/" in unit else None
    except QuantityError:
        return None


def _resource_scale(unit: str) -> float | None:
    known = {**_RATIOS, **_BYTES, **_COUNTS}
    return known[unit] if unit in known else _rate_scale(unit, Dimension.BYTE_RATE)


def _in_base_units(one: _Named, values: Column, source: str, notes: list[str]) -> Column:
    kind = "load" if one.role == "load" else _kind(one.role)
    if np.any(values < 0):
        raise InputError(f"{source}: column {one.column!r} holds a value below zero")
    if kind == "latency":
        return values * _latency_scale(one, values, notes)
    if kind == "errors":
        return _ratio(one, values, source, notes, 1.0)
    if kind == "resource":
        return _resource(one, values, source, notes)
    if kind == "duration":
        return values * _TIMES.get(one.unit, 1.0)
    return values * (_rate_scale(one.unit, Dimension.PER_SECOND) or 1.0)


def _latency_scale(one: _Named, values: Column, notes: list[str]) -> float:
    if one.unit in _TIMES:
        return _TIMES[one.unit]
    in_ms = float(np.nanmedian(values)) > _GUESS_MS_ABOVE_S
    word, factor = ("milliseconds", 1e-3) if in_ms else ("seconds", 1.0)
    notes.append(
        f"column {one.column!r} names no unit of time: taken as {word} (write {one.role}={one.column}:ms or :s)"
    )
    return factor


def _resource(one: _Named, values: Column, source: str, notes: list[str]) -> Column:
    if _resource_unit(one) == "ratio":
        return _ratio(one, values, source, notes, _GUESS_PERCENT_ABOVE)
    return values * (_resource_scale(one.unit) or 1.0)


def _ratio(one: _Named, values: Column, source: str, notes: list[str], percent_above: float) -> Column:
    if one.unit in _RATIOS:
        ratio = values * _RATIOS[one.unit]
    elif float(np.nanmax(values)) > percent_above:
        notes.append(f"column {one.column!r} names no unit: taken as percent")
        ratio = values / 100
    else:
        ratio = values
    if one.role == "errors" and float(np.nanmax(ratio)) > 1:
        raise InputError(f"{source}: column {one.column!r} holds more errors than requests: is its unit right?")
    return ratio


def _resource_unit(one: _Named) -> str:
    if one.unit in _BYTES:
        return "bytes"
    if _rate_scale(one.unit, Dimension.BYTE_RATE) is not None:
        return "bytes/s"
    if one.unit in _COUNTS:
        return "count"
    return "ratio" if one.unit in _RATIOS or one.role in _USUALLY_RATIOS else "count"


@dataclass(frozen=True)
class _Table:
    """The cells of a file as text, with the line that each row begins on."""

    source: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    decimal_comma: bool = False

    def column(self, name: str) -> Column:
        """Read one column as numbers, NaN where a cell is empty."""
        number = self.header.index(name)
        cells = [
            (line, row[number].replace(",", ".") if self.decimal_comma else row[number]) for line, row in self.rows
        ]
        return np.array([_number(cell, Place(self.source, line, number + 1, name)) for line, cell in cells])


def _table(text: str, source: str) -> _Table:
    """Cut the text into rows that fit the header; raises InputError where one does not."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        rows = [(reader.line_num, tuple(row)) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"is no CSV that can be read: {error}", Place(source, reader.line_num + 1)) from None
    if len(rows) < 2:
        raise InputError(f"{source}: the file is empty" if not rows else f"{source}: has a header and no row")
    header = tuple(name.strip() for name in rows[0][1])
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise InputError(f"has {len(row)} cells, the header has {len(header)}", Place(source, line))
    return _Table(source, header, tuple(rows[1:]), decimal_comma=delimiter == ";")


def _number(cell: str, place: Place) -> float:
    text = cell.strip().rstrip("%").strip()
    if text.lower() in ("", "nan", "n/a", "null", "-"):
        return float("nan")
    try:
        value = float(text)
    except ValueError as error:
        raise InputError(f"{cell.strip()[:40]!r} is not a number", place) from error
    if not np.isfinite(value):
        raise InputError(f"{cell.strip()[:40]!r} is not finite", place)
    return value
