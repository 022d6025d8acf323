"""How a model as understood looks as tables."""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.domain.finding import Finding
from plimsoll.domain.model_view import FirstModel, FormatReference, ModelUpgrade, ModelView, Validation
from plimsoll.domain.quantity import counted
from plimsoll.render.table import Table


def tables(document: Validation | ModelView) -> tuple[Table, ...]:
    """Lay out the answer of `validate` or `show`."""
    if isinstance(document, Validation):
        return _validation(document)
    rows = tuple(
        (item.field, item.value, item.origin, f"kept {item.kept}, not used" if item.kept else "")
        for item in document.values
    )
    shown = Table(("FIELD", "VALUE", "FROM", "USE"), rows, title=document.name)
    return (shown, *_findings(document.findings))


def first_model_tables(document: FirstModel) -> tuple[Table, ...]:
    """Lay out the answer of `init`."""
    return (Table(("MODEL", "OF"), ((document.file, document.source),)),)


def upgrade_tables(document: ModelUpgrade) -> tuple[Table, ...]:
    """Lay out the answer of `model upgrade`: its changes; the text itself is in the document."""
    return (Table(("FILE", "CHANGE"), tuple((document.file, change) for change in document.changes)),)


def _validation(document: Validation) -> tuple[Table, ...]:
    files = ", ".join(document.files)
    holds = f"{counted(document.components, 'component')}, {counted(document.policies, 'policy', 'policies')}"
    summary = f"{document.name}: valid ({holds}) in {files}"
    return (Table((), (), title=summary), *_findings(document.findings))


def _findings(findings: Sequence[Finding]) -> tuple[Table, ...]:
    if not findings:
        return ()
    rows = []
    for finding in findings:
        places = "; ".join(f"{place.file}:{place.line}" for place in finding.places)
        rows.append((finding.rule, places, finding.message, finding.taken))
    return (Table(("FINDING", "WHERE", "WHAT", "TAKEN"), tuple(rows), title="Findings"),)


_ABOUT = (
    (
        "One YAML file describes a system; `-m FILE` names it, else `./plimsoll.yaml` is read. It may be split: "
        "give `-m` several times, a folder, or `include`. Lists are joined, mappings are merged, and nothing is "
        "overwritten."
    ),
    (
        "Unknown keys are errors. All faults are reported at once, with file, line, column, field and what was "
        "probably meant; `plimsoll validate` also lists contradictions, as findings. `plimsoll show` prints the "
        "model as understood, with every default; its `-o yaml` is a model file again."
    ),
    (
        "Values are written with their units: `250ms`, `30s`, `5m`, `12h`, `30d`; `512Mi`, `4Gi`, `100GB`; `500m` "
        "of a core; `70%`; `1Gbit/s`; `1000/min`. The field decides what `m` means: minutes where time is meant, "
        "thousandths where cores are meant. A field that takes any value with a unit wants `min` for minutes and "
        "`GB` for bytes."
    ),
    (
        "Unquoted words are read by YAML 1.2: `02:00`, `on` and dates are text. Anchors, aliases and `<<` work within "
        "bounds."
    ),
    (
        "Secrets are written as `env:NAME` or `file:PATH`, never as themselves. OpenSLO documents (`apiVersion: "
        "openslo/v1`) may stand beside the model; their objectives become `slos`."
    ),
    ("`plimsoll schema -o json` prints the JSON Schema for editors, and `plimsoll schema -o md` prints this page."),
)


def reference_tables(document: FormatReference) -> tuple[Table, ...]:
    """Lay out the reference of the format: what holds throughout, then one table a section."""
    about = Table((), (), title=f"The model file, {document.version}", notes=_ABOUT)
    return (about, *_section_tables(document))


def plain_reference_tables(document: FormatReference, word: str) -> tuple[Table, ...]:
    """Lay out the reference of another file's format: one table a section."""
    return (Table((), (), title=f"The {word} file, {document.version}"), *_section_tables(document))


def _section_tables(document: FormatReference) -> tuple[Table, ...]:
    return tuple(
        Table(
            ("FIELD", "TAKES", "DEFAULT", "MEANING"),
            tuple((field.name, field.type, field.default, field.description) for field in section.fields),
            title=f"{section.name}: {section.description}",
        )
        for section in document.sections
    )
