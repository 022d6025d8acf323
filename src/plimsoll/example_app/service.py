"""The service itself: routes, and what it tells of itself."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from plimsoll.example_app.orders import Orders, summary

# The work of one request: rows read, and passes over them.
WORK = {"orders": (20, 40), "report": (120, 32)}
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Gauges:
    """What the service counts: requests, their duration and its pool, for Prometheus and as JSON."""

    def __init__(self, orders: Orders) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        labels = ("kind", "status")
        self.requests = Counter("example_requests", "Requests served.", labels, registry=self.registry)
        self.seconds = Histogram(
            "example_request_duration_seconds", "Time to serve.", ("kind",), buckets=_BUCKETS, registry=self.registry
        )
        in_use = Gauge("example_pool_connections_in_use", "Connections taken from the pool.", registry=self.registry)
        in_use.set_function(lambda: orders.pool.in_use)
        Gauge("example_pool_connections_max", "Size of the pool.", registry=self.registry).set(orders.pool.size)

    def as_json(self) -> dict[str, float]:
        """Give every sample by name, with its labels in the name."""
        found: dict[str, float] = {}
        for family in self.registry.collect():
            for sample in family.samples:
                labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
                found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
        return found


def example_app(database: Path, pool_size: int, query_s: float) -> FastAPI:
    """Build the service over a new database file; each query waits `query_s` seconds besides."""
    orders = Orders(database, pool_size, query_s)
    gauges = Gauges(orders)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        orders.close()

    # The pages that FastAPI draws of an application fetch their scripts from elsewhere; `/openapi.json` stays.
    app = FastAPI(title="Plimsoll example application", lifespan=lifespan, docs_url=None, redoc_url=None)

    def serve(kind: str, customer: int) -> Response:
        rows, passes = WORK[kind]
        return _counted(gauges, kind, lambda: summary(orders.latest(customer, rows), passes))

    @app.get("/orders/{customer}")
    def list_orders(customer: int) -> Response:
        return serve("orders", customer)

    @app.get("/report/{customer}")
    def report(customer: int) -> Response:
        return serve("report", customer)

    @app.get("/health")
    def health() -> Response:
        pool = orders.pool
        free = pool.in_use < pool.size
        components = {"pool": {"status": "up" if free else "degraded", "in_use": pool.in_use, "size": pool.size}}
        return JSONResponse({"status": "up" if free else "degraded", "components": components}, 200 if free else 503)

    @app.get("/stats")
    def stats() -> dict[str, Any]:
        return {"samples": gauges.as_json()}

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(gauges.registry), media_type=CONTENT_TYPE_LATEST)

    return app


def _counted(gauges: Gauges, kind: str, work: Callable[[], dict[str, Any]]) -> Response:
    started = time.perf_counter()
    try:
        answer, status = work(), 200
    except PoolTimeoutError:
        answer, status = {"error": "no connection came free in time"}, 503
    gauges.seconds.labels(kind).observe(time.perf_counter() - started)
    gauges.requests.labels(kind, str(status)).inc()
    return JSONResponse(answer, status)
