"""A real Prometheus with a real node exporter, and one filled with real history."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.servers.programs import free_port, program, ready, running, until

HOUR_MS = 3_600_000
HISTORY_SERIES = 40


@dataclass(frozen=True)
class Exporter:
    """A node exporter that runs."""

    url: str
    target: str


@dataclass(frozen=True)
class PrometheusServer:
    """A Prometheus that runs; the fields below `folder` are set where it was filled with history."""

    url: str
    folder: Path
    series: tuple[str, ...] = ()
    first_ms: int = 0
    last_ms: int = 0
    step_ms: int = HOUR_MS
    values: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    def query(self, promql: str) -> list[dict]:
        """Query it without our own adapter."""
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": promql}, timeout=10)
        return list(answer.json()["data"]["result"])


@pytest.fixture(scope="session")
def node_exporter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exporter]:
    """A node exporter on loopback."""
    folder, port = tmp_path_factory.mktemp("node-exporter"), free_port()
    command = [program("prometheus-node-exporter"), f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    log = folder / "node-exporter.log"
    with running(command, log) as process:
        ready(process, lambda: _answers(f"http://127.0.0.1:{port}/"), log)
        yield Exporter(f"http://127.0.0.1:{port}", f"127.0.0.1:{port}")


@pytest.fixture(scope="session")
def prometheus_server(tmp_path_factory: pytest.TempPathFactory, node_exporter: Exporter) -> Iterator[PrometheusServer]:
    """A Prometheus that scrapes a node exporter, itself, and one target that is down, and holds samples of them."""
    folder = tmp_path_factory.mktemp("prometheus")
    with serving(folder, {"node": [node_exporter.target], "gone": ["127.0.0.1:9"]}) as server:
        until(lambda: len(server.query("node_load1 offset 3s")) == 1, "the node exporter is scraped")
        until(lambda: len(server.query("up == 0")) == 1, "the missing target is seen")
        yield server


@pytest.fixture(scope="session")
def prometheus_with_history(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[PrometheusServer]:
    """A Prometheus with 40 real hourly cloud series, moved in time so that the last sample is within the last hour."""
    folder = tmp_path_factory.mktemp("prometheus-history")
    filled = _history(folder, shared_data / "forecast" / "cloud_hourly.parquet")
    with serving(folder, {}) as server:
        until(lambda: len(server.query("count(last_over_time(cloud_metric[3h]))")) == 1, "the history is there")
        yield PrometheusServer(server.url, folder, **filled)


@contextmanager
def serving(folder: Path, targets: dict[str, Sequence[str]], *flags: str) -> Iterator[PrometheusServer]:
    """Run a Prometheus over `folder`; `targets` by job, `flags` are further options of the program."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    config = folder / "prometheus.yml"
    config.write_text(_configuration({**targets, "prometheus": [f"127.0.0.1:{port}"]} if targets else {}))
    log = folder / "prometheus.log"
    command = [
        program("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        "--storage.tsdb.retention.time=10y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
        *flags,
    ]
    with running(command, log) as process:
        ready(process, lambda: _answers(f"{url}/-/ready"), log)
        yield PrometheusServer(url, folder)


def load(folder: Path, text: str) -> None:
    """Turn OpenMetrics text into blocks under `folder`, before a server is run over it."""
    (folder / "history.om").write_text(text)
    command = [program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=768h"]
    subprocess.run([*command, folder / "history.om", folder / "tsdb"], check=True, capture_output=True, timeout=120)


def _history(folder: Path, table: Path) -> dict:
    rows = pq.read_table(table)
    ids, y = np.asarray(rows["unique_id"].cast(pa.string())), rows["y"].to_numpy()
    times_ms = rows["ds"].cast(pa.timestamp("ms")).cast(pa.int64()).to_numpy()
    now_ms = time.time_ns() // 1_000_000 // HOUR_MS * HOUR_MS
    lines, names, values, first_ms = ["# TYPE cloud_metric gauge"], [], {}, now_ms
    for name in list(dict.fromkeys(ids.tolist()))[:HISTORY_SERIES]:
        held = np.flatnonzero((ids == name) & ~np.isnan(y))
        held = held[np.argsort(times_ms[held], kind="stable")]
        times = times_ms[held] - times_ms[held[-1]] + now_ms
        label = f'cloud_metric{{resource="{name}"}}'
        lines += [f"{label} {y!r} {t // 1000}" for t, y in zip(times.tolist(), y[held].tolist(), strict=True)]
        names.append(label)
        values[name] = y[held]
        first_ms = min(first_ms, int(times[0]))
    load(folder, "\n".join([*lines, "# EOF", ""]))
    return {"series": tuple(names), "first_ms": first_ms, "last_ms": now_ms, "values": values}


def _configuration(targets: dict[str, Sequence[str]]) -> str:
    jobs = [{"job_name": job, "static_configs": [{"targets": list(found)}]} for job, found in targets.items()]
    return json.dumps({"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": jobs})


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
