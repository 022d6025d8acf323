"""A plain CSV with a word for each column: `--columns load=users,throughput=rps,p95=latency_ms`.

A row is a step, or, if a column holds the time of each row (`time=COLUMN`, see `row_times`), a moment of a run.

The unit is the end of the column's name (`_ms`, `_s`, `_percent`, `_ratio`, `_mb`, `_per_minute`), or follows the
column in `--columns` (`latency=L:ms`, `cpu=C:%`, `network=N:MB/s`, `throughput=T:/min`), or is a `%` in the cells.
Without any, latencies with a median above 10 are read as milliseconds, errors above 1 and resources above 1.5 as
percent, and the output states the assumption.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.adapters.loadtests.plain_table import Column, Numbers, Table, column_names, listed, table, what_it_has
from plimsoll.adapters.loadtests.row_times import row_times_s, rows_that_stay, time_column, unnamed_times_s
from plimsoll.domain.errors import InputError, QuantityError, UsageError
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.objective import objective
from plimsoll.domain.quantity import Dimension, unit_scale
from plimsoll.domain.unit_names import RATES, SHORT_TIMES, SIZES, TIMES, is_bits

_TIMES = {word: unit_scale(unit, Dimension.TIME) for word, unit in (TIMES | SHORT_TIMES).items()} | {"ns": 1e-9}
_RATIOS = {"%": 0.01, "percent": 0.01, "pct": 0.01, "ratio": 1.0}
_BYTES = {"bytes": 1.0} | {word: unit_scale(unit, Dimension.BYTES) for word, unit in SIZES.items()}
_USUALLY_RATIOS = ("cpu", "memory", "disk", "network", "utilization")
_NEVER_FULLER = ("memory", "disk", "network")  # than 100 %
_ARRIVALS = ("rps", "qps", "request_rate", "requests_per_second", "arrival_rate", "arrivals")
_CALLED_WHAT_THEY_ARE = ("load", "throughput", "latency", "errors", "cpu", "memory")
_COUNTS = {"count": 1.0, "cores": 1.0}
_EXAMPLES = {
    "latency": "ms, s",
    "duration": "s",
    "time": "s, ms",
    "errors": "%, ratio",
    "load": "/s, /min",
    "throughput": "/s, /min",
    "resource": "%, MB, MB/s, count",
}
_GUESS_MS_ABOVE_S = 10.0
_GUESS_PERCENT_ABOVE = 1.5
_MOST_STEPS = 500  # computing time grows faster than the steps, and no real test has so many steady loads
_UNIT_AT_THE_END = re.compile(r"(?:[_ (\[]([^_ ()\[\]]+)|(%))[)\]]?$")


@dataclass(frozen=True)
class _ColumnSpec:
    """One word of `--columns`: its column and its unit, empty if not given."""

    role: str
    column: str
    unit: str
    stated: bool = False


def column_words(
    text: str, option: str = "--columns", needs: str = "load", name: Callable[[str], str] = str.lower
) -> tuple[tuple[str, str], ...]:
    """Read `load=N,throughput=X` into pairs of a word, as `name` has it, and its column.

    Raises UsageError for what has another form or lacks what it `needs`.
    """
    pairs = []
    for part in text.split(","):
        role, equals, column = part.partition("=")
        if not equals or not role.strip() or not column.strip():
            raise UsageError(f"{option} {part.strip()!r}: write WORD=COLUMN, for example load=users,throughput=rps")
        pairs.append((name(role.strip()), column.strip()))
    roles = [role for role, _ in pairs]
    if twice := next((role for role in roles if roles.count(role) > 1), None):
        raise UsageError(f"{option} names {twice} more than once")
    if needs and needs not in roles:
        raise UsageError(f"{option} needs {needs}=COLUMN")
    return tuple(pairs)


def read_steps(text: str, source: str, words: tuple[tuple[str, str], ...]) -> Steps:
    """Read a file into steps; raises InputError with line and column of a fault."""
    notes: list[str] = []
    cells = table(text, source)
    stated = next((_column_spec(*pair, cells) for pair in words if pair[0] == "time"), None)
    words = tuple(pair for pair in words if pair[0] != "time")
    if stated is not None:
        times_s: Column | None = row_times_s(cells, stated.column, _TIMES.get(stated.unit, 1.0))
    else:
        times_s = unnamed_times_s(cells, frozenset(_column_spec(*pair, cells).column for pair in words), notes)
    if times_s is None and len(cells.rows) > _MOST_STEPS:
        raise InputError(
            f"{source}: has {len(cells.rows)} rows, and a row is one steady step, of which {_MOST_STEPS} are read: "
            "write the means of each steady load in a row, or, of the rows of one run, name their times (time=COLUMN)"
        )
    read = _read(cells, words, notes)
    specs = [spec for spec, _ in read]
    columns = {spec.role: _in_base_units(spec, values, source, notes) for spec, values in read}
    load = columns.pop("load")
    if times_s is None:
        notes.extend(rows_that_stay(load))
    order = np.argsort(load if times_s is None else times_s, kind="stable")
    steps = _steps(specs, load, columns, order, source, tuple(notes))
    return replace(steps, times_s=None if times_s is None else times_s[order])


@dataclass(frozen=True, eq=False)
class NamedColumns:
    """Columns by their words in base units, with the unit (ratio, bytes, bytes/s, count) where it is known.

    `notes` say what was assumed.
    """

    values: Mapping[str, Column]
    units: Mapping[str, str]
    notes: tuple[str, ...]


def read_columns(text: str, source: str, words: tuple[tuple[str, str], ...]) -> NamedColumns:
    """Read columns by their words, in base units where the name or the word gives a unit."""
    notes: list[str] = []
    read = _read(table(text, source), words, notes)
    values = {spec.role: _scaled(spec, column, notes) for spec, column in read}
    units = {spec.role: _resource_unit(spec) for spec, _ in read if _resource_scale(spec.unit) is not None}
    return NamedColumns(values, units, tuple(notes))


def read_rates(text: str, source: str, words: tuple[tuple[str, str], ...]) -> Mapping[str, Column]:
    """Read columns of rates by their words, which may be any: a kind of request may be called `max` or `p2`."""
    cells = table(text, source)
    read = [(role, *_read(cells, (("throughput", column),), [])[0]) for role, column in words]
    return {role: _in_base_units(spec, values, source, []) for role, spec, values in read}


def _read(cells: Table, words: tuple[tuple[str, str], ...], notes: list[str]) -> list[tuple[_ColumnSpec, Column]]:
    """Read each column that a word names, with the unit given by the word, its cells or its name."""
    read: list[tuple[_ColumnSpec, Column]] = []
    for role, column in words:
        spec = _column_spec(role, column, cells)
        if is_twice := next((other.role for other, _ in read if other.column == spec.column), ""):
            _refuse_two_words(spec.column, {is_twice, role})
        numbers = cells.column(spec.column)
        notes.extend(numbers.notes)
        read.append((_with_unit_of_cells(spec, numbers, cells.source), numbers.values))
    return read


def _refuse_two_words(column: str, words: set[str]) -> None:
    """Raise UsageError for a column under two words, unless it is a rate that is load and throughput at once."""
    if words != {"load", "throughput"}:
        raise UsageError(f"column {column!r} stands for {' and '.join(sorted(words))}: one of them is another column")


def _with_unit_of_cells(spec: _ColumnSpec, numbers: Numbers, source: str) -> _ColumnSpec:
    """Take the % of the cells as the unit; raises InputError if the column is no share, or has another stated unit."""
    if not numbers.in_percent:
        return spec
    subject = f"{source}: the cells of column {spec.column!r} end with %"
    if spec.role == "load" or _kind(spec.role) not in ("errors", "resource"):
        raise InputError(f"{subject}, and {spec.role} is no share of anything")
    if spec.stated and _RATIOS.get(spec.unit) != _RATIOS["%"]:
        raise InputError(f"{subject}, and {spec.role}={spec.column}:{spec.unit} says otherwise")
    return replace(spec, unit="%")


def _scaled(spec: _ColumnSpec, values: Column, notes: list[str]) -> Column:
    if _is_latency(spec.role):
        return values * _latency_scale(spec, values, notes)
    scale = _resource_scale(spec.unit) or _rate_scale(spec.unit, Dimension.PER_SECOND)
    if scale is None and spec.role in _USUALLY_RATIOS:
        example = "%, :ratio or :cores" if spec.role == "cpu" else "%, :MB or :MB/s"
        notes.append(
            f"column {spec.column!r} names no unit: taken as it stands (write {spec.role}={spec.column}:{example})"
        )
    return values * (scale or 1.0)


def read_guessed(text: str, source: str) -> Steps | None:
    """Read columns by their usual names (load, p95_ms, cpu %), if no words are given; None without a load."""
    names = column_names(text)
    known = [(role, name) for name in names if (role := _called(name))]
    roles = [role for role, _ in known]
    if twice := next((role for role in roles if roles.count(role) > 1), None):
        raise InputError(f"{source}: has more than one column called {twice}: rename all but one")
    if "load" not in roles:
        return None
    steps = read_steps(text, source, tuple(known))
    time = time_column(table(text, source), frozenset(name for _, name in known)) if steps.times_s is not None else ""
    others = [name for name in names if not _called(name) and name != time]
    note = f"columns not read, because nobody said what they are: {listed(others)} (--columns)"
    return replace(steps, notes=(*steps.notes, note)) if others else steps


def _called(name: str) -> str:
    """Return the word for a column by its name without a final unit; empty where there is none."""
    whole = name.lower()
    end = _UNIT_AT_THE_END.search(whole)
    has_unit = end is not None and (end[1] or end[2]) in {**_TIMES, **_RATIOS, **_BYTES, **_COUNTS}
    word = whole[: end.start()].strip() if end is not None and has_unit else whole
    return word if word in _CALLED_WHAT_THEY_ARE or (word.startswith("p") and _is_latency(word)) else ""


def _steps(
    specs: list[_ColumnSpec],
    load: Column,
    columns: Mapping[str, Column],
    order: NDArray[np.int64],
    source: str,
    notes: tuple[str, ...],
) -> Steps:
    kinds = {role: _kind(role) for role in columns}
    units = {spec.role: _resource_unit(spec) for spec in specs if kinds.get(spec.role) == "resource"}
    load_column = next(spec.column for spec in specs if spec.role == "load")
    rated = any(spec.role == "load" and _rate_scale(spec.unit, Dimension.PER_SECOND) is not None for spec in specs)
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
    if role in ("throughput", "errors", "duration", "time"):
        return role
    return objective(f"{role}<1s").kind if _is_latency(role) else "resource"


def _is_latency(role: str) -> bool:
    return role in ("latency", "mean", "max") or (role[:1] == "p" and role[1:].replace(".", "", 1).isdigit())


def _column_spec(role: str, column: str, cells: Table) -> _ColumnSpec:
    name, colon, unit = column.rpartition(":")
    if not colon or column in cells.header:
        name, unit = column, ""
    if name not in cells.header:
        raise InputError(f"{cells.source}: has no column {name!r}; {what_it_has(cells.header)}")
    if unit:
        return _ColumnSpec(role, name, _stated_unit(role, name, unit), stated=True)
    end = _UNIT_AT_THE_END.search(name)
    word = (end[1] or end[2]) if end else ""
    return _ColumnSpec(role, name, _unit_of_rate(role, name) or ("" if is_bits(word) else word.lower()))


def _unit_of_rate(role: str, name: str) -> str:
    """Return the unit of a rate whose name says that it is none a second; empty for all others."""
    words = re.sub(r"\W+", "_", name.lower()).strip("_")
    is_rate = role in ("load", "throughput")
    return next((unit for end, unit in RATES.items() if is_rate and f"_{words}".endswith(f"_{end}")), "")


def _stated_unit(role: str, name: str, unit: str) -> str:
    """Check a stated unit; raises UsageError for one that does not fit the column."""
    kind = "load" if role == "load" else _kind(role)
    word = unit if "/" in unit else unit.lower()
    fits = {
        "latency": word in _TIMES,
        "duration": word in _TIMES,
        "time": word in _TIMES,
        "errors": word in _RATIOS,
        "load": _rate_scale(word, Dimension.PER_SECOND) is not None or word == "users",
        "throughput": _rate_scale(word, Dimension.PER_SECOND) is not None,
        "resource": _resource_scale(word) is not None or _rate_scale(word, Dimension.PER_SECOND) is not None,
    }
    if not fits[kind]:
        example = _EXAMPLES[kind]
        raise UsageError(f"{name}:{unit}: {unit[:40]!r} is not a unit that it can have; write one of {example}")
    return word


def _rate_scale(unit: str, dimension: Dimension) -> float | None:
    """Return one of `unit` in base units; None where it is no rate of this dimension."""
    try:
        return unit_scale(unit, dimension) if "/" in unit else None
    except QuantityError:
        return None


def _resource_scale(unit: str) -> float | None:
    known = {**_RATIOS, **_BYTES, **_COUNTS}
    return known[unit] if unit in known else _rate_scale(unit, Dimension.BYTE_RATE)


def _in_base_units(spec: _ColumnSpec, values: Column, source: str, notes: list[str]) -> Column:
    kind = "load" if spec.role == "load" else _kind(spec.role)
    if np.any(values < 0):
        raise InputError(f"{source}: column {spec.column!r} holds a value below zero")
    if kind == "latency":
        return values * _latency_scale(spec, values, notes)
    if kind == "errors":
        return _ratio(spec, values, source, notes, 1.0)
    if kind == "resource":
        return _resource(spec, values, source, notes)
    if kind == "duration":
        return values * _TIMES.get(spec.unit, 1.0)
    return values * (_rate_scale(spec.unit, Dimension.PER_SECOND) or 1.0)


def _latency_scale(spec: _ColumnSpec, values: Column, notes: list[str]) -> float:
    if spec.unit in _TIMES:
        return _TIMES[spec.unit]
    in_ms = float(np.nanmedian(values)) > _GUESS_MS_ABOVE_S
    word, factor = ("milliseconds", 1e-3) if in_ms else ("seconds", 1.0)
    notes.append(
        f"column {spec.column!r} names no unit of time: taken as {word} (write {spec.role}={spec.column}:ms or :s)"
    )
    return factor


def _resource(spec: _ColumnSpec, values: Column, source: str, notes: list[str]) -> Column:
    if _resource_unit(spec) == "ratio":
        return _ratio(spec, values, source, notes, _GUESS_PERCENT_ABOVE)
    return values * (_resource_scale(spec.unit) or 1.0)


def _ratio(spec: _ColumnSpec, values: Column, source: str, notes: list[str], percent_above: float) -> Column:
    if spec.unit in _RATIOS:
        ratio = values * _RATIOS[spec.unit]
    else:
        most = float(np.nanmax(values))
        if most > 100 and spec.role in _NEVER_FULLER:
            example = f"{spec.role}={spec.column}:{'MB' if spec.role == 'memory' else 'MB/s'}"
            raise InputError(f"{source}: column {spec.column!r} goes to {most:g} and names no unit: write {example}")
        word, factor = ("percent", 0.01) if most > percent_above else ("a ratio", 1.0)
        ratio = values * factor
        if np.any(values > 0):
            notes.append(
                f"column {spec.column!r} names no unit: taken as {word} (write {spec.role}={spec.column}:% or :ratio)"
            )
    if spec.role == "errors" and float(np.nanmax(ratio)) > 1:
        raise InputError(f"{source}: column {spec.column!r} holds more errors than requests: is its unit right?")
    return ratio


def _resource_unit(spec: _ColumnSpec) -> str:
    if spec.unit in _BYTES:
        return "bytes"
    if _rate_scale(spec.unit, Dimension.BYTE_RATE) is not None:
        return "bytes/s"
    if spec.unit in _COUNTS:
        return "count"
    return "ratio" if spec.unit in _RATIOS or spec.role in _USUALLY_RATIOS else "count"
