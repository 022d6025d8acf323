"""How is a frozen dataclass restored from its JSON form? By the types of its fields."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def revive(kind: type[Record], data: Any) -> Record:
    """Build `kind` from what `json_form` made of it; a field that is missing takes its default.

    Raises TypeError, ValueError or KeyError where the data are of another form.
    """
    if not (is_dataclass(kind) and isinstance(data, dict)):
        raise TypeError(f"{kind.__name__} cannot be read from {type(data).__name__}")
    hints = get_type_hints(kind)
    values = {item.name: _value(hints[item.name], data[item.name]) for item in fields(kind) if item.name in data}
    return kind(**values)


def _value(hint: Any, data: Any) -> Any:
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        return _value(next(part for part in inside if part is not type(None)), data)
    if origin is tuple:
        return tuple(_value(inside[0], item) for item in data)
    if hint is datetime:
        return datetime.fromisoformat(data)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(data)
    if isinstance(hint, type) and is_dataclass(hint):
        return revive(hint, data)
    return data
