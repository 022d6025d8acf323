"""What may a file contain? Its JSON Schema for editors, and the same as a reference for people.

Files are models, policies on their own, and scenario files that test a policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from plimsoll.app.model.document import API_VERSION, ModelFile
from plimsoll.app.model.kept import ALL, KEPT
from plimsoll.app.model.section import Section
from plimsoll.domain.document import SCHEMA_VERSION
from plimsoll.domain.model_view import Field, FormatReference, SectionReference

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(root: type[Section] = ModelFile, word: str = "model") -> dict[str, Any]:
    """Write the JSON Schema of a file, a description at every field; `word` names the file in its id.

    It says what it is as every document does; validators take keys that they do not know for annotations.
    """
    schema = root.model_json_schema(by_alias=True)
    for name, section in ((root.__name__, schema), *schema.get("$defs", {}).items()):
        _mark_kept(name, section)
    own = {"schemaVersion": SCHEMA_VERSION, "kind": "JsonSchema"}
    return {"$schema": DIALECT, "$id": f"urn:{API_VERSION.replace('/', f':{word}:')}", **own, **schema}


def _mark_kept(name: str, section: dict[str, Any]) -> None:
    """Add the purpose of each key that no command reads."""
    kept = KEPT.get(name, {})
    for key, item in section.get("properties", {}).items():
        if purpose := kept.get(key, kept.get(ALL, "")):
            item["x-kept"] = purpose


def reference(root: type[Section] = ModelFile) -> FormatReference:
    """List every section of a file with its fields, the root first and each section after its first use."""
    schema = json_schema(root)
    definitions = schema.get("$defs", {})
    sections: dict[str, SectionReference] = {}
    waiting = [("the file", schema)]
    while waiting:
        name, section = waiting.pop(0)
        if name in sections:
            continue
        fields = tuple(_fields(section, definitions))
        sections[name] = SectionReference(name, str(section.get("description", "")), fields)
        inner = [item.section for item in fields if item.section]
        waiting = [(key, definitions[key]) for key in inner if key not in sections] + waiting
    return FormatReference(API_VERSION, tuple(sections.values()))


def _fields(section: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[Field]:
    required = section.get("required", [])
    for name, item in section.get("properties", {}).items():
        target = next(iter(_references(item)), "")
        default = "required" if name in required else _default(item)
        description = item.get("description") or definitions.get(target, {}).get("description", "")
        kept = f" Kept {item['x-kept']}: no command reads it." if "x-kept" in item else ""
        yield Field(name, _type(item, definitions), default, f"{description}{kept}", target)


def _references(item: Any) -> Iterator[str]:
    if isinstance(item, dict):
        if "$ref" in item:
            yield item["$ref"].rpartition("/")[2]
        for value in item.values():
            yield from _references(value)
    elif isinstance(item, list):
        for value in item:
            yield from _references(value)


def _type(item: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Describe what a field takes: the base unit of a quantity, the choices of a word, or the inner section."""
    if "x-dimension" in item:
        return f"{item['x-dimension']} ({', '.join(str(example) for example in item['examples'][:3])})"
    if "$ref" in item:
        return str(item["$ref"].rpartition("/")[2])
    if "anyOf" in item:
        kinds = [_type(option, definitions) for option in item["anyOf"] if option.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in item or "const" in item:
        return ", ".join(f"`{choice}`" for choice in item.get("enum", [item.get("const")]))
    if item.get("type") == "array":
        inner = item.get("items") or (item.get("prefixItems") or [{}])[0]
        return f"list of {_type(inner, definitions)}"
    if item.get("type") == "object":
        return f"mapping to {_type(item.get('additionalProperties') or {}, definitions)}"
    names = {"integer": "whole number", "boolean": "true or false", "string": "text"}
    if isinstance(item.get("type"), list):
        return f"value with its unit ({', '.join(str(example) for example in item.get('examples', []))})"
    return names.get(str(item.get("type", "value")), str(item.get("type", "value")))


def _default(item: Mapping[str, Any]) -> str:
    default = item.get("default")
    if default in (None, "", [], {}):
        return ""
    return (
        "see there" if isinstance(default, dict) else str(default).lower() if default in (True, False) else str(default)
    )
