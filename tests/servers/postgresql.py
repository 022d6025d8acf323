"""A real PostgreSQL in a folder of its own, with `pg_stat_statements` loaded and a password asked for."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.servers.programs import free_port, program, ready, running, until

PASSWORD = "hull-and-keel-7"
BINARIES = tuple(str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "40",
    "fsync": "off",
    "deadlock_timeout": "50ms",
    "track_io_timing": "on",
}


@dataclass(frozen=True)
class PostgresqlServer:
    """A PostgreSQL that runs; `dsn` holds the password, `address` does not."""

    dsn: str
    address: str
    folder: Path

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement as the superuser, outside of our own adapter."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL on loopback; run by the user `postgres` where the tests are run by root, which it refuses."""
    folder = Path(tempfile.mkdtemp(prefix="plimsoll-postgresql-"))
    try:
        yield from _serve(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_replica(postgresql_server: PostgresqlServer) -> Iterator[PostgresqlServer]:
    """A streaming replica of `postgresql_server`."""
    folder, port = postgresql_server.folder, free_port()
    lead = _as_another_user(folder)
    copy = [*lead, program("pg_basebackup", *BINARIES), "-d", postgresql_server.dsn, "-D", folder / "replica", "-R"]
    subprocess.run([*copy, "--checkpoint=fast"], check=True, capture_output=True, timeout=60)
    address = f"postgresql://plimsoll@127.0.0.1:{port}/postgres"
    server = PostgresqlServer(address.replace("@", f":{PASSWORD}@"), address, folder)
    log = folder / "replica.log"
    command = [*lead, program("postgres", *BINARIES), "-D", folder / "replica", "-p", str(port), *_options()]
    with running(command, log) as process:
        ready(process, lambda: _answers(server), log)
        replayed = "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn IS NOT NULL"
        until(lambda: postgresql_server.run(replayed) == [(1,)], "the replica follows")
        yield server


def _options() -> list[str]:
    return [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]


def _serve(folder: Path) -> Iterator[PostgresqlServer]:
    lead = _as_another_user(folder)
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    cluster, port = folder / "cluster", free_port()
    make = [*lead, program("initdb", *BINARIES), "-D", cluster, "-U", "plimsoll", "-A", "scram-sha-256"]
    subprocess.run([*make, f"--pwfile={secret}", "-E", "UTF8", "-N"], check=True, capture_output=True, timeout=60)
    log = folder / "postgresql.log"
    address = f"postgresql://plimsoll@127.0.0.1:{port}/postgres"
    server = PostgresqlServer(address.replace("@", f":{PASSWORD}@"), address, folder)
    command = [*lead, program("postgres", *BINARIES), "-D", cluster, "-p", str(port), *_options()]
    with running(command, log) as process:
        ready(process, lambda: _answers(server), log)
        server.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        yield server


def _as_another_user(folder: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("needs a user postgres, for root may not run the server")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return [program("setpriv"), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]


def _answers(server: PostgresqlServer) -> bool:
    try:
        return server.run("SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False
