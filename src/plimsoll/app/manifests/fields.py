"""How is a field of a manifest read, so that an error names its line?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plimsoll.app.manifests.amounts import milli
from plimsoll.app.model.yaml_reader import FieldPath, Tree
from plimsoll.domain.errors import InputError, Place


@dataclass(frozen=True)
class Fields:
    """A mapping inside a manifest, and its place in the file."""

    tree: Tree
    value: dict[str, Any]
    path: FieldPath = ()

    def place(self, *inside: str | int) -> Place:
        """Where something inside stands."""
        return self.tree.place((*self.path, *inside))

    def error(self, message: str, *inside: str | int) -> InputError:
        """Say what is wrong with something inside."""
        return InputError(message, self.place(*inside))

    def child(self, name: str) -> Fields:
        """Read a mapping; an absent one is empty."""
        found = self.value.get(name)
        if found is not None and not isinstance(found, dict):
            raise self.error("is to be a mapping", name)
        return Fields(self.tree, found or {}, (*self.path, name))

    def children(self, name: str) -> Iterator[Fields]:
        """Read a list of mappings; an absent one is empty."""
        found = self.value.get(name) or []
        if not isinstance(found, list):
            raise self.error("is to be a list", name)
        for index, item in enumerate(found):
            if not isinstance(item, dict):
                raise self.error("is to be a mapping", name, index)
            yield Fields(self.tree, item, (*self.path, name, index))

    def text(self, name: str, default: str | None = None) -> str:
        """Read a text, or a number as text."""
        found = self.value.get(name, default)
        if found is None or isinstance(found, dict | list | bool):
            raise self.error("is missing" if found is None else "is to be a word", name)
        return str(found)

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts; an absent one is empty."""
        found = self.value.get(name) or ()
        if not isinstance(found, list | tuple) or not all(isinstance(item, str) for item in found):
            raise self.error("is to be a list of words", name)
        return tuple(found)

    def whole(self, name: str, default: int | None = None) -> int:
        """Read a whole number."""
        found = self.value.get(name, default)
        if isinstance(found, bool) or not isinstance(found, int):
            raise self.error("is missing" if found is None else f"is to be a whole number, not {found!r}", name)
        return found

    def number(self, name: str) -> float:
        """Read a number; some tools write numbers as text."""
        found = self.value.get(name)
        try:
            if found is None or isinstance(found, bool) or not math.isfinite(float(found)):
                raise ValueError
            return float(found)
        except (TypeError, ValueError):
            raise self.error("is missing" if found is None else f"is to be a number, not {found!r}", name) from None

    def maybe_whole(self, name: str) -> int | None:
        """Read a whole number that may be absent."""
        return None if self.value.get(name) is None else self.whole(name)

    def quantity(self, name: str) -> int:
        """Read a quantity, in thousandths."""
        try:
            return milli(self.text(name))
        except InputError as error:
            raise self.error(error.message, name) from error

    def milli(self, name: str) -> int:
        """Read a quantity above zero, in thousandths."""
        found = self.quantity(name)
        if found <= 0:
            raise self.error("is to be above zero", name)
        return found

    def one_of(self, kind: Any, name: str, default: str | None = None) -> Any:
        """Read a member of an enumeration."""
        found = self.text(name, default)
        try:
            return kind(found)
        except ValueError:
            known = ", ".join(member.value for member in kind)
            raise self.error(f"{found[:40]!r} is none of {known}", name) from None
