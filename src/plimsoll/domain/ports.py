"""What the application asks of the outside world, as small protocols; adapters fulfil them.

A source is made with its address, credentials and deadline, so that reading needs only what to read and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from plimsoll.domain.series import Harvest, MetricKind, Window


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing to read from a source: `query` is in the source's own language (PromQL, a column, a JSON pointer).

    `name` is what the result is called in the model; an empty query means the source's own signal of that name.
    """

    name: str
    query: str = ""
    unit: str = ""
    kind: MetricKind = MetricKind.UNKNOWN


class CheckState(str, Enum):
    """How one check of a source went."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a diagnosis: what was looked at, how it went, what was seen and what would mend it."""

    name: str
    state: CheckState
    seen: str
    remedy: str = ""


class Source(Protocol):
    """A place that series are read from."""

    @property
    def name(self) -> str:
        """How messages call this source; never holds a secret."""

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        """Read `signals` over `window` at `step_s`; a signal that fails is a Gap with its reason.

        Raises SourceError when the source as a whole cannot be read.
        """

    def discover(self, window: Window) -> tuple[Signal, ...]:
        """List the signals this source offers over `window`."""

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        """Look at reachability, access, coverage and limits; never raises for a fault of the source."""
