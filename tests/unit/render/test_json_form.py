"""JSON: schema version and kind in front, no NaN, times in RFC 3339."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, ClassVar

import numpy as np
import pytest

from plimsoll.domain.document import Document
from plimsoll.render.json_form import json_form


class Color(str, Enum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    at: datetime
    value: float


@dataclass(frozen=True)
class Sample(Document):
    KIND: ClassVar[str] = "Sample"
    inner: Inner
    color: Color


def test_a_document_opens_with_its_schema_version_and_kind() -> None:
    sample = Sample(Inner(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), 1.5), Color.RED)
    assert json.dumps(json_form(sample)) == (
        '{"schemaVersion": "plimsoll/v1", "kind": "Sample", '
        '"inner": {"at": "2026-01-02T03:04:05Z", "value": 1.5}, "color": "red"}'
    )


@pytest.mark.parametrize(
    ("value", "form"),
    [
        pytest.param(float("nan"), None, id="nan_is_null"),
        pytest.param(float("inf"), None, id="infinity_is_null"),
        pytest.param(np.float64(2.5), 2.5, id="numpy_float"),
        pytest.param(np.int64(3), 3, id="numpy_int"),
        pytest.param(np.bool_(True), True, id="numpy_bool"),
        pytest.param(np.array([1.0, np.nan]), [1.0, None], id="array"),
        pytest.param({Color.RED: (1, 2)}, {"red": [1, 2]}, id="enum_key"),
    ],
)
def test_values_take_their_plain_form(value: Any, form: Any) -> None:
    assert json_form(value) == form


def test_what_has_no_json_form_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        json_form(object())
