"""What does a YAML text contain, and what is the place of each of its words?

The parser's events are gathered into a small tree of nodes with an explicit stack, so that deep nesting cannot exhaust
Python's own stack. Only text, lists and pairs are built: tags that name a type are faults, not objects. An alias is a
second reference to one node; the reader bounds how often it is expanded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from plimsoll.domain.errors import InputError, Place

MAX_DEPTH = 40
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = frozenset({None, "!", "tag:yaml.org,2002:str"})


@dataclass(frozen=True, slots=True)
class Mark:
    """A spot in a file: 1-based line and column."""

    file: str
    line: int
    column: int

    def place(self, path: str | None = None) -> Place:
        """This spot as the place of a fault, with the field it is about."""
        return Place(self.file, self.line, self.column, path)


@dataclass(slots=True)
class Scalar:
    """One word; `plain` where it stood without quotes, so that it may be a number."""

    mark: Mark
    text: str
    plain: bool


@dataclass(slots=True)
class Listing:
    """A YAML sequence."""

    mark: Mark
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """A YAML mapping as its pairs, in the order of the file, duplicates included."""

    mark: Mark
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    pending: Node | None = None


Node = Scalar | Listing | Mapping


class _Gathering:
    """The documents read so far and the containers that are still open."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.documents: list[Node] = []
        self.open: list[Listing | Mapping] = []
        self.anchors: dict[str, Node] = {}

    def take(self, event: Any) -> None:
        mark = Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent):
            self.add(self.named(str(event.anchor), mark))
        elif isinstance(event, yaml.ScalarEvent):
            self.refuse_tag(event.tag, mark)
            self.put(Scalar(mark, event.value, bool(event.implicit[0]) and event.tag is None), event.anchor)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            self.enter(event, mark)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self.open.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self.anchors = {}

    def enter(self, event: Any, mark: Mark) -> None:
        if event.tag not in _PLAIN_TAGS and not event.implicit:
            self.refuse_tag(event.tag, mark)
        if len(self.open) >= MAX_DEPTH:
            raise InputError(f"nested more than {MAX_DEPTH} deep", mark.place())
        node: Listing | Mapping = Listing(mark) if isinstance(event, yaml.SequenceStartEvent) else Mapping(mark)
        self.put(node, event.anchor)
        self.open.append(node)

    def put(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = node
        self.add(node)

    def add(self, node: Node) -> None:
        if not self.open:
            self.documents.append(node)
            return
        parent = self.open[-1]
        if isinstance(parent, Listing):
            parent.items.append(node)
        elif parent.pending is None:
            parent.pending = node
        else:
            parent.pairs.append((parent.pending, node))
            parent.pending = None

    def named(self, anchor: str, mark: Mark) -> Node:
        node = self.anchors.get(anchor)
        if node is None:
            raise InputError(f"alias *{anchor[:40]} has no anchor before it", mark.place())
        if any(node is container for container in self.open):
            raise InputError(f"alias *{anchor[:40]} stands inside its own anchor", mark.place())
        return node

    def refuse_tag(self, tag: str | None, mark: Mark) -> None:
        if tag not in _PLAIN_TAGS:
            raise InputError(f"tag {str(tag)[:40]!r} is not allowed: a model file holds plain values", mark.place())


def nodes(text: str, file: str) -> list[Node]:
    """Gather the documents of a YAML text into nodes with their marks.

    Raises InputError with file, line and column where the text is not YAML, nests too deep, or names a type.
    """
    gathering = _Gathering(file)
    for event in _events(text, file):
        gathering.take(event)
    return gathering.documents


def _events(text: str, file: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InputError(_in_words(error, text), _place(file, mark)) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        raise InputError(f"not YAML: {error.reason}", Place(file, line, column)) from None


def _place(file: str, mark: Any) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)


def _in_words(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = str(error.problem or error.context or "unreadable")
    if "cannot start any token" in problem and error.problem_mark is not None:
        lines = text.splitlines()
        line = lines[error.problem_mark.line] if error.problem_mark.line < len(lines) else ""
        if line[error.problem_mark.column : error.problem_mark.column + 1] == "\t":
            return "a tab where YAML wants spaces"
    if error.context and error.context not in problem:
        problem = f"{problem} ({error.context})"
    return f"not YAML: {problem}"
