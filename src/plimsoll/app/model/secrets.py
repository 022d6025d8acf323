"""Secrets in the model file: a reference to where they are kept, never the secret itself.

Messages about a secret never repeat what was written in its place.
"""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from plimsoll.app.model.section import Text
from plimsoll.app.model.units import refused
from plimsoll.domain.address import holds_credentials

_PATH = re.compile(r"\s*(?:(?:up|seconds)\s+)?(/.*)", re.DOTALL)
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:[^\x00-\x1f]{1,1024}")


def _reference(value: Any) -> str:
    if isinstance(value, str) and _REFERENCE.fullmatch(value):
        return value
    raise refused("holds a secret and is written as env:NAME or file:PATH, never as the secret itself")


def _without_credentials(value: str) -> str:
    if holds_credentials(value):
        raise refused(
            "holds a user, a password or a token; write them in fields of their own, a secret as env:NAME or file:PATH"
        )
    try:
        urlsplit(value)
    except ValueError:
        raise refused("is not an address") from None
    return value


def _without_token(query: str) -> str:
    """Refuse a secret in the path of a document; PromQL, columns and places in a document begin with no slash."""
    path = _PATH.match(query)
    if path and holds_credentials(f"app://host{path[1]}"):
        raise refused("holds a password or a token; let the source send it, as `token` or in `headers`")
    return query


Secret = Annotated[
    str,
    BeforeValidator(_reference),
    WithJsonSchema({"type": "string", "pattern": "^(env|file):", "examples": ["env:TOKEN", "file:/run/secrets/token"]}),
]
SafeQuery = Annotated[Text, AfterValidator(_without_token)]
SafeUrl = Annotated[str, AfterValidator(_without_credentials)]
