"""What was demanded, row by row? A trace: one row a step, the work that was offered in it."""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.domain.finding import Finding
from plimsoll.domain.series import Values


@dataclass(frozen=True, eq=False)
class Trace:
    """Demand by step: `times_s` (UTC epoch seconds) and `load`, both of shape (n,), n at least 2.

    `step_s` is the usual time between two rows; `findings` say what was odd about the rows and how it was resolved.
    `columns` are further series of the whole component by name, each of shape (n,), NaN where nothing was recorded.
    """

    name: str
    times_s: Values
    load: Values
    step_s: float
    findings: tuple[Finding, ...] = ()
    columns: tuple[tuple[str, Values], ...] = ()
