"""What was read from the files of other autoscalers: policies as ours, and what is odd about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.finding import Finding


@dataclass(frozen=True)
class ImportedPolicy:
    """One policy: where it came from, and the content of a policy file."""

    name: str
    origin: str
    file: Mapping[str, Any]


@dataclass(frozen=True)
class Imported(Document):
    """Everything that was imported, with findings."""

    KIND: ClassVar[str] = "ImportedPolicies"

    policies: tuple[ImportedPolicy, ...]
    findings: tuple[Finding, ...] = ()
