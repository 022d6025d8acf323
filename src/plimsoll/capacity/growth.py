"""What does a service need when its load grows by a factor? The rules of thumb of a growth guide, as arithmetic.

Request rate and p95 latency are both multiplied by the growth. Where the predicted p95 misses its target, cores are
multiplied by p95 / target and database connections by 1.2 times the growth; otherwise both by the growth. The cache is
multiplied by the growth, memory by 0.8 of the factor of cores. A model may choose which of the two factors applies to
cores and cache. This is a linear guess and is marked so: a load line says where latency really turns.

Source: scaling guide of a semantic text service (reference system 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plimsoll.domain.growth import GrowthPrediction

GROWTH = "growth"
LATENCY_OVER_TARGET = "latency_over_target"


@dataclass(frozen=True)
class GrowthRules:
    """Numbers of the rules: memory as a share of the factor of cores, the database's extra where the target is missed.

    `base` holds today's resources. `cores_when_missed`, `cores_otherwise` and `cache` name the factor that applies:
    growth, or latency over target.
    """

    memory_of_cores: float
    database_extra: float
    base: Mapping[str, float]
    cores_when_missed: str = LATENCY_OVER_TARGET
    cores_otherwise: str = GROWTH
    cache: str = GROWTH


def predict_growth(
    growth: float, request_rate_rps: float, p95_s: float, target_s: float, rules: GrowthRules
) -> GrowthPrediction:
    """Predict rate, latency and resources at `growth` times today's load."""
    predicted_s = p95_s * growth
    missed = predicted_s > target_s
    by_name = {GROWTH: growth, LATENCY_OVER_TARGET: predicted_s / target_s}
    cores = by_name[rules.cores_when_missed if missed else rules.cores_otherwise]
    factors = {
        "cores": cores,
        "memory_gib": rules.memory_of_cores * cores,
        "cache_mib": by_name[rules.cache],
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
