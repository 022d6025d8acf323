"""A shop whose Black Friday is known: a model file for tests of plans."""

from __future__ import annotations

SHOP_MODEL = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: shop}
components:
  - name: web
    demand: {unit: users, driver: users}
    capacity: {per_replica: 100}
    replicas: {min: 1, max: 20}
    instance: {price_per_hour: 0.1}
drivers:
  - {name: users, now: 1000}
scenarios:
  - {name: steady, driver: users, monthly: 0%}
events:
  - {name: Black Friday, start: 2026-11-27, end: 2026-12-01, driver: users, factor: 2.5}
  - {name: outage, kind: ignore, start: 2026-12-20, end: 2026-12-21}
planning: {start: 2026-10-15, months: 2}
prices: {currency: EUR}
"""
