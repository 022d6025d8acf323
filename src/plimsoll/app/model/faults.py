"""What is wrong with a value, where in the file is it, and what was probably meant?"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterable
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from plimsoll.app.model.yaml_reader import FieldPath, Tree
from plimsoll.domain.errors import InputError

# The validator's names for the alternatives of a field; they are not part of a path in the file.
_ALTERNATIVE = re.compile(r"^(str-enum|literal)\[.*\]$")
_KINDS = {
    "dict_type": "is to be a mapping",
    "model_type": "is to be a mapping",
    "model_attributes_type": "is to be a mapping",
    "tuple_type": "is to be a list",
    "list_type": "is to be a list",
    "string_type": "is to be text",
    "bool_type": "is to be true or false",
    "bool_parsing": "is to be true or false",
    "int_type": "is to be a whole number",
    "int_parsing": "is to be a whole number",
    "int_from_float": "is to be a whole number",
    "int_parsing_size": "is too large",
    "float_type": "is to be a number",
    "float_parsing": "is to be a number",
    "finite_number": "is to be a finite number",
    "missing": "is missing",
    "date_type": "is to be a date such as 2025-01-31",
    "date_parsing": "is to be a date such as 2025-01-31",
    "date_from_datetime_parsing": "is to be a date such as 2025-01-31",
    "datetime_type": "is to be a time such as 2025-01-31T12:00:00Z",
    "datetime_parsing": "is to be a time such as 2025-01-31T12:00:00Z",
    "datetime_from_date_parsing": "is to be a time such as 2025-01-31T12:00:00Z",
}


def fault(error: ErrorDetails, tree: Tree, root: type[BaseModel]) -> InputError:
    """Turn one validation error into a fault at its place."""
    path: FieldPath = tuple(part for part in error["loc"] if not _ALTERNATIVE.match(str(part)))
    if error["type"] == "extra_forbidden":
        return unknown_key(path, tree, fields_at(root, path[:-1]))
    return InputError(_message(error), tree.place(path))


def unknown_key(path: FieldPath, tree: Tree, known: Iterable[str]) -> InputError:
    """Say that a key is unknown and which one was probably meant."""
    return InputError(
        f"unknown key {str(path[-1])[:60]!r}{spelling_hint(str(path[-1]), known)}", tree.place(path, at_key=True)
    )


def spelling_hint(word: str, known: Iterable[str]) -> str:
    """Add what was probably meant, or what there is to choose from.

    >>> spelling_hint("replcas", ["replicas", "limits"])
    '; did you mean "replicas"?'
    """
    known = list(known)
    close = difflib.get_close_matches(word[:60].lower(), known, n=1, cutoff=0.6)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; allowed here: {', '.join(known)}" if known else ""


def fields_at(root: type[BaseModel], path: FieldPath) -> list[str]:
    """List the keys that the section at `path` takes, as the file spells them."""
    here: Any = root
    for part in path:
        here = _inside(here, part)
    section = _section(here)
    return [item.alias or name for name, item in section.model_fields.items()] if section else []


def _inside(annotation: Any, part: str | int) -> Any:
    section = _section(annotation)
    if section is not None:
        for name, item in section.model_fields.items():
            if part in (name, item.alias):
                return item.annotation
        return None
    for option in _options(annotation):
        arguments = get_args(option)
        if get_origin(option) in (tuple, list) and arguments:
            return arguments[0]
        if get_origin(option) is dict:
            return arguments[1]
    return None


def _section(annotation: Any) -> type[BaseModel] | None:
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def _options(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [inner for option in get_args(annotation) for inner in _options(option)]
    return [annotation]


def _message(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _KINDS:
        return _KINDS[kind]
    if kind in ("literal_error", "enum"):
        choices = [item.strip("'") for item in str(context["expected"]).replace(" or ", ", ").split(", ")]
        return f"{_short(error['input'])} is not one of its values{spelling_hint(str(error['input']), choices)}"
    if kind in ("string_too_long", "string_too_short", "too_short", "too_long"):
        return "is empty" if "short" in kind else "is too long"
    if kind == "string_pattern_mismatch":
        return f"{_short(error['input'])} does not have the form it needs"
    return error["msg"][:200].replace("Input should be", "is to be")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
