"""The store as a source: series by name or selector, averaged if denser than the step, gaps with reasons."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.adapters.store.store_source import StoreSource
from plimsoll.bootstrap_sources import open_source
from plimsoll.domain.errors import UsageError
from plimsoll.domain.ports import CheckState, Signal
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window

START, MINUTE = 1_753_833_600_000, 60_000
DAY = Window(START, START + 86_400_000)
GAP = Gap(SeriesId.of("down"), Window(START, START + MINUTE), "server: refused")


@pytest.fixture
def store(tmp_path: Path) -> ParquetStore:
    dense, sparse = START + 1000 * np.arange(600), START + 3_600_000 * np.arange(10)
    with ParquetStore(tmp_path) as made:
        series = (
            Series(SeriesId.of("cpu", {"host": "a"}), dense, np.arange(600.0), "ratio", MetricKind.RATIO),
            Series(SeriesId.of("cpu", {"host": "b"}), dense + 7, np.ones(600), "ratio", MetricKind.RATIO),
            Series(SeriesId.of("disk"), sparse, np.arange(10.0), "bytes", MetricKind.BYTES),
        )
        made.append(Harvest("server", series, (GAP,)))
    return made


def test_it_lists_the_names_that_have_samples_with_unit_and_kind(store: ParquetStore) -> None:
    assert StoreSource(store).discover(DAY) == (
        Signal("cpu", "", "ratio", MetricKind.RATIO),
        Signal("disk", "", "bytes", MetricKind.BYTES),
    )
    assert StoreSource(store).discover(Window(START - 10, START)) == ()


def test_a_dense_series_is_averaged_over_the_step_and_a_sparse_one_comes_as_it_is(store: ParquetStore) -> None:
    found = StoreSource(store).read([Signal("cpu"), Signal("disk")], DAY, 300.0)
    lengths = {str(one.id): (len(one), one.times_ms[0] - START) for one in found.series}
    assert lengths == {'cpu{host="a"}': (2, 0), 'cpu{host="b"}': (2, 0), "disk": (10, 0)}
    assert found.series[0].values.tolist() == [149.5, 449.5]
    assert found.gaps == ()


def test_with_no_step_every_sample_comes(store: ParquetStore) -> None:
    found = StoreSource(store).read([Signal("cpu")], DAY, 0.0)
    assert [len(one) for one in found.series] == [600, 600]


def test_a_query_selects_by_labels_and_the_result_is_called_by_the_signal(store: ParquetStore) -> None:
    signal = Signal("web-cpu", 'cpu{host="b"}', "share", MetricKind.GAUGE)
    (one,) = StoreSource(store).read([signal], DAY, 0.0).series
    assert (str(one.id), one.unit, one.kind) == ('web-cpu{host="b"}', "share", MetricKind.GAUGE)


@pytest.mark.parametrize(
    ("name", "window", "words"),
    [
        ("cpo", DAY, "has no series 'cpo'; did you mean 'cpu'?"),
        ("zzz", DAY, "has no series 'zzz'; collect it first"),
        ("disk", Window(START + 40_000_000, START + 50_000_000), "has no sample of disk in the window; the last is of"),
        ("down", DAY, "server: refused"),
    ],
)
def test_a_signal_without_samples_is_a_gap_that_says_why(
    store: ParquetStore, name: str, window: Window, words: str
) -> None:
    found = StoreSource(store).read([Signal(name)], window, 60.0)
    assert found.series == ()
    (gap,) = found.gaps
    assert gap.id == SeriesId(name)
    assert words in gap.reason


def test_what_was_collected_under_the_name_of_a_signal_is_found_whatever_its_query(store: ParquetStore) -> None:
    found = StoreSource(store).read([Signal("disk", "sum(rate(node_disk_bytes[5m]))")], DAY, 60.0)
    assert [(str(one.id), len(one)) for one in found.series] == [("disk", 10)]


def test_a_query_in_another_language_with_no_series_of_its_name_is_a_gap(store: ParquetStore) -> None:
    found = StoreSource(store).read([Signal("x", "sum(cpu{host=a})")], DAY, 60.0)
    assert found.series == ()
    assert "has no series 'sum(cpu{host=a})'" in found.gaps[0].reason


def test_many_signals_are_read_in_one_go(store: ParquetStore) -> None:
    names = [f"metric_{i}" for i in range(3000)]
    at = START + 60_000 * np.arange(3)
    with store:
        store.append(Harvest("many", tuple(Series(SeriesId.of(name), at, np.ones(3)) for name in names)))
    begun = time.process_time()
    found = StoreSource(store).read([Signal(name) for name in names], DAY, 60.0)
    assert [one.id.name for one in found.series] == names
    assert time.process_time() - begun < 10


def test_its_diagnosis_tells_of_files_coverage_and_gaps(store: ParquetStore, tmp_path: Path) -> None:
    states = {check.name: (check.state, check.seen) for check in StoreSource(store).diagnose(DAY)}
    assert states["files"][0] is CheckState.OK
    assert states["coverage"] == (CheckState.OK, "3 series, 1210 samples, 2025-07-30T00:00:00Z to 2025-07-30T09:00:00Z")
    assert states["gaps"] == (CheckState.WARNING, "1 known, the newest of down: server: refused")
    (day,) = (tmp_path / "days").iterdir()
    day.write_bytes(b"")
    checks = StoreSource(store).diagnose(DAY)
    assert [check.state for check in checks[:2]] == [CheckState.FAILED, CheckState.FAILED]
    assert str(day) in checks[0].seen


def test_store_names_a_source_by_its_folder_or_the_one_in_the_state(
    store: ParquetStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(open_source(f"store:{tmp_path}").discover(DAY)) == 2
    monkeypatch.setenv("PLIMSOLL_STORE", str(tmp_path))
    assert len(open_source("store").discover(DAY)) == 2
    with pytest.raises(UsageError, match="no series store in /nowhere"):
        open_source("store:/nowhere")
    monkeypatch.delenv("PLIMSOLL_STORE")
    with pytest.raises(UsageError, match="write store:FOLDER"):
        open_source("store")
