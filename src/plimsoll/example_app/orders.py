"""What the service works on: orders in an SQLite database, reached through a bounded pool of connections."""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import QueuePool

CUSTOMERS = 200
ORDERS_PER_CUSTOMER = 400
_COLUMNS = "customer, number, amount_cents, placed_at_s, status"
_WAIT_S = 1.0  # for a connection, before it is an error
_STATUSES = ("open", "paid", "sent", "returned")


@dataclass(frozen=True, slots=True)
class PoolShare:
    """How much of the connection pool is in use."""

    in_use: int
    size: int


class Orders:
    """The orders of all customers: `pool_size` connections, each held `query_s` seconds longer than a query takes."""

    def __init__(self, database: Path, pool_size: int, query_s: float) -> None:
        self._pool_size = pool_size
        self._query_s = query_s
        self._engine: Engine = create_engine(
            f"sqlite:///{database}", poolclass=QueuePool, pool_size=pool_size, max_overflow=0, pool_timeout=_WAIT_S,
            connect_args={"check_same_thread": False},
        )  # fmt: skip
        with self._engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE orders ({_COLUMNS})"))
            connection.execute(
                text(f"INSERT INTO orders ({_COLUMNS}) VALUES (:c, :n, :a, :p, :s)"),  # noqa: S608 constant names
                [_order(customer, number) for customer in range(CUSTOMERS) for number in range(ORDERS_PER_CUSTOMER)],
            )
            connection.execute(text("CREATE INDEX by_customer ON orders (customer)"))

    def latest(self, customer: int, count: int) -> list[dict[str, Any]]:
        """Fetch up to `count` orders of a customer.

        Raises sqlalchemy.exc.TimeoutError when no connection comes free in time.
        """
        query = text(f"SELECT {_COLUMNS} FROM orders WHERE customer = :c ORDER BY placed_at_s DESC LIMIT :n")  # noqa: S608
        with self._engine.connect() as connection:
            time.sleep(self._query_s)
            return [dict(row) for row in connection.execute(query, {"c": customer % CUSTOMERS, "n": count}).mappings()]

    @property
    def pool(self) -> PoolShare:
        """The share of the pool that is in use now."""
        pool = self._engine.pool
        return PoolShare(pool.checkedout() if isinstance(pool, QueuePool) else 0, self._pool_size)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def summary(orders: list[dict[str, Any]], passes: int) -> dict[str, Any]:
    """Summarize orders by status, with a rolling median; `passes` is how often, and so the processor time it costs."""
    result: dict[str, Any] = {}
    for _ in range(passes):
        amounts = [order["amount_cents"] for order in orders]
        result = {
            status: json.loads(json.dumps([order for order in orders if order["status"] == status]))
            for status in _STATUSES
        }
        result["median_cents"] = statistics.median(amounts) if amounts else None
    return {key: len(value) if isinstance(value, list) else value for key, value in result.items()}


def _order(customer: int, number: int) -> dict[str, Any]:
    return {
        "c": customer,
        "n": number,
        "a": (customer * 7919 + number * 104729) % 50_000 + 100,
        "p": 1_700_000_000 + number * 3600,
        "s": _STATUSES[(customer + number) % len(_STATUSES)],
    }
