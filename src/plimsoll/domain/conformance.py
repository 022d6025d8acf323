"""Does a policy's code give what its cases expect? What `policy conformance` and `policy test` answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.finding import Finding


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """One case: its place, its name and its fault; the fault is None where the case passed."""

    case: str
    kind: str
    fault: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the case gave what it expects."""
        return self.fault is None


@dataclass(frozen=True)
class Conformance(Document):
    """The outcome of a file, or several, of cases."""

    KIND: ClassVar[str] = "Conformance"

    source: str
    passed: int
    failed: int
    outcomes: tuple[CaseOutcome, ...]
    findings: tuple[Finding, ...] = ()

    @staticmethod
    def of(source: str, outcomes: tuple[CaseOutcome, ...], findings: tuple[Finding, ...] = ()) -> Conformance:
        """Count the outcomes."""
        passed = sum(outcome.passed for outcome in outcomes)
        return Conformance(source, passed, len(outcomes) - passed, outcomes, findings)

    @property
    def summary(self) -> str:
        """The last line of the answer."""
        return f"{self.passed} passed, {self.failed} failed"
