"""How is a file of an older version upgraded, keeping its comments and layout?

plimsoll/v1alpha1, the draft format, had one key with another name: a component's capacity was `per_instance`. It is
`per_replica` now: the product counts replicas, and uses `instance` for the resources of one of them. Only that word and
the version change, in place; everything else stays byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from plimsoll.app.model.document import API_VERSION
from plimsoll.app.model.loading import OLDER_VERSIONS, model_from_text
from plimsoll.app.model.yaml_reader import MAX_BYTES, FieldPath, Tree, read_bytes
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.model_view import ModelUpgrade

_ALPHA_NAMES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("components", "*", "capacity", "per_instance"), "per_replica"),
)


def upgrade(path: Path) -> ModelUpgrade:
    """Rewrite one file; raises InputError where it is of no version that is known."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {(error.strerror or 'error').lower()}", Place(str(path))) from None
    return upgrade_text(raw, str(path))


def upgrade_text(raw: bytes, name: str) -> ModelUpgrade:
    """Rewrite the text of one file, and check that the result loads."""
    trees = read_bytes(raw, name)
    if len(trees) != 1 or not isinstance(trees[0].value, dict):
        raise InputError("is not one model file", Place(name))
    tree, text = trees[0], raw.decode("utf-8-sig")
    version = tree.value.get("apiVersion")
    if version == API_VERSION:
        return ModelUpgrade(name, text, ())
    if version not in OLDER_VERSIONS:
        known = ", ".join((*OLDER_VERSIONS, API_VERSION))
        raise InputError(f"{str(version)[:40]!r} is no version that is known: {known}", tree.place(("apiVersion",)))
    edits = sorted(_edits(tree), reverse=True)
    lines = text.splitlines(keepends=True)
    for line, start, old, new in edits:
        whole = lines[line]
        column = start + (whole[start : start + 1] in ("'", '"'))
        if not whole[column:].startswith(old):
            raise InputError(f"{old!r} is written in a way that cannot be rewritten", Place(name, line + 1, column + 1))
        lines[line] = whole[:column] + new + whole[column + len(old) :]
    result = "".join(lines)
    model_from_text(result, name)
    changes = tuple(f"line {line + 1}: {old} -> {new}" for line, _, old, new in reversed(edits))
    return ModelUpgrade(name, result, changes)


def _edits(tree: Tree) -> Iterator[tuple[int, int, str, str]]:
    value = tree.values[("apiVersion",)]
    yield value.line - 1, value.column - 1, str(tree.value["apiVersion"]), API_VERSION
    for path, mark in tree.keys.items():
        for pattern, new in _ALPHA_NAMES:
            if _matches(path, pattern):
                yield mark.line - 1, mark.column - 1, pattern[-1], new


def _matches(path: FieldPath, pattern: tuple[str, ...]) -> bool:
    return len(path) == len(pattern) and all(
        wanted == part or (wanted == "*" and isinstance(part, int)) for part, wanted in zip(path, pattern, strict=True)
    )
