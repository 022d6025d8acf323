"""Which keys of which sections does a program read? Derived from its source, by the types in its annotations.

A name has the sections that its annotation, its assignment or its loop gives it; an attribute has those of the field's
annotation. `dict(section)` and `model_dump` read all of a section; `getattr` with a computed name reads the fields
whose names stand as text in the same file. A key that is called `name` or `min` in many sections counts only for the
section that it is read from.
"""

from __future__ import annotations

import ast
import re
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from plimsoll.app.model.section import Section

Sections = Mapping[str, type[Section]]
_ROUND = {
    "next", "sorted", "list", "tuple", "reversed", "enumerate", "zip", "max", "min", "set", "dict", "items", "values",
    "get", "model_copy",
}  # fmt: skip


def classes_in(annotation: object) -> Iterator[type[Section]]:
    """The sections that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for part in typing.get_args(annotation):
        yield from classes_in(part)


def keys_read(sources: Iterable[str], sections: Sections) -> set[tuple[str, str]]:
    """Name every key that the program in `sources` reads, as (section, field)."""
    trees = [ast.parse(source) for source in sources]
    known = Known(trees, sections)
    found: set[tuple[str, str]] = set()
    for tree in trees:
        _Reader(known, tree, found).visit(tree)
    return found


class Known:
    """What annotations say: the attributes of classes that are no sections, and what functions return."""

    def __init__(self, trees: Sequence[ast.Module], sections: Sections) -> None:
        self.sections = sections
        classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        self.others: dict[str, dict[str, set[str]]] = {one.name: {} for one in classes if one.name not in sections}
        for one in classes:
            for item in one.body if one.name in self.others else ():
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                    self.others[one.name][item.target.id] = self.named(item.annotation)
                elif isinstance(item, ast.FunctionDef):
                    self.others[one.name][item.name] = self.named(item.returns)
        self.answers: dict[str, set[str]] = {}
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    self.answers.setdefault(node.name, set()).update(self.named(node.returns))

    def named(self, annotation: ast.expr | None) -> set[str]:
        """The classes that an annotation names, quoted or not."""
        words = re.findall(r"\w+", ast.unparse(annotation)) if annotation is not None else []
        return {word for word in words if word in self.sections or word in self.others}

    def fields(self, name: str) -> dict[str, set[str]]:
        """The fields of a section, each with the sections inside it."""
        fields = self.sections[name].model_fields if name in self.sections else {}
        return {field: {one.__name__ for one in classes_in(info.annotation)} for field, info in fields.items()}


class _Reader(ast.NodeVisitor):
    """Walks one module and keeps the types of its names."""

    def __init__(self, known: Known, tree: ast.Module, found: set[tuple[str, str]]) -> None:
        self.known, self.found = known, found
        texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        self.words = {text for text in texts if isinstance(text, str)}
        self.scopes: list[dict[str, set[str]]] = [{}]
        self.inside = ""

    def types(self, node: ast.AST) -> set[str]:
        """The classes that a value may have or contain."""
        if isinstance(node, ast.Name):
            return next((scope[node.id] for scope in reversed(self.scopes) if node.id in scope), set())
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp):
            return self._comprehension(node, lambda: self.types(getattr(node, "elt", getattr(node, "value", node))))
        if isinstance(node, ast.NamedExpr):
            self._bind(node.target, self.types(node.value))
            return self.types(node.value)
        inner: dict[type[ast.AST], tuple[str, ...]] = {
            ast.IfExp: ("body", "orelse"), ast.BoolOp: ("values",), ast.Tuple: ("elts",), ast.List: ("elts",),
            ast.Subscript: ("value",), ast.Starred: ("value",), ast.BinOp: ("left", "right"),
        }  # fmt: skip
        found: set[str] = set()
        for name in inner.get(type(node), ()):
            part = getattr(node, name)
            found |= set().union(*(self.types(one) for one in (part if isinstance(part, list) else [part])))
        return found

    def _attribute(self, node: ast.Attribute) -> set[str]:
        found: set[str] = set()
        for name in self.types(node.value):
            if name in self.known.others:
                found |= self.known.others[name].get(node.attr, set())
            elif node.attr in self.known.fields(name):
                self.found.add((name, node.attr))
                found |= self.known.fields(name)[node.attr]
        return found

    def _call(self, node: ast.Call) -> set[str]:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        of = self.types(node.func.value) if isinstance(node.func, ast.Attribute) else set()
        if called == "getattr":
            return self._by_name(self.types(node.args[0]))
        if called == "model_dump" or (called == "dict" and node.args):
            self._whole(of or self.types(node.args[0]))
        found = set(self.known.answers.get(called, ()))
        if called in _ROUND:
            found |= of.union(*(self.types(one) for one in node.args))
        return found

    def _by_name(self, classes: set[str]) -> set[str]:
        """What `getattr` reads: the fields whose names stand as text in the file."""
        meant = [(name, field) for name in classes for field in self.known.fields(name) if field in self.words]
        self.found.update(meant)
        return set().union(*(self.known.fields(name)[field] for name, field in meant))

    def _whole(self, classes: set[str]) -> None:
        for name in classes:
            for field, inside in self.known.fields(name).items():
                if (name, field) not in self.found:
                    self.found.add((name, field))
                    self._whole(inside)

    def _bind(self, target: ast.AST, classes: set[str]) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self.scopes[-1][node.id] = self.scopes[-1].get(node.id, set()) | classes

    def _comprehension(self, node: ast.AST, then: Callable[[], set[str] | None]) -> set[str]:
        self.scopes.append({})
        for part in getattr(node, "generators", ()):
            self._bind(part.target, self.types(part.iter))
        found = then()
        self.scopes.pop()
        return found or set()

    def visit(self, node: ast.AST) -> None:
        """Visit a node and everything inside it."""
        if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp):
            self._comprehension(node, lambda: self.generic_visit(node))
            return
        if isinstance(node, ast.ClassDef):
            self.inside, outside = node.name, self.inside
            self.generic_visit(node)
            self.inside = outside
            return
        if isinstance(node, ast.FunctionDef):
            self._function(node)
            return
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind(target, self.types(node.value))
        elif isinstance(node, ast.For):
            self._bind(node.target, self.types(node.iter))
        elif isinstance(node, ast.Attribute | ast.Call | ast.NamedExpr):
            self.types(node)
        self.generic_visit(node)

    def _function(self, node: ast.FunctionDef) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        self.scopes.append({one.arg: self.known.named(one.annotation) for one in arguments})
        if self.inside in self.known.sections or self.inside in self.known.others:
            self.scopes[-1]["self"] = {self.inside}
        self.generic_visit(node)
        self.scopes.pop()
