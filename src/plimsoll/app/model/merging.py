"""How do several files become one model? Lists are joined, mappings are merged, nothing is overwritten.

A model may be given as several files, as a folder, or as one file that names others in `include`. A key with one
value that two files both give is a fault that names both places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from plimsoll.app.model.openslo import is_openslo, objectives
from plimsoll.app.model.yaml_reader import FieldPath, Tree, read_file
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.finding import Finding

MAX_FILES = 200
_HEADER = frozenset({"apiVersion", "kind"})


class Gathering:
    """The files of one model, merged in the order in which they are read."""

    def __init__(self) -> None:
        self.tree = Tree("", value={})
        self.findings: list[Finding] = []
        self._seen: set[Path] = set()

    def add(self, paths: Iterable[Path]) -> None:
        """Read files and folders, and what they include; faults are kept in the tree."""
        for path in paths:
            for file in _files(path):
                self._add_file(file)

    def _add_file(self, file: Path) -> None:
        known = _known(file)
        if known in self._seen:
            return
        self._seen.add(known)
        if len(self._seen) > MAX_FILES:
            raise InputError(f"more than {MAX_FILES} files in one model", Place(str(file)))
        self.add_documents(read_file(file), file)

    def add_documents(self, read: Iterable[Tree], file: Path) -> None:
        """Merge what one file holds; `file` is what its includes are relative to."""
        documents = [document for document in read if document.value is not None]
        if not documents:
            self.tree.faults.append(InputError("is empty", Place(str(file))))
        slos = [document for document in documents if is_openslo(document)]
        for document in documents:
            if document not in slos:
                self._add_model(document, file)
        if slos:
            fragment, findings = objectives(slos)
            self.findings.extend(findings)
            self.tree.faults.extend(fragment.faults)
            self._merge(fragment)

    def _add_model(self, document: Tree, file: Path) -> None:
        self.tree.faults.extend(document.faults)
        if not isinstance(document.value, dict):
            self.tree.faults.append(InputError("a model file is a mapping of sections", document.place(())))
            return
        self._merge(document)
        included = document.value.get("include", [])
        for index, name in enumerate(included if isinstance(included, list) else [included]):
            if isinstance(name, str):
                self._include(file.parent / name, document.place(("include", index)))

    def _include(self, path: Path, place: Place) -> None:
        try:
            if path.is_fifo():
                raise InputError("is a named pipe, which may never end", Place(str(path)))
            self.add([path])
        except InputError as error:
            self.tree.faults.append(InputError(f"cannot be included: {error}", place))

    def _merge(self, document: Tree) -> None:
        self.tree.file = self.tree.file or document.file
        if () not in self.tree.values and () in document.values:
            self.tree.values[()] = document.values[()]
        for key, value in document.value.items():
            listed = [value] if key == "include" and isinstance(value, str) else value
            self._merge_at((key,), listed, document)

    def _merge_at(self, path: FieldPath, value: Any, document: Tree) -> None:
        target: Any = self.tree.value
        for part in path[:-1]:
            target = target[part]
        key = path[-1]
        if key not in target:
            target[key] = value
            self._adopt(document, path, path)
        elif isinstance(target[key], list) and isinstance(value, list):
            for index, item in enumerate(value):
                self._adopt(document, (*path, index), (*path, len(target[key])))
                target[key].append(item)
        elif isinstance(target[key], dict) and isinstance(value, dict):
            for inner, item in value.items():
                self._merge_at((*path, inner), item, document)
        elif target[key] != value or path[0] not in _HEADER:
            first = self.tree.place(path, at_key=True)
            message = f"is given twice; the other is in {first.file}, line {first.line}"
            self.tree.faults.append(InputError(message, document.place(path, at_key=True)))

    def _adopt(self, document: Tree, old: FieldPath, new: FieldPath) -> None:
        """Take over the marks of everything at and below `old`, as standing at `new`."""
        for source, target in ((document.keys, self.tree.keys), (document.values, self.tree.values)):
            for path, mark in source.items():
                if path[: len(old)] == old:
                    target[(*new, *path[len(old) :])] = mark


def _known(file: Path) -> Path:
    """The canonical path of a file, however it is reached; raises InputError for a link that leads to itself."""
    try:
        return file.resolve()
    except (OSError, RuntimeError):
        raise InputError("cannot be read: the link leads to itself", Place(str(file))) from None


def _files(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(item for item in path.iterdir() if item.suffix in (".yaml", ".yml") and item.is_file())
    if not files:
        raise InputError("holds no YAML file", Place(str(path)))
    return files


def where(tree: Tree, path: FieldPath) -> str:
    """Say where a value stands, for people: `plimsoll.yaml:12`, or `default` where the file does not hold it."""
    mark = tree.values.get(path)
    return f"{mark.file}:{mark.line}" if mark else "default"
