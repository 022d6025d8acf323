"""How do the outcomes of cases look? What failed and why, and a last line with the counts."""

from __future__ import annotations

from plimsoll.domain.conformance import Conformance
from plimsoll.render.table import Table


def tables(document: Conformance) -> tuple[Table, ...]:
    """Show the failures, and the counts as the last line."""
    failed = tuple((one.case, one.kind, one.fault or "") for one in document.outcomes if not one.passed)
    if not failed:
        return (Table((), (), notes=(document.summary,)),)
    return (Table(("CASE", "KIND", "WHAT IS WRONG"), failed, notes=(document.summary,)),)
