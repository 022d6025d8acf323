"""How was a model understood? It is written out with every default and the origin of each value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from plimsoll.app.model.document import ModelFile
from plimsoll.app.model.kept import kept_keys
from plimsoll.app.model.loading import Model
from plimsoll.app.model.translate_policies import PLATFORMS
from plimsoll.app.model.yaml_reader import FieldPath, Tree, field_name, scalar
from plimsoll.domain.model_view import ModelView, Understood, Validation


def validation(model: Model) -> Validation:
    """Say what a valid model holds, and its findings."""
    file = model.file
    return Validation(
        name=file.metadata.name,
        files=tuple(dict.fromkeys(mark.file for mark in model.tree.values.values())),
        components=len(file.components),
        policies=sum(len(component.policies) for component in file.components),
        findings=model.findings,
    )


def view(model: Model) -> ModelView:
    """Lay out a model as understood."""
    plain = plain_form(model.file)
    kept = dict(kept_keys(model.file))
    rows = tuple(
        Understood(field_name(path), value, origin(path, model.tree), _kept(path, kept))
        for path, value in _leaves(plain, ())
    )
    return ModelView(name=model.file.metadata.name, model=plain, values=rows, findings=model.findings)


def _kept(path: FieldPath, kept: Mapping[FieldPath, str]) -> str:
    return next((kept[path[:end]] for end in range(1, len(path) + 1) if path[:end] in kept), "")


def plain_form(file: ModelFile) -> dict[str, Any]:
    """Write a model as plain values that load to the same model; empty values are left out."""
    pruned = _pruned(file.model_dump(mode="json", by_alias=True, exclude_none=True))
    for component in pruned.get("components", []):
        if "policies" in component:
            component["policies"] = [_of_one_kind(policy) for policy in component["policies"]]
    return {key: value for key, value in pruned.items() if key != "include"}


def _of_one_kind(policy: dict[str, Any]) -> dict[str, Any]:
    """Leave out the defaults of our own kind of policy where a platform's rules apply."""
    if not PLATFORMS & policy.keys():
        return policy
    return {key: value for key, value in policy.items() if key in PLATFORMS | {"name", "note"}}


def yaml_form(plain: dict[str, Any]) -> str:
    """Write plain values as YAML that reads back as the same values."""
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def origin(path: FieldPath, tree: Tree) -> str:
    """Say where a value comes from: `plimsoll.yaml:12`, or `default`."""
    for end in range(len(path), 0, -1):
        mark = tree.values.get(path[:end])
        if mark is not None:
            short = end < len(path) and isinstance(_at(tree.value, path[:end]), dict | list)
            return "default" if short else f"{mark.file}:{mark.line}"
    return "default"


class _Dumper(yaml.SafeDumper):
    """Quotes every text that our own reader would not read as text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if scalar(text) != text or text == "<<" else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {key: _pruned(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in ({}, [], "")}
    return [_pruned(item) for item in value] if isinstance(value, list) else value


def _leaves(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    elif isinstance(value, list):
        yield path, ", ".join("open" if item is None else str(item) for item in value)
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def _at(value: Any, path: FieldPath) -> Any:
    for part in path:
        value = value[part]
    return value
