"""How do files become a model? They are read, merged, checked and translated.

The faults of all stages are gathered, so that one run shows them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from plimsoll.app.model.components import ComponentSection
from plimsoll.app.model.document import API_VERSION, ModelFile
from plimsoll.app.model.faults import fault
from plimsoll.app.model.findings import findings as contradictions
from plimsoll.app.model.merging import Gathering
from plimsoll.app.model.references import broken_references
from plimsoll.app.model.translate import component, system
from plimsoll.app.model.yaml_reader import Tree, read_bytes
from plimsoll.domain.errors import InputError, ModelError, Place
from plimsoll.domain.finding import Finding
from plimsoll.domain.policy import Policy
from plimsoll.domain.system import System
from plimsoll.policy.refusals import remarks

DEFAULT_FILE = "plimsoll.yaml"
OLDER_VERSIONS = ("plimsoll/v1alpha1",)


@dataclass(frozen=True)
class Model:
    """A model as understood: the system for the pure packages, the file's sections, and the place of every value."""

    system: System
    file: ModelFile
    tree: Tree
    findings: tuple[Finding, ...] = ()


def load_model(paths: Sequence[str | Path] = ()) -> Model:
    """Load a model from files and folders, `./plimsoll.yaml` where none are given.

    Raises ModelError with every fault: file, line, column, field, and what was probably meant.
    """
    gathering = Gathering()
    try:
        gathering.add([Path(path) for path in paths] or [_default()])
    except InputError as error:
        raise ModelError([*gathering.tree.faults, error]) from None
    return _model(gathering.tree, gathering.findings)


def model_from_text(text: str | bytes, name: str = "<text>") -> Model:
    """Load a model from the text of one file; `name` is how messages call it."""
    raw = text.encode() if isinstance(text, str) else text
    gathering = Gathering()
    try:
        gathering.add_documents(read_bytes(raw, name), Path(name))
    except InputError as error:
        raise ModelError([*gathering.tree.faults, error]) from None
    return _model(gathering.tree, gathering.findings)


def _default() -> Path:
    path = Path(DEFAULT_FILE)
    if not path.exists():
        place = Place(DEFAULT_FILE)
        raise InputError("there is no model file here; name one with -m, or write one with `plimsoll init`", place)
    return path


def _model(tree: Tree, findings: Sequence[Finding]) -> Model:
    _refuse_older_version(tree)
    faults = list(tree.faults)
    if not tree.value and faults:
        raise ModelError(_in_order(faults))
    try:
        file = ModelFile.model_validate(tree.value)
    except ValidationError as error:
        faults.extend(fault(item, tree, ModelFile) for item in error.errors(include_url=False))
        faults.extend(broken_references(tree))
        faults.extend(_between_values(tree))
        raise ModelError(_in_order(faults)) from None
    faults.extend(broken_references(tree))
    understood = system(file, tree, faults)
    if faults:
        raise ModelError(_in_order(faults))
    return Model(understood, file, tree, (*findings, *contradictions(file, tree), *_policy_remarks(understood)))


def _policy_remarks(understood: System) -> tuple[Finding, ...]:
    """Gather the remarks on our own policies, which go beyond contradictions between sections of the file."""
    policies = [policy for part in understood.components for policy in part.policies if isinstance(policy, Policy)]
    reported = {"schedule-below-minimum"}
    return tuple(finding for policy in policies for finding in remarks(policy) if finding.rule not in reported)


def _between_values(tree: Tree) -> list[InputError]:
    """Find contradictions between the values of components that are each valid by themselves."""
    faults: list[InputError] = []
    sections = tree.value.get("components")
    for index, plain in enumerate(sections if isinstance(sections, list) else []):
        try:
            section = ComponentSection.model_validate(plain)
        except ValidationError:
            continue  # its own faults are reported already
        component(section, ("components", index), tree, faults)
    return faults


def _refuse_older_version(tree: Tree) -> None:
    version = tree.value.get("apiVersion")
    if version in OLDER_VERSIONS:
        message = f"{version} is an older version of {API_VERSION}: `plimsoll model upgrade {tree.file}` rewrites it"
        raise ModelError([InputError(message, tree.place(("apiVersion",)))])


def _in_order(faults: Sequence[InputError]) -> list[InputError]:
    """Sort faults by place, and drop those that say the same."""
    unique = {str(item): item for item in faults}
    return sorted(unique.values(), key=lambda item: _spot(item.place))


def _spot(place: Place | None) -> tuple[str, int, int]:
    return (place.file or "", place.line or 0, place.column or 0) if place else ("", 0, 0)
