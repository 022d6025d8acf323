"""How do imported policies look as tables?"""

from __future__ import annotations

from plimsoll.domain.imported import Imported
from plimsoll.render.table import Table


def tables(document: Imported) -> tuple[Table, ...]:
    """List the policies and what was found."""
    rows = tuple((policy.name, policy.origin) for policy in document.policies)
    notes = tuple(str(finding) for finding in document.findings)
    return (Table(("POLICY", "FROM"), rows, notes=notes),)
