"""What a command answers: a document with a kind and a schema version.

A document is a frozen dataclass. Its JSON form is made in one place (`plimsoll.render.json_form`): field names as they
stand, times as RFC 3339, enumerations by value, NaN and infinities as null.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

SCHEMA_VERSION = "plimsoll/v1"


@dataclass(frozen=True)
class Document:
    """Root of the documents that commands print; a subclass names its `KIND`."""

    KIND: ClassVar[str] = "Document"
