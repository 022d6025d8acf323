"""What does a service need when its load grows by a factor? The rules of thumb of a growth guide, as arithmetic.

Request rate and p95 latency are both multiplied by the growth. Where the predicted p95 misses its target, cores are
multiplied by p95 / target and the database by 1.2 times the growth, else both by the growth; the cache by the growth;
memory by 0.8 of the factor of cores. A linear guess, marked so: a load line says where latency really turns.

Source: scaling guide of a semantic text service (reference system 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plimsoll.domain.growth import GrowthPrediction


@dataclass(frozen=True)
class GrowthRules:
    """Shares of the rules: memory of the factor of cores, the database's extra where the target is missed."""

    memory_of_cores: float
    database_extra: float
    base: Mapping[str, float]


def predict_growth(
    growth: float, request_rate_rps: float, p95_s: float, target_s: float, rules: GrowthRules
) -> GrowthPrediction:
    """Predict rate, latency and resources at `growth` times today's load."""
    predicted_s = p95_s * growth
    missed = predicted_s > target_s
    cores = predicted_s / target_s if missed else growth
    factors = {
        "cores": cores,
        "memory_gib": rules.memory_of_cores * cores,
        "cache_mib": growth,
        "db_connections": rules.database_extra * growth if missed else growth,
    }
    return GrowthPrediction(
        growth=growth,
        request_rate_rps=request_rate_rps * growth,
        p95_s=predicted_s,
        target_s=target_s,
        target_missed=missed,
        factors=factors,
        resources={name: value * factors[name] for name, value in rules.base.items()},
    )
