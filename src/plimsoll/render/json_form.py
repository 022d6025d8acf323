"""How does a document look as JSON?

Field names as they stand, enumerations by value, times in RFC 3339 (UTC, `Z`), NaN and infinities as null. A document
carries `schemaVersion` and `kind` in front.
"""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import numpy as np

from plimsoll.domain.document import SCHEMA_VERSION, Document


def json_form(value: Any) -> Any:
    """Turn a document, or any value inside one, into what `json.dumps` takes."""
    if isinstance(value, Document):
        return {"schemaVersion": SCHEMA_VERSION, "kind": value.KIND, **_fields(value)}
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(json_form(key)): json_form(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return [json_form(item) for item in value.tolist()]
    if isinstance(value, list | tuple | set | frozenset):
        return [json_form(item) for item in value]
    if value is None or isinstance(value, str):
        return value
    raise TypeError(f"{type(value).__name__} has no JSON form")


def rfc3339(moment: datetime) -> str:
    """Write an aware time as RFC 3339 with `Z` for UTC."""
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def _fields(value: Any) -> dict[str, Any]:
    return {item.name: json_form(getattr(value, item.name)) for item in fields(value)}
