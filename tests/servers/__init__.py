"""Real servers for tests, started on loopback and a free port, and ended with the test run.

Fixtures (all of session scope; registered by `tests/conftest.py`):

prometheus_server        a Prometheus that scrapes a node exporter and itself every second; `.url`
prometheus_with_history  a Prometheus filled with real cloud metrics whose last sample is near now: `.url`,
                         `.series` (SeriesId strings), `.first_ms`, `.last_ms`, `.step_ms`; needs the shared data
node_exporter            a node exporter; `.url`
postgresql_server        a PostgreSQL with pg_stat_statements loaded; `.dsn` (with password), `.address`, `.run(sql)`
postgresql_replica       a streaming replica of it; the same fields
hostile_server           a small HTTP server that misbehaves by path (see `tests/servers/hostile.py`); `.url`
hostile_tls_server       the same behind TLS, with the self-made `certificate`

A fixture whose program is not installed skips by its name. Tests that use one of the real programs carry the marker
`system`.
"""
