"""What may a model file contain, and how was one understood? The answers of `schema`, `validate`, `show` and others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.finding import Finding


@dataclass(frozen=True)
class Validation(Document):
    """A valid model: how much it holds, and where it contradicts itself."""

    KIND: ClassVar[str] = "Validation"

    name: str
    files: tuple[str, ...]
    components: int
    policies: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """One value as understood: its field path, its value with its unit, and its place, or `default`.

    `kept` states the purpose of a value that no command reads; empty for all others.
    """

    field: str
    value: str
    origin: str
    kept: str = ""


@dataclass(frozen=True)
class ModelView(Document):
    """A model as understood; `model` is a model file again, with every default in it."""

    KIND: ClassVar[str] = "ModelView"

    name: str
    model: Mapping[str, Any]
    values: tuple[Understood, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a section: what it takes, its default (or `required`), and the section inside it, if any."""

    name: str
    type: str
    default: str
    description: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class SectionReference:
    """One section with its fields."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class FormatReference(Document):
    """Every section and field of the model file."""

    KIND: ClassVar[str] = "FormatReference"

    version: str
    sections: tuple[SectionReference, ...]


@dataclass(frozen=True)
class FirstModel(Document):
    """A first model that was written: where, and from which source."""

    KIND: ClassVar[str] = "FirstModel"

    file: str
    source: str


@dataclass(frozen=True)
class ModelUpgrade(Document):
    """The text of a file in today's version, and what was changed in it, each with its line."""

    KIND: ClassVar[str] = "ModelUpgrade"

    file: str
    text: str
    changes: tuple[str, ...]
