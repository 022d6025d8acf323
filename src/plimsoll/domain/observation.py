"""What was seen when a decision was due: every signal is a value, missing, or stale - never an invented number.

A `Value` was measured recently enough. `Stale` was measured, but too long ago to act on: it is shown, not used.
`Missing` was not measured at all, or is not a number. The policy sets the age from which a value is stale
(`plimsoll.domain.policy.SignalUse.stale_after_s`); a source that already knows may pass `Stale` itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Value:
    """A sample that may be acted on: the number in base units and its age when it was read."""

    value: float
    age_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Stale:
    """A sample too old to act on."""

    value: float
    age_s: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """No sample, with the reason where one is known."""

    reason: str = ""


Reading = Value | Stale | Missing
MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Fleet:
    """The replicas (or workers, shards, rungs of a ladder of sizes) as they stand.

    `desired` is the count requested last; `ready` replicas serve; `starting` are not ready yet; `unhealthy` fail their
    health check (those within the grace period of a new replica count as starting). `ready` is None where the platform
    did not report it. `rolling_out` is true while a new version replaces an old one.
    """

    desired: int
    ready: int | None = None
    starting: int = 0
    unhealthy: int = 0
    rolling_out: bool = False


@dataclass(frozen=True, slots=True)
class ForecastReading:
    """The forecast at the quantile the policy asks for, in the unit of the policy's demand signal.

    `ahead` is the largest demand from now until the lead time has passed. `for_now` is the forecast made one lead time
    ago for this moment: comparing it with current demand measures the coverage of the forecast.
    """

    ahead: float
    for_now: float | None = None
    age_s: float = 0.0


@dataclass(frozen=True)
class Observation:
    """Everything that a decision may depend on.

    `signals` are keyed by name; a name that is absent reads as missing. `exhausted` names other policies of the same
    component that stand at their own maximum (a database is grown first and copied after).
    """

    fleet: Fleet
    signals: Mapping[str, Reading] = field(default_factory=dict)
    forecast: ForecastReading | Missing = MISSING
    exhausted: frozenset[str] = frozenset()

    def reading(self, name: str) -> Reading:
        """Read one signal; what is absent or not a number is missing."""
        found = self.signals.get(name, Missing(f"{name} was not read"))
        if isinstance(found, Value | Stale) and not math.isfinite(found.value):
            return Missing(f"{name} is not a finite number")
        return found


def stale_if_older(reading: Reading, stale_after_s: float) -> Reading:
    """Take a value older than `stale_after_s` as stale.

    >>> stale_if_older(Value(0.7, age_s=30), 60)
    Value(value=0.7, age_s=30)
    >>> stale_if_older(Value(0.7, age_s=90), 60).reason
    'older than 60 s'
    """
    if isinstance(reading, Value) and not reading.age_s <= stale_after_s:
        return Stale(reading.value, reading.age_s, f"older than {stale_after_s:g} s")
    return reading
