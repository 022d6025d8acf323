"""How does a file become plain values whose places are known?

A file is checked for size and encoding, parsed into nodes, and expanded into lists and dictionaries, with the place of
every key and value by its path. Unquoted words are read by the YAML 1.2 core schema: `02:00`, `on` and `2024-01-15`
stay text. Aliases and merge keys are allowed within a bound on their expansion, so that a few lines cannot expand into
gigabytes. Faults are gathered, not raised one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plimsoll.app.model.yaml_nodes import MAX_DEPTH, Listing, Mapping, Mark, Node, Scalar, nodes
from plimsoll.domain.errors import InputError, Place

MAX_BYTES = 4 * 2**20
MAX_NODES = 100_000
MAX_KEY = 256

FieldPath = tuple[str | int, ...]
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_MAX_DIGITS = 300


@dataclass
class Tree:
    """One document as plain values, with the marks of its keys and values by path, and its faults."""

    file: str
    value: Any = None
    keys: dict[FieldPath, Mark] = field(default_factory=dict)
    values: dict[FieldPath, Mark] = field(default_factory=dict)
    faults: list[InputError] = field(default_factory=list)

    def place(self, path: FieldPath, at_key: bool = False) -> Place:
        """Where `path` stands: its key or its value, or the nearest thing around it that the file does hold."""
        for end in range(len(path), -1, -1):
            spot = path[:end]
            if spot not in self.values:
                continue
            wants_key = at_key if end == len(path) else self._lacks(spot, path[end])
            mark = (self.keys.get(spot) if wants_key else None) or self.values[spot]
            return mark.place(field_name(path) or None)
        return Place(self.file, field=field_name(path) or None)

    def _lacks(self, spot: FieldPath, part: str | int) -> bool:
        """Whether the value at `spot` could contain `part`, does not, and is not a short form of it."""
        value = self.value
        for step in spot:
            value = value[step]
        return isinstance(value, list if isinstance(part, int) else dict)


def field_name(path: FieldPath) -> str:
    """Format a path for people.

    >>> field_name(("components", 0, "replicas", "min"))
    'components[0].replicas.min'
    """
    text = ""
    for part in path:
        word = f"[{part}]" if isinstance(part, int) else "".join(c if c.isprintable() else "?" for c in part[:80])
        text += word if isinstance(part, int) or not text else f".{word}"
    return text


def read_file(path: Path) -> list[Tree]:
    """Read a file into its documents; raises InputError where it cannot be read as YAML at all."""
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {(error.strerror or 'no such file').lower()}", Place(name)) from None
    except ValueError:
        raise InputError("is not a path", Place(name.replace("\0", "\\0"))) from None
    return read_bytes(raw, name)


def read_bytes(raw: bytes, name: str) -> list[Tree]:
    """Read the content of a file; `name` is how messages call it."""
    if len(raw) > MAX_BYTES:
        raise InputError(f"is larger than {MAX_BYTES // 2**20} MiB, which no model file is", Place(name))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise InputError(f"is not UTF-8: byte 0x{raw[error.start]:02x}", Place(name, line, column)) from None
    return [_Unfolding(name).tree(node) for node in nodes(text, name)]


class _Unfolding:
    """Expands nodes into plain values, within a bound on their number."""

    def __init__(self, file: str) -> None:
        self.out = Tree(file)
        self.count = 0

    def tree(self, root: Node) -> Tree:
        self.out.value = self.unfold(root, ())
        return self.out

    def unfold(self, node: Node, path: FieldPath) -> Any:
        self.count += 1
        if self.count > MAX_NODES:
            raise InputError(f"unfolds into more than {MAX_NODES} values", node.mark.place())
        if len(path) > MAX_DEPTH:
            raise InputError(f"nested more than {MAX_DEPTH} deep", node.mark.place())
        self.out.values[path] = node.mark
        if isinstance(node, Scalar):
            return scalar(node.text) if node.plain else node.text
        if isinstance(node, Listing):
            return [self.unfold(item, (*path, index)) for index, item in enumerate(node.items)]
        return self.mapping(node, path)

    def mapping(self, node: Mapping, path: FieldPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.pairs:
            key = self.key(key_node, path)
            if key is None or key == "<<":
                continue
            spot = (*path, key)
            if key in result:
                first = self.out.keys[spot]
                self.fault(f"is written twice; it first stands in line {first.line}", key_node.mark, spot)
                continue
            self.out.keys[spot] = key_node.mark
            result[key] = self.unfold(value_node, spot)
        for key_node, value_node in node.pairs:
            if isinstance(key_node, Scalar) and key_node.plain and key_node.text == "<<":
                self.merge(value_node, result, path)
        return result

    def merge(self, source: Node, result: dict[str, Any], path: FieldPath) -> None:
        """Fill in the keys of another mapping that this one does not write itself (the merge key `<<`)."""
        for part in source.items if isinstance(source, Listing) else [source]:
            if not isinstance(part, Mapping):
                self.fault("<< takes a mapping, or a list of them", part.mark, path)
                continue
            for key_node, value_node in part.pairs:
                key = self.key(key_node, path)
                if key is not None and key != "<<" and key not in result:
                    self.out.keys[(*path, key)] = key_node.mark
                    result[key] = self.unfold(value_node, (*path, key))

    def key(self, node: Node, path: FieldPath) -> str | None:
        if not isinstance(node, Scalar):
            self.fault("a key is one word, not a list or a mapping", node.mark, path)
            return None
        if len(node.text) > MAX_KEY:
            self.fault(f"a key of {len(node.text)} characters, beginning {node.text[:20]!r}", node.mark, path)
            return None
        return node.text

    def fault(self, message: str, mark: Mark, path: FieldPath) -> None:
        self.out.faults.append(InputError(message, mark.place(field_name(path) or None)))


def scalar(text: str) -> Any:
    """Read a word without quotes by the YAML 1.2 core schema; numbers too long to be one stay text.

    >>> scalar("2"), scalar("0.5"), scalar("true"), scalar("02:00"), scalar("on"), scalar("5m")
    (2, 0.5, True, '02:00', 'on', '5m')
    """
    lowered = text.lower()
    if lowered in _WORDS:
        return _WORDS[lowered]
    if len(text) > _MAX_DIGITS:
        return text
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
