"""How do the outcomes of cases look? What failed and why, and a last line with the counts."""

from __future__ import annotations

from plimsoll.domain.conformance import CaseOutcome, Conformance
from plimsoll.render.table import Table


def tables(document: Conformance) -> tuple[Table, ...]:
    """Show the failures, and the counts as the last line."""
    failed = tuple(
        Table((), (), f"{one.case} ({one.kind})", notes=_lines(one)) for one in document.outcomes if one.fault
    )
    findings = tuple(str(finding) for finding in document.findings)
    return (
        *failed,
        *([Table((), (), "Findings", notes=findings)] if findings else []),
        Table((), (), notes=(document.summary,)),
    )


def listed(document: Conformance) -> tuple[Table, ...]:
    """List every case, for programs and pages, and the counts."""
    rows = tuple(
        (one.case, one.kind, "passed" if one.passed else "failed", " ".join((one.fault or "").split()))
        for one in document.outcomes
    )
    return (Table(("CASE", "KIND", "RESULT", "FAULT"), rows, notes=(document.summary,)),)


def _lines(outcome: CaseOutcome) -> tuple[str, ...]:
    return tuple(f"  {line}" for line in (outcome.fault or "").splitlines())
