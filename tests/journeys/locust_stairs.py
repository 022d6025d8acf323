"""A Locust file: users in stairs against the example application, as the environment says.

STAIRS is the users of each step with commas between, STAIR_S how long each lasts. The window of Locust's quantiles is
made short, so that a step does not show the latency of the one before.
"""

from __future__ import annotations

import os

import locust.stats
from locust import FastHttpUser, LoadTestShape, constant, task

LEVELS = [int(level) for level in os.environ["STAIRS"].split(",")]
SECONDS = float(os.environ["STAIR_S"])
locust.stats.CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW = 3


class Customer(FastHttpUser):
    """Asks again as soon as an answer is there: a closed loop."""

    wait_time = constant(0)

    @task
    def orders(self) -> None:
        self.client.get("/orders/7", name="/orders")


class Stairs(LoadTestShape):
    """One level after another."""

    def tick(self) -> tuple[int, float] | None:
        step = int(self.get_run_time() // SECONDS)
        return (LEVELS[step], 100.0) if step < len(LEVELS) else None
