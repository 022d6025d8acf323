"""Which statistics view of a PostgreSQL server answers which signal?

https://www.postgresql.org/docs/current/monitoring-stats.html. Each query returns columns of labels and columns of
numbers; the column of a number is the end of its signal's name. Only the largest 50 tables and 20 statements are named.
The text of a statement is shown only for plain data statements: others may contain a password in clear text.
"""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.domain.series import MetricKind

PREFIX = "postgresql_"


@dataclass(frozen=True)
class Query:
    """One query: `sql` returns the columns `labels`, then one for each of `values`.

    `nothing` states why an empty result is not a fault, where that is possible.
    """

    labels: tuple[str, ...]
    values: tuple[str, ...]
    sql: str
    nothing: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The signals that this query answers."""
        return tuple(PREFIX + value for value in self.values)


KINDS = {
    f"{PREFIX}connections": MetricKind.COUNT,
    f"{PREFIX}connections_max": MetricKind.COUNT,
    f"{PREFIX}lock_waits": MetricKind.COUNT,
    f"{PREFIX}transaction_id_age": MetricKind.COUNT,
    f"{PREFIX}dead_rows": MetricKind.COUNT,
}

SIZES = Query(
    ("database",),
    ("database_bytes",),
    """SELECT datname, pg_database_size(oid) FROM pg_database
        WHERE datallowconn AND has_database_privilege(oid, 'CONNECT')""",
)
TABLES = Query(
    ("schema", "table"),
    (
        "table_bytes",
        "table_index_bytes",
        "sequential_scans_total",
        "index_scans_total",
        "sequential_scan_ratio",
        "sequential_rows_total",
        "dead_rows",
    ),
    """SELECT schemaname, relname, pg_total_relation_size(relid), pg_indexes_size(relid), seq_scan,
        coalesce(idx_scan, 0), seq_scan::float8 / nullif(seq_scan + coalesce(idx_scan, 0), 0), seq_tup_read, n_dead_tup
        FROM pg_stat_user_tables ORDER BY 3 DESC NULLS LAST LIMIT 50""",
    "the database has no tables",
)
CONNECTIONS = Query(
    (),
    ("connections_used", "connections_max", "connections_used_ratio"),
    """SELECT used, most, used::float8 / most FROM (SELECT count(*) AS used FROM pg_stat_activity
        WHERE backend_type IN ('client backend', 'walsender')) a,
        (SELECT current_setting('max_connections')::int AS most) b""",
)
STATES = Query(
    ("state",),
    ("connections",),
    """SELECT coalesce(state, 'hidden'), count(*) FROM pg_stat_activity
        WHERE backend_type = 'client backend' GROUP BY 1""",
)
POOLS = Query(
    ("user", "application"),
    ("pool_share_ratio",),
    """SELECT coalesce(usename, ''), coalesce(application_name, ''),
        count(*)::float8 / current_setting('max_connections')::int
        FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1, 2""",
)
AGES = Query(
    (),
    ("longest_statement_seconds", "longest_transaction_seconds", "lock_waits"),
    """SELECT
        coalesce(max(extract(epoch FROM clock_timestamp() - query_start)) FILTER (WHERE state = 'active'), 0)::float8,
        coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8,
        count(*) FILTER (WHERE wait_event_type = 'Lock')
        FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()""",
)
DATABASES = Query(
    ("database",),
    (
        "cache_hit_ratio",
        "cache_hits_total",
        "cache_reads_total",
        "deadlocks_total",
        "temporary_bytes_total",
        "commits_total",
        "rollbacks_total",
    ),
    """SELECT datname, blks_hit::float8 / nullif(blks_hit + blks_read, 0), blks_hit, blks_read, deadlocks, temp_bytes,
        xact_commit, xact_rollback FROM pg_stat_database WHERE datname IS NOT NULL""",
)
# the server takes no more transactions 3 million ids before the wraparound at 2^31
WRAPAROUND = Query(
    ("database",),
    ("transaction_id_age", "transaction_id_used_ratio", "multixact_id_used_ratio"),
    """SELECT datname, age(datfrozenxid), age(datfrozenxid) / 2144483648.0::float8,
        mxid_age(datminmxid) / 2144483648.0::float8 FROM pg_database""",
)
IDS = Query(
    ("schema", "table", "column"),
    ("id_used_ratio",),
    """SELECT n.nspname, t.relname, a.attname, s.last_value::float8 / CASE a.atttypid
            WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END
        FROM pg_depend d JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'
        JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
        JOIN pg_namespace qn ON qn.oid = q.relnamespace
        JOIN pg_sequences s ON s.schemaname = qn.nspname AND s.sequencename = q.relname
        WHERE d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND s.last_value IS NOT NULL""",
    "no column takes its ids from a sequence that was used",
)
STATEMENTS = Query(
    ("statement", "text"),
    ("statement_mean_seconds", "statement_calls_total", "statement_seconds_total"),
    """SELECT queryid::text, CASE WHEN query ~* '^\\s*(select|insert|update|delete|with|merge)\\M'
            THEN left(regexp_replace(query, '\\s+', ' ', 'g'), 120) ELSE '(not shown)' END,
        sum(total_exec_time) / nullif(sum(calls), 0) / 1000, sum(calls)::float8, sum(total_exec_time) / 1000
        FROM pg_stat_statements WHERE queryid IS NOT NULL GROUP BY 1, 2 ORDER BY 5 DESC LIMIT 20""",
    "no statement was recorded yet",
)
# Among replicas of one name (`walreceiver` by default) the one furthest behind counts. A missing lag counts as zero
# only if everything was replayed. The time since the last replayed transaction is a lag only if something waits to be
# replayed, or nothing is received, because it also grows while nobody writes.
REPLICAS = Query(
    ("replica",),
    ("replication_lag_bytes", "replication_lag_seconds"),
    """SELECT coalesce(nullif(application_name, ''), client_addr::text, pid::text),
        max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn))::float8,
        max(coalesce(extract(epoch FROM replay_lag), CASE WHEN replay_lsn >= pg_current_wal_lsn() THEN 0 END))::float8
        FROM pg_stat_replication WHERE NOT pg_is_in_recovery() GROUP BY 1
        UNION ALL SELECT 'this one', pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::float8,
        CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            AND (SELECT coalesce(status, 'streaming') = 'streaming' FROM pg_stat_wal_receiver)
            THEN 0 ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END::float8
        WHERE pg_is_in_recovery()""",
    "no replica is connected",
)
SLOTS = Query(
    ("slot",),
    ("replication_slot_kept_bytes",),
    """SELECT slot_name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8
        FROM pg_replication_slots WHERE NOT pg_is_in_recovery() AND restart_lsn IS NOT NULL""",
    "there is no replication slot",
)
QUERIES = (SIZES, TABLES, CONNECTIONS, STATES, POOLS, AGES, DATABASES, WRAPAROUND, IDS, STATEMENTS, REPLICAS, SLOTS)
