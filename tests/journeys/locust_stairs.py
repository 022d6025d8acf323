"""A Locust file: users in stairs against the example application, as the environment variables say.

STAIRS lists the users of each step, separated by commas; STAIR_S is the duration of each. Besides the requested files,
PLAIN_PREFIX gets the files that Locust writes by default, and PLAIN_PREFIX_requests.csv each request: when it ended
(Unix seconds) and how long it took (ms).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TextIO

import gevent
from locust import FastHttpUser, LoadTestShape, constant, events, task
from locust.env import Environment
from locust.stats import PERCENTILES_TO_REPORT, StatsCSVFileWriter

LEVELS = [int(level) for level in os.environ["STAIRS"].split(",")]
SECONDS = float(os.environ["STAIR_S"])
PREFIX = os.environ["PLAIN_PREFIX"]


@events.init.add_listener
def write_by_default(environment: Environment, **_: Any) -> None:
    """Write what Locust writes without `--csv-full-history`."""
    writer = StatsCSVFileWriter(environment, PERCENTILES_TO_REPORT, PREFIX)
    gevent.spawn(writer.stats_writer)
    events.quitting.add_listener(lambda **_: writer.close_files())


@events.init.add_listener
def write_requests(environment: Environment, **_: Any) -> None:
    """Write each request as it ends."""
    file: TextIO = Path(f"{PREFIX}_requests.csv").open("w", encoding="utf-8")  # noqa: SIM115 closed when Locust quits
    environment.events.request.add_listener(
        lambda start_time, response_time, **_: file.write(f"{start_time + response_time / 1000},{response_time}\n")
    )
    events.quitting.add_listener(lambda **_: file.close())


class Customer(FastHttpUser):
    """Sends the next request as soon as the last is answered: a closed loop."""

    wait_time = constant(0)

    @task
    def orders(self) -> None:
        self.client.get("/orders/7", name="/orders")


class Stairs(LoadTestShape):
    """One level after another."""

    def tick(self) -> tuple[int, float] | None:
        step = int(self.get_run_time() // SECONDS)
        return (LEVELS[step], 100.0) if step < len(LEVELS) else None
