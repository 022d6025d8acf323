"""A fleet from file to file: as users call it, and on a cluster with one worker killed in mid-run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.conftest import Plimsoll
from tests.servers.programs import free_port

from plimsoll.adapters.engines.local import LocalEngine
from plimsoll.adapters.panels.parquet_layout import laid_out
from plimsoll.adapters.panels.parquet_writer import ParquetWriter
from plimsoll.app.forecasts.fleet import forecast_fleet
from plimsoll.bootstrap import open_engine
from plimsoll.domain.errors import SourceUnreachable
from plimsoll.domain.panel import Engine, Request

POINTS, SERIES, LEVELS = 96, 60, (0.1, 0.5, 0.9)
HOUR_US = 3_600_000_000


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Sixty hourly series of four days in small row groups."""
    draw = np.random.default_rng(0)
    values = 100 + 20 * np.sin(np.arange(POINTS) * np.pi / 12) + draw.normal(0, 3, (SERIES, POINTS))
    table = pa.table(
        {
            "unique_id": np.repeat([f"s{i:02d}" for i in range(SERIES)], POINTS),
            "ds": pa.array(np.tile(np.arange(POINTS) * HOUR_US, SERIES), pa.timestamp("us")),
            "y": values.ravel(),
        }
    )
    path = tmp_path / "fleet.parquet"
    pq.write_table(table, path, row_group_size=POINTS)
    return path


def forecast(source: Path, target: Path, engine: Engine, span_rows: int, tell=lambda done, total: None) -> pa.Table:
    request = Request(12, LEVELS, 3_600_000, (24,))
    with laid_out(str(source)) as reader, ParquetWriter(str(target), LEVELS) as writer:
        forecast_fleet(reader, writer, engine, request, tell, span_rows)
    return pq.read_table(target)


def test_every_series_that_came_in_comes_out(plimsoll: Plimsoll, fleet: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    words = ["forecast", "panel", "--input", fleet, "--output", target, "--freq", "h", "--seasons", "24"]
    done = plimsoll(*words, "--horizon", "12", "--quantiles", "0.1,0.5,0.9")
    assert done.returncode == 0, done.stderr
    assert "60 series; intervals measured on: 60 of unknown at 1h" in done.stdout
    table = pq.read_table(target)
    assert table.num_rows == SERIES * 12
    assert table["ds"][0].as_py().isoformat() == "1970-01-05T00:00:00"


def test_the_cut_into_spans_and_the_number_of_threads_change_no_bit(fleet: Path, tmp_path: Path) -> None:
    whole = forecast(fleet, tmp_path / "whole.parquet", LocalEngine(1), 10**9)
    cut = forecast(fleet, tmp_path / "cut.parquet", LocalEngine(3), 1)
    assert cut.combine_chunks().equals(whole.combine_chunks()) or cut.to_pylist() == whole.to_pylist()


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one program of the cluster until it is no longer needed."""
    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "5"}
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_does_not_answer_is_said_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plimsoll.adapters.engines.dask.CONNECT_DEADLINE_S", 1)
    with pytest.raises(SourceUnreachable, match="no scheduler answered"):
        open_engine(f"dask://127.0.0.1:{free_port()}")


@pytest.mark.system
@pytest.mark.filterwarnings("ignore")
def test_a_killed_worker_loses_nothing_and_changes_no_bit(fleet: Path, tmp_path: Path) -> None:
    from distributed import Client

    found = tmp_path / "scheduler.json"
    at_home = ["--host", "127.0.0.1", "--no-dashboard"]
    here = ["--scheduler-file", str(found)]
    with ExitStack() as cluster:
        cluster.enter_context(running("dask_scheduler", *here, *at_home, "--port", "0"))
        worker = ["dask_worker", *here, *at_home, "--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path)]
        first = cluster.enter_context(running(*worker, "--name", "first"))
        cluster.enter_context(running(*worker, "--name", "second"))
        with Client(scheduler_file=str(found), timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
            address = client.scheduler.address

        def kill_one(done: int, total: int) -> None:
            assert total == SERIES
            if done == 5:
                first.kill()

        engine = open_engine(address.replace("tcp://", "dask://"))
        survived = forecast(fleet, tmp_path / "dask.parquet", engine, 1, kill_one)
        assert first.wait(timeout=60) != 0
    alone = forecast(fleet, tmp_path / "local.parquet", LocalEngine(2), 10**9)
    assert survived.to_pylist() == alone.to_pylist()
