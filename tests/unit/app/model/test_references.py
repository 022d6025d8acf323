"""What is checked for its names is in the model file: a pattern that leads nowhere would check nothing."""

from __future__ import annotations

import pytest

from plimsoll.app.model.document import ModelFile
from plimsoll.app.model.faults import fields_at
from plimsoll.app.model.references import AFTER, REFERENCES, UNIQUE

PATTERNS = sorted({*UNIQUE, AFTER, *(pattern for pair in REFERENCES for pattern in pair)})


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_pattern_leads_to_a_field_of_the_model_file(pattern: str) -> None:
    *path, key = (0 if part == "*" else part for part in pattern.removesuffix(".*").split("."))
    assert key in fields_at(ModelFile, tuple(path))
