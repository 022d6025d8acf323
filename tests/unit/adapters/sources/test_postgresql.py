"""Readings of a real PostgreSQL, and the reasons for missing ones."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path

import psycopg
import pytest
from tests.servers.postgresql import BINARIES, PASSWORD, PostgresqlServer
from tests.servers.programs import program, running, until

from plimsoll.adapters.sources.postgresql import Postgresql
from plimsoll.adapters.sources.postgresql import source as module
from plimsoll.adapters.sources.postgresql.queries import QUERIES, Query
from plimsoll.adapters.sources.postgresql.session import Sessions
from plimsoll.domain.errors import SourceRefused, SourceUnreachable, UsageError
from plimsoll.domain.ports import CheckState, Signal
from plimsoll.domain.series import Harvest, Window
from plimsoll.domain.source_options import SourceOptions

NOW_MS = 1_700_000_000_000
WINDOW = Window(NOW_MS - 60_000, NOW_MS + 1)
pytestmark = pytest.mark.system


def source(dsn: str, **options: object) -> Postgresql:
    return Postgresql(Sessions(dsn, SourceOptions(**options)), lambda: NOW_MS)  # type: ignore[arg-type]


def read(dsn: str, *names: str) -> Harvest:
    return source(dsn).read([Signal(name) for name in names], WINDOW, 60)


def values(harvest: Harvest) -> dict[str, float]:
    return {str(series.id): float(series.values[0]) for series in harvest.series}


def test_sizes_scans_and_ids_of_a_table(postgresql_server: PostgresqlServer) -> None:
    server = postgresql_server
    server.run("CREATE TABLE orders (id serial PRIMARY KEY, what text)")
    server.run("INSERT INTO orders (what) SELECT 'x' FROM generate_series(1, 1000)")
    server.run("SELECT count(*) FROM orders WHERE what = 'y'")
    server.run("SELECT setval('orders_id_seq', 1073741824)")
    table = 'table="orders"'
    scans = 'postgresql_sequential_scans_total{schema="public",table="orders"}'
    until(
        lambda: values(read(server.dsn, "postgresql_sequential_scans_total")).get(scans, 0) > 0, "the scan is counted"
    )
    found = values(read(server.dsn, "postgresql_table_bytes", "postgresql_id_used_ratio", "postgresql_database_bytes"))
    ((size,),) = server.run("SELECT pg_total_relation_size('orders')")
    assert found[f'postgresql_table_bytes{{schema="public",{table}}}'] == size
    assert found[f'postgresql_id_used_ratio{{column="id",schema="public",{table}}}'] == pytest.approx(0.5, abs=1e-6)
    assert found['postgresql_database_bytes{database="postgres"}'] > 1e6


def test_connections_and_pool_share(postgresql_server: PostgresqlServer) -> None:
    with psycopg.connect(postgresql_server.dsn, application_name="checkout") as _:
        found = values(read(postgresql_server.dsn, "postgresql_pool_share_ratio", "postgresql_connections_max"))
    assert found["postgresql_connections_max"] == 40
    assert found['postgresql_pool_share_ratio{application="checkout",user="plimsoll"}'] == 1 / 40


def test_a_wait_for_a_lock_is_seen(postgresql_server: PostgresqlServer) -> None:
    server = postgresql_server
    server.run("CREATE TABLE boxes (n int); INSERT INTO boxes VALUES (1)")
    with psycopg.connect(server.dsn) as holder:
        holder.execute("UPDATE boxes SET n = 2")
        waiter = threading.Thread(target=server.run, args=("UPDATE boxes SET n = 3",))
        waiter.start()
        until(lambda: values(read(server.dsn, "postgresql_lock_waits"))["postgresql_lock_waits"] == 1, "it waits")
        longest = values(read(server.dsn, "postgresql_longest_transaction_seconds"))
        assert longest["postgresql_longest_transaction_seconds"] > 0
    waiter.join(10)


def test_a_deadlock_is_counted(postgresql_server: PostgresqlServer) -> None:
    server = postgresql_server
    server.run("CREATE TABLE crossed (n int PRIMARY KEY); INSERT INTO crossed VALUES (1), (2)")
    name = 'postgresql_deadlocks_total{database="postgres"}'
    before = values(read(server.dsn, "postgresql_deadlocks_total"))[name]

    def cross(first: psycopg.Connection, row: int) -> None:
        with contextlib.suppress(psycopg.errors.DeadlockDetected):
            first.execute(f"UPDATE crossed SET n = n + 10 WHERE n = {row}")

    with psycopg.connect(server.dsn) as one, psycopg.connect(server.dsn) as other:
        one.execute("UPDATE crossed SET n = n WHERE n = 1")
        other.execute("UPDATE crossed SET n = n WHERE n = 2")
        waiter = threading.Thread(target=cross, args=(one, 2))
        waiter.start()
        cross(other, 1)
        other.rollback()
        waiter.join(10)
        one.rollback()
    until(lambda: values(read(server.dsn, "postgresql_deadlocks_total"))[name] > before, "the deadlock is counted")


def test_slow_statements_name_no_password(postgresql_server: PostgresqlServer) -> None:
    postgresql_server.run("SELECT pg_stat_statements_reset()")  # only the slowest statements are listed
    postgresql_server.run("ALTER ROLE plimsoll SET work_mem = '4MB'; CREATE ROLE clerk PASSWORD 'not-for-eyes'")
    postgresql_server.run("SELECT pg_sleep(0.02)")
    harvest = read(postgresql_server.dsn, "postgresql_statement_mean_seconds")
    texts = [series.id.label_map["text"] for series in harvest.series]
    assert any("pg_sleep" in text for text in texts)
    assert not any("not-for-eyes" in text for text in texts)
    slept = next(series for series in harvest.series if "pg_sleep" in series.id.label_map["text"])
    assert slept.values[0] >= 0.02


def test_the_age_of_transaction_ids_and_the_cache(postgresql_server: PostgresqlServer) -> None:
    found = values(read(postgresql_server.dsn, "postgresql_transaction_id_used_ratio", "postgresql_cache_hit_ratio"))
    ((age,),) = postgresql_server.run("SELECT age(datfrozenxid) FROM pg_database WHERE datname = 'postgres'")
    used = found['postgresql_transaction_id_used_ratio{database="postgres"}']
    assert used == pytest.approx(age / (2**31 - 3_000_000), rel=0.1)
    assert 0 < found['postgresql_cache_hit_ratio{database="postgres"}'] <= 1


def test_replication_lag_is_read_on_both_sides(
    postgresql_server: PostgresqlServer, postgresql_replica: PostgresqlServer
) -> None:
    names = ("postgresql_replication_lag_bytes", "postgresql_replication_lag_seconds")
    leader = values(read(postgresql_server.dsn, *names))
    assert {name.partition("{")[0] for name in leader} == set(names)
    assert all(value >= 0 for value in leader.values())
    follower = values(read(postgresql_replica.dsn, names[0]))
    assert follower['postgresql_replication_lag_bytes{replica="this one"}'] >= 0


def test_a_replica_that_has_replayed_everything_does_not_fall_behind_while_nobody_writes(
    postgresql_server: PostgresqlServer, postgresql_replica: PostgresqlServer
) -> None:
    postgresql_server.run("CREATE TABLE IF NOT EXISTS written (n int)")
    name = "postgresql_replication_lag_seconds"
    own = f'{name}{{replica="this one"}}'
    until(lambda: values(read(postgresql_replica.dsn, name)).get(own) == 0, "the lag is over")


def test_a_lag_that_the_server_does_not_tell_is_not_read_as_none(
    postgresql_server: PostgresqlServer, tmp_path: Path
) -> None:
    name = "postgresql_replication_lag_seconds"
    copy = ["-d", postgresql_server.dsn, "-D", tmp_path, "-X", "none", "--max-rate=32k", "--checkpoint=fast"]
    connected = "SELECT count(*) FROM pg_stat_replication WHERE application_name = 'pg_basebackup'"
    with running([program("pg_basebackup", *BINARIES), *copy], tmp_path.with_suffix(".log")):
        until(lambda: postgresql_server.run(connected) == [(1,)], "it copies")
        assert f'{name}{{replica="pg_basebackup"}}' not in values(read(postgresql_server.dsn, name))


def test_a_select_of_the_users_own_is_read_only(postgresql_server: PostgresqlServer) -> None:
    sql = "SELECT 'gold' AS plan, 7 UNION ALL SELECT 'tin', 8"
    one = source(postgresql_server.dsn)
    signals = [
        Signal("users", sql),
        Signal("none", "SELECT 1 WHERE false"),
        Signal("text", "SELECT 'x'"),
        Signal("many", "SELECT n, n FROM generate_series(1, 1001) n"),
        Signal("half", "SELECT 'a' AS plan, '1' UNION ALL SELECT 'b', 'x'"),
        Signal("twice", "SELECT 'gold' AS plan, 7 UNION ALL SELECT 'gold', 8"),
        Signal("wrong", "SELECT no_such_column"),
        Signal("sly", "WITH gone AS (DELETE FROM pg_statistic RETURNING 1) SELECT count(*) FROM gone"),
    ]
    harvest = one.read(signals, WINDOW, 60)
    assert values(harvest) == {'users{plan="gold"}': 7, 'users{plan="tin"}': 8}
    reasons = {gap.id.name: gap.reason for gap in harvest.gaps}
    assert "no row" in reasons["none"]
    assert "no number" in reasons["text"]
    assert "no number" in reasons["half"]
    assert "more than 1000 rows" in reasons["many"]
    assert "several rows with the same labels" in reasons["twice"]
    assert 'column "no_such_column" does not exist' in reasons["wrong"]
    assert "read-only transaction" in reasons["sly"]


def test_what_is_not_there_is_a_gap_that_names_the_server(postgresql_server: PostgresqlServer) -> None:
    harvest = read(postgresql_server.dsn, "postgresql_replication_slot_kept_bytes", "postgresql_conections")
    slot, typo = harvest.gaps
    assert slot.reason == f"{postgresql_server.address}: there is no replication slot"
    assert typo.reason.startswith(postgresql_server.address)


def test_without_the_extension_slow_statements_are_said_to_be_unseen(postgresql_server: PostgresqlServer) -> None:
    postgresql_server.run("CREATE DATABASE bare")
    harvest = read(postgresql_server.dsn.replace("/postgres", "/bare"), "postgresql_statement_mean_seconds")
    assert "CREATE EXTENSION pg_stat_statements" in harvest.gaps[0].reason


def test_a_user_without_rights_is_told_which_grant_is_missing(postgresql_server: PostgresqlServer) -> None:
    postgresql_server.run("CREATE ROLE mate LOGIN PASSWORD 'aye-aye'")
    dsn = postgresql_server.dsn.replace(f"plimsoll:{PASSWORD}", "mate:aye-aye")
    checks = {check.name: check for check in source(dsn).diagnose(WINDOW)}
    assert checks["rights"].state is CheckState.WARNING
    assert "pg_monitor" in checks["rights"].remedy


def test_everything_discovered_can_be_read(postgresql_server: PostgresqlServer) -> None:
    one = source(postgresql_server.dsn)
    signals = one.discover(WINDOW)
    assert len(signals) > 20
    harvest = one.read(signals, WINDOW, 60)
    assert {series.id.name for series in harvest.series} == {signal.name for signal in signals}


FAILS = "DO $$ BEGIN RAISE EXCEPTION 'held up' USING ERRCODE = '57014'; END $$"
DROPPED = "SELECT pg_terminate_backend(pg_backend_pid())"


def test_a_connection_that_drops_while_it_is_read_leaves_what_came_and_a_gap_for_each_of_the_rest(
    postgresql_server: PostgresqlServer,
) -> None:
    own = (Signal("cut", DROPPED), Signal("after", "SELECT 1"))
    harvest = source(postgresql_server.dsn).read((Signal("postgresql_connections_max"), *own), WINDOW, 60)
    assert values(harvest) == {"postgresql_connections_max": 40.0}
    cut, after = harvest.gaps
    assert (cut.id.name, after.id.name) == ("cut", "after")
    assert "terminating connection due to administrator command" in cut.reason
    assert "the connection is closed" in after.reason


def test_a_connection_that_drops_while_signals_are_listed_is_an_error_and_no_shorter_list(
    postgresql_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUERIES", (QUERIES[0], Query((), ("cut",), DROPPED), *QUERIES[1:]))
    with pytest.raises(SourceUnreachable, match="terminating connection due to administrator command"):
        source(postgresql_server.dsn).discover(WINDOW)


def test_a_view_that_is_held_up_is_listed_and_tells_why_when_it_is_read(
    postgresql_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUERIES", (Query((), ("slow_bytes",), FAILS), QUERIES[2]))
    one = source(postgresql_server.dsn)
    signals = one.discover(WINDOW)
    assert [signal.name for signal in signals] == ["postgresql_slow_bytes", *QUERIES[2].names]
    (gap,) = one.read(signals, WINDOW, 60).gaps
    assert gap.id.name == "postgresql_slow_bytes"
    assert "held up" in gap.reason


@pytest.mark.parametrize("part", ["plimsoll:wrong", "nobody:wrong"])
def test_a_wrong_password_is_refused_and_not_shown(postgresql_server: PostgresqlServer, part: str) -> None:
    dsn = postgresql_server.dsn.replace(f"plimsoll:{PASSWORD}", part)
    with pytest.raises(SourceRefused, match="password authentication failed") as caught:
        read(dsn, "postgresql_connections_used")
    assert "wrong" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert source(dsn).diagnose(WINDOW)[-1].state is CheckState.FAILED


def test_a_password_by_reference(postgresql_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", PASSWORD)
    one = source(postgresql_server.address, basic_password="env:DATABASE_PASSWORD")
    assert one.diagnose(WINDOW)[0].state is CheckState.OK
    assert PASSWORD not in repr(one.diagnose(WINDOW)) + one.name


def test_nothing_listening_and_nonsense_are_one_line_each() -> None:
    with pytest.raises(SourceUnreachable, match="onnection refused"):
        read("postgresql://a:pw@127.0.0.1:9/x", "postgresql_connections_used")
    with pytest.raises(UsageError) as caught:
        source("postgresql://a:pass word@[::/x?bad=1")
    assert "pass word" not in str(caught.value)


def test_a_server_that_accepts_and_says_nothing_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SourceUnreachable, match="timeout"):
        source(f"postgresql://a@127.0.0.1:{silent.getsockname()[1]}/x", deadline_s=1).discover(WINDOW)
