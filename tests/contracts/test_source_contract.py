"""The contract of every source, checked on all of them: those that read servers, files, this machine, and memory."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.servers.hostile import HostileServer
from tests.servers.postgresql import PASSWORD, PostgresqlServer
from tests.servers.prometheus import PrometheusServer

from plimsoll.adapters.sources.memory import Memory
from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.adapters.store.store_source import StoreSource
from plimsoll.bootstrap_sources import open_source, wall_clock_ms
from plimsoll.domain.errors import PlimsollError, SourceUnreachable
from plimsoll.domain.ports import CheckState, Signal, Source
from plimsoll.domain.series import Harvest, MetricKind, Series, SeriesId, Window
from plimsoll.domain.source_options import SourceOptions

HOUR_MS = 3_600_000
SECRET = "hush-" + PASSWORD


@dataclass(frozen=True)
class Case:
    """A source that works, signals it has, and a failing source of the same kind (None where none can fail)."""

    source: Source
    signals: tuple[Signal, ...]
    broken: Callable[[], Source] | None
    span_ms: int = 49 * HOUR_MS
    step_s: float = 60

    @property
    def window(self) -> Window:
        """The time up to this moment."""
        end = wall_clock_ms()
        return Window(end - self.span_ms, end + 1)

    def read(self, *signals: Signal) -> Harvest:
        """Read signals up to this moment."""
        return self.source.read(signals, self.window, self.step_s)


def samples() -> tuple[Series, ...]:
    start = wall_clock_ms() // HOUR_MS * HOUR_MS - 48 * HOUR_MS
    times = start + np.arange(49, dtype=np.int64) * HOUR_MS
    return tuple(
        Series(SeriesId.of("load", {"host": host}), times, np.sin(times / 1e7) + 2, "", MetricKind.GAUGE)
        for host in ("a", "b")
    )


def memory(tmp_path: Path, _: pytest.FixtureRequest) -> Case:
    fault = SourceUnreachable("a fault", "made so")
    return Case(Memory("memory", samples()), (Signal("load"),), lambda: Memory("a fault", (), fault))


def csv(tmp_path: Path, _: pytest.FixtureRequest) -> Case:
    lines = ["time,host,load"]
    for one in samples():
        rows = zip(one.times_ms.tolist(), one.values.tolist(), strict=True)
        lines += [f"{t},{one.id.label_map['host']},{v}" for t, v in rows]
    (tmp_path / "good.csv").write_text("\n".join(lines))
    (tmp_path / "bad.csv").write_text("time,load\nyesterday,7\n")
    return Case(open_source(str(tmp_path / "good.csv")), (Signal("load"),), lambda: open_source(f"{tmp_path}/bad.csv"))


def parquet(tmp_path: Path, _: pytest.FixtureRequest) -> Case:
    tables = [
        pa.table(
            {
                "ts": pa.array(one.times_ms, pa.int64()).cast(pa.timestamp("ms", "UTC")),
                "host": [one.id.label_map["host"]] * len(one),
                "load": one.values,
            }
        )
        for one in samples()
    ]
    pq.write_table(pa.concat_tables(tables), tmp_path / "good.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 not really PAR1")
    good, bad = tmp_path / "good.parquet", tmp_path / "bad.parquet"
    return Case(open_source(str(good)), (Signal("load"),), lambda: open_source(str(bad)))


def store(tmp_path: Path, _: pytest.FixtureRequest) -> Case:
    filled = ParquetStore(tmp_path / "store")
    filled.append(Harvest("test", samples()))
    return Case(StoreSource(filled), (Signal("load"),), None)


def host(tmp_path: Path, _: pytest.FixtureRequest) -> Case:
    signals = (Signal("host_memory_used_ratio"), Signal("mine", f'process_memory_bytes{{process="pid:{os.getpid()}"}}'))
    return Case(open_source("host"), signals, None)


def app_json(tmp_path: Path, request: pytest.FixtureRequest) -> Case:
    server: HostileServer = request.getfixturevalue("hostile_server")
    server.documents = {"metrics": {"gauges": {"heap": 1.5, "threads": 8}}}
    options = SourceOptions(headers=(("X-Api-Key", SECRET),))
    return Case(
        open_source(f"app+{server.url}/json/metrics", options),
        (Signal("heap", ".gauges.heap"), Signal("gauges", "/json/metrics#/gauges")),
        lambda: open_source(f"app+{server.url}/refused/x", options),
    )


def prometheus(tmp_path: Path, request: pytest.FixtureRequest) -> Case:
    server: PrometheusServer = request.getfixturevalue("prometheus_server")
    hostile: HostileServer = request.getfixturevalue("hostile_server")
    options = SourceOptions(headers=(("Authorization", f"Bearer {SECRET}"),))
    signals = (Signal("up"), Signal("load", "node_load1"), Signal("one", "vector(1)"), Signal("pi", "pi()"))
    broken = open_source(f"{hostile.url}/refused", options)
    return Case(open_source(server.url, options), signals, lambda: broken, span_ms=300_000, step_s=1)


def postgresql(tmp_path: Path, request: pytest.FixtureRequest) -> Case:
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    signals = (Signal("postgresql_connections_used_ratio"), Signal("own", "SELECT 'x' AS a, 7"))

    def with_password(word: str) -> Source:
        place = tmp_path / word
        place.write_text(word)
        return open_source(server.address, SourceOptions(basic_user="plimsoll", basic_password=f"file:{place}"))

    return Case(with_password(PASSWORD), signals, lambda: with_password(SECRET))


SYSTEM = pytest.mark.system
MAKERS = [
    memory,
    csv,
    parquet,
    store,
    host,
    app_json,
    pytest.param(prometheus, marks=SYSTEM),
    pytest.param(postgresql, marks=SYSTEM),
]


@pytest.fixture(params=MAKERS)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    made: Case = request.param(tmp_path, request)
    return made


def test_every_signal_asked_for_is_accounted_for(case: Case) -> None:
    asked = (*case.signals, Signal("no_such_signal_anywhere"))
    harvest = case.read(*asked)
    read, lacking = {series.id.name for series in harvest.series}, {gap.id.name for gap in harvest.gaps}
    assert read == {signal.name for signal in case.signals}
    assert lacking == {"no_such_signal_anywhere"}
    assert harvest.source == case.source.name


def test_a_gap_names_its_source_and_says_why(case: Case) -> None:
    window = case.window
    (gap,) = case.source.read([Signal("no_such_signal_anywhere")], window, case.step_s).gaps
    assert case.source.name in gap.reason
    assert len(gap.reason) > len(case.source.name) + 5
    assert "\n" not in gap.reason
    assert gap.window == window


def test_samples_are_in_order_in_the_window_and_finite_or_not_a_number(case: Case) -> None:
    window = case.window
    harvest = case.source.read(case.signals, window, case.step_s)
    for series in harvest.series:
        assert len(series) > 0
        assert series.times_ms.dtype == np.int64
        assert series.values.dtype == np.float64
        assert series.times_ms.shape == series.values.shape
        assert np.all(np.diff(series.times_ms) > 0)
        assert window.start_ms <= series.times_ms[0]
        assert series.times_ms[-1] < window.end_ms
        assert not np.isinf(series.values).any()
    assert len({series.id for series in harvest.series}) == len(harvest.series)


def test_the_signals_unit_and_kind_stand_over_what_the_source_says(case: Case) -> None:
    told = [Signal(signal.name, signal.query, "furlongs", MetricKind.RATE) for signal in case.signals]
    harvest = case.read(*told)
    assert {(series.unit, series.kind) for series in harvest.series} == {("furlongs", MetricKind.RATE)}


def test_what_is_discovered_can_be_read(case: Case) -> None:
    found = case.source.discover(case.window)
    assert found
    assert len({signal.name for signal in found}) == len(found)
    some = found[:20]
    harvest = case.read(*some)
    assert {one.id.name for one in (*harvest.series, *harvest.gaps)} == {signal.name for signal in some}
    assert harvest.series


def test_nothing_asked_nothing_read(case: Case) -> None:
    harvest = case.read()
    assert (harvest.series, harvest.gaps) == ((), ())


def test_a_window_before_all_samples_is_a_gap_for_each_signal(case: Case) -> None:
    signals = [signal for signal in case.signals if not signal.query.endswith(("vector(1)", "pi()"))]
    harvest = case.source.read(signals, Window(100_000_000_000, 100_003_600_000), 60)
    assert harvest.series == ()
    assert {gap.id.name for gap in harvest.gaps} == {signal.name for signal in signals}


def test_reading_twice_names_the_same_series(case: Case) -> None:
    first, second = (case.read(*case.signals) for _ in range(2))
    assert [series.id for series in first.series] == [series.id for series in second.series]


def test_the_diagnosis_of_a_source_that_works_fails_nowhere(case: Case) -> None:
    checks = case.source.diagnose(case.window)
    assert checks
    assert CheckState.FAILED not in {check.state for check in checks}
    assert all(check.name and check.seen and "\n" not in check.seen for check in checks)


def test_the_diagnosis_of_a_broken_source_fails_with_a_remedy_and_does_not_raise(case: Case) -> None:
    if case.broken is None:
        assert case.source.diagnose(case.window)
        return
    failed = [check for check in case.broken().diagnose(case.window) if check.state is CheckState.FAILED]
    assert failed
    assert all(check.remedy for check in failed)


@pytest.mark.parametrize("way", ["read", "discover"])
def test_a_broken_source_is_one_clear_line_that_names_it(case: Case, way: str) -> None:
    if case.broken is None:
        return
    broken = case.broken()
    with pytest.raises(PlimsollError) as caught:
        broken.read(case.signals[:1], case.window, 60) if way == "read" else broken.discover(case.window)
    assert broken.name.rpartition("+")[2].partition("/refused/x")[0] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_secret_is_shown_anywhere(case: Case) -> None:
    shown = [repr(case.source), case.source.name, repr(case.source.diagnose(case.window))]
    if case.broken is not None:
        broken = case.broken()
        shown += [repr(broken), broken.name, json.dumps([check.seen for check in broken.diagnose(case.window)])]
        with pytest.raises(PlimsollError) as caught:
            broken.read(case.signals[:1], case.window, 60)
        shown += [str(caught.value), repr(caught.value)]
    assert not [text for text in shown if SECRET in text or PASSWORD in text]
