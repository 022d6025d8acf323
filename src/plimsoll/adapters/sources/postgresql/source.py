"""PostgreSQL as a source: the signals named in `queries`, and any SELECT of the user's own.

A signal whose query begins with SELECT or WITH is run unchanged in a read-only transaction: its last column is the
number, the columns before it are labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from plimsoll.adapters.sources.live import Glance, Reading, harvest
from plimsoll.adapters.sources.metric_names import unit_and_kind
from plimsoll.adapters.sources.postgresql.checks import diagnose
from plimsoll.adapters.sources.postgresql.queries import KINDS, QUERIES, STATEMENTS, Query
from plimsoll.adapters.sources.postgresql.session import Sessions
from plimsoll.domain.errors import SourceUnreachable
from plimsoll.domain.ports import Check, Signal
from plimsoll.domain.series import Harvest, MetricKind, Window

_CUSTOM_SQL = re.compile(r"\s*(select|with)\s", re.IGNORECASE)
_MOST_ROWS = 1000


class NoSeries(ValueError):
    """The rows of a user's own query cannot be read as series; the text says why."""


class Postgresql:
    """A PostgreSQL server as a source; `now_ms` gives the time."""

    def __init__(self, sessions: Sessions, now_ms: Callable[[], int]) -> None:
        self._sessions = sessions
        self._now_ms = now_ms

    @property
    def name(self) -> str:
        """The server's address, without the password."""
        return self._sessions.name

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        """Read `signals` now; a value that a view lacks, or that we may not see, is a Gap with its reason.

        Raises SourceUnreachable or SourceRefused where there is no connection.
        """
        readings: list[Reading] = []
        missing: dict[str, str] = {}
        custom = {signal.name for signal in signals if _CUSTOM_SQL.match(signal.query)}
        wanted = {(signal.query or signal.name).partition("{")[0] for signal in signals if signal.name not in custom}
        needed = [query for query in QUERIES if wanted & set(query.names)]
        with self._sessions.open() as connection:
            for query in needed:
                self._look(connection, query, readings, missing)
            for signal in signals:
                if signal.name in custom:
                    self._look_custom(connection, signal, readings, missing)
        plain = [Signal(s.name, "" if s.name in custom else s.query, s.unit, s.kind) for s in signals]
        return harvest(self.name, Glance(tuple(readings), missing), plain, window, step_s, self._now_ms())

    def discover(self, window: Window) -> tuple[Signal, ...]:
        """List the signals that this server answers; one whose view is empty or shut is left out.

        One that fails for the moment (a lock, a statement that takes too long) is listed: reading it tells why. Raises
        SourceUnreachable or SourceRefused where there is no connection, or none any more.
        """
        readings: list[Reading] = []
        answered: set[str] = set()
        with self._sessions.open() as connection:
            for query in QUERIES:
                error = self._look(connection, query, readings, {})
                if connection.closed:
                    raise SourceUnreachable(self.name, self._sessions.clean(str(error)))
                if isinstance(error, psycopg.OperationalError):
                    answered |= set(query.names)
        answered |= {reading.name for reading in readings}
        return tuple(
            Signal(name, "", *_unit_and_kind(name)) for query in QUERIES for name in query.names if name in answered
        )

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        """Check access, rights, encryption, statistics and replication; a fault is a failed check."""
        return diagnose(self._sessions)

    def _look(
        self, connection: psycopg.Connection[Any], query: Query, readings: list[Reading], missing: dict[str, str]
    ) -> psycopg.Error | None:
        """Add what one query answers, and why it does not answer the rest; return the error where it failed."""
        try:
            rows = connection.execute(query.sql.encode()).fetchall()
        except psycopg.Error as error:
            missing.update(dict.fromkeys(query.names, self._why(query, error)))
            return error
        if not rows:
            missing.update(dict.fromkeys(query.names, query.nothing or "the view is empty"))
        for row in rows:
            labels = dict(zip(query.labels, (str(cell) for cell in row), strict=False))
            for name, cell in zip(query.names, row[len(query.labels) :], strict=True):
                if cell is not None:
                    readings.append(Reading(name, float(cell), labels, KINDS.get(name, MetricKind.UNKNOWN)))
        known = {reading.name for reading in readings}
        missing.update({name: "the view holds no value of it" for name in query.names if rows and name not in known})
        return None

    def _look_custom(
        self, connection: psycopg.Connection[Any], signal: Signal, readings: list[Reading], missing: dict[str, str]
    ) -> None:
        try:
            found = _labeled(connection.execute(signal.query.encode()))
        except psycopg.Error as error:
            missing[signal.name] = self._sessions.clean(str(error))
        except NoSeries as error:
            missing[signal.name] = str(error)
        else:
            readings += [Reading(signal.name, value, labels, signal.kind, signal.unit) for labels, value in found]

    def _why(self, query: Query, error: psycopg.Error) -> str:
        if query is STATEMENTS and isinstance(error, psycopg.errors.UndefinedTable):
            return "pg_stat_statements is not there; preload it and run CREATE EXTENSION pg_stat_statements"
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            return f"{self._sessions.clean(str(error))}; grant pg_monitor to this user"
        return self._sessions.clean(str(error))


def _labeled(cursor: psycopg.Cursor[Any]) -> list[tuple[dict[str, str], float]]:
    """Read the last column as the number and those before it as labels; raises NoSeries where that is impossible."""
    names = [column.name for column in cursor.description or ()][:-1]
    rows = cursor.fetchmany(_MOST_ROWS + 1)
    try:
        found = {tuple(map(str, row[:-1])): float(row[-1]) for row in rows}
    except (TypeError, ValueError, IndexError):
        raise NoSeries("its last column is no number") from None
    if not rows or len(rows) > _MOST_ROWS:
        raise NoSeries(f"the query answers {f'more than {_MOST_ROWS} rows' if rows else 'no row'}")
    if len(found) < len(rows):
        raise NoSeries("the query answers several rows with the same labels")
    return [(dict(zip(names, cells, strict=True)), value) for cells, value in found.items()]


def _unit_and_kind(name: str) -> tuple[str, MetricKind]:
    unit, kind = unit_and_kind(name)
    return unit, KINDS.get(name, kind)
