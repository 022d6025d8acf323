"""Can this PostgreSQL server be monitored: is there access, are the statistics visible, are they collected?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from plimsoll.adapters.sources.postgresql.session import Sessions
from plimsoll.domain.errors import SourceError, SourceRefused
from plimsoll.domain.ports import Check, CheckState

_OK, _WARNING, _FAILED, _UNKNOWN = CheckState.OK, CheckState.WARNING, CheckState.FAILED, CheckState.UNKNOWN
Connection = psycopg.Connection[Any]
Question = Callable[[Connection], Check]


def diagnose(sessions: Sessions) -> tuple[Check, ...]:
    """Run all checks; without a connection, only the first."""
    try:
        with sessions.open() as connection:
            reached = (Check("reachable", _OK, sessions.name), Check("auth", _OK, "let in"))
            return (*reached, *(_run(name, question, connection, sessions) for name, question in _QUESTIONS.items()))
    except SourceRefused as error:
        remedy = "give the user in the address and the password by PGPASSWORD, ~/.pgpass or --user NAME:env:PASSWORD"
        return Check("reachable", _OK, sessions.name), Check("auth", _FAILED, error.message, remedy)
    except SourceError as error:
        return (Check("reachable", _FAILED, error.message, "check host, port and network, and listen_addresses"),)


def _run(name: str, question: Question, connection: Connection, sessions: Sessions) -> Check:
    try:
        return question(connection)
    except psycopg.Error as error:
        return Check(name, _UNKNOWN, sessions.clean(str(error)), "the rest stands without it")


def _version(connection: Connection) -> Check:
    number = connection.info.server_version
    text = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    return Check("version", _OK, text) if number >= 130_000 else Check("version", _WARNING, text, "13 or later is read")


def _transport(connection: Connection) -> Check:
    if connection.pgconn.ssl_in_use:
        return Check("transport", _OK, "TLS")
    if connection.info.host.startswith(("127.", "::1", "localhost", "/")):
        return Check("transport", _OK, "not encrypted, on this machine")
    return Check("transport", _WARNING, "not encrypted", "use sslmode=verify-full, or --ca-file")


def _rights(connection: Connection) -> Check:
    sql = b"SELECT pg_has_role('pg_monitor', 'USAGE') OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
    if _scalar(connection, sql):
        return Check("rights", _OK, "may see all statistics")
    return Check("rights", _WARNING, "may not see the statistics of others", "GRANT pg_monitor TO this user")


def _statements(connection: Connection) -> Check:
    if not _scalar(connection, b"SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'"):
        remedy = "set shared_preload_libraries = 'pg_stat_statements' and run CREATE EXTENSION pg_stat_statements"
        return Check("statements", _WARNING, "pg_stat_statements is not there: slow statements are not seen", remedy)
    count = _scalar(connection, b"SELECT count(*) FROM pg_stat_statements")
    return Check("statements", _OK, f"pg_stat_statements holds {count}")


def _statistics(connection: Connection) -> Check:
    reset = _scalar(connection, b"SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()")
    return Check("statistics", _OK, f"counted since {reset:%Y-%m-%d %H:%MZ}" if reset else "counted since the start")


def _replication(connection: Connection) -> Check:
    if _scalar(connection, b"SELECT pg_is_in_recovery()"):
        return Check("replication", _OK, "is a replica")
    replicas = _scalar(connection, b"SELECT count(*) FROM pg_stat_replication")
    return Check("replication", _OK, f"{replicas} replicas connected")


def _history(connection: Connection) -> Check:
    return Check(
        "history", _WARNING, "keeps none", "let 'plimsoll collect' gather it, or read its exporter's Prometheus"
    )


def _scalar(connection: Connection, sql: bytes) -> Any:
    row = connection.execute(sql).fetchone()
    return row[0] if row else None


_QUESTIONS: dict[str, Question] = {
    "version": _version,
    "transport": _transport,
    "rights": _rights,
    "statements": _statements,
    "statistics": _statistics,
    "replication": _replication,
    "history": _history,
}
