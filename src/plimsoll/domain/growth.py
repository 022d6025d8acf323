"""What a service needs at a multiple of today's load, by rules of thumb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from plimsoll.domain.document import Document


@dataclass(frozen=True)
class GrowthPrediction(Document):
    """Rate, latency and resources at `growth` times the load; `factors` multiply today's resources."""

    KIND: ClassVar[str] = "GrowthPrediction"

    growth: float
    request_rate_rps: float
    p95_s: float
    target_s: float
    target_missed: bool
    factors: Mapping[str, float]
    resources: Mapping[str, float]
    label: str = "rules of thumb, linear in the growth; a load test shows where latency really rises"
