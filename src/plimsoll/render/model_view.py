"""How a model as understood looks as tables."""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.domain.finding import Finding
from plimsoll.domain.model_view import FormatReference, ModelView, Validation
from plimsoll.render.table import Table


def tables(document: Validation | ModelView) -> tuple[Table, ...]:
    """Lay out the answer of `validate` or `show`."""
    if isinstance(document, Validation):
        return _validation(document)
    rows = tuple((item.field, item.value, item.origin) for item in document.values)
    shown = Table(("FIELD", "VALUE", "FROM"), rows, title=document.name)
    return (shown, *_findings(document.findings))


def _validation(document: Validation) -> tuple[Table, ...]:
    files = ", ".join(document.files)
    summary = f"{document.name}: valid ({document.components} components, {document.policies} policies) in {files}"
    return (Table((), (), title=summary), *_findings(document.findings))


def _findings(findings: Sequence[Finding]) -> tuple[Table, ...]:
    if not findings:
        return ()
    rows = []
    for finding in findings:
        places = "; ".join(f"{place.file}:{place.line}" for place in finding.places)
        rows.append((finding.rule, places, finding.message, finding.taken))
    return (Table(("FINDING", "WHERE", "WHAT", "TAKEN"), tuple(rows), title="Findings"),)


def reference_tables(document: FormatReference) -> tuple[Table, ...]:
    """Lay out the reference of the format, one table a section."""
    return tuple(
        Table(
            ("FIELD", "TAKES", "DEFAULT", "MEANING"),
            tuple((field.name, field.type, field.default, field.description) for field in section.fields),
            title=f"{section.name}: {section.description}",
        )
        for section in document.sections
    )
