"""A rules file is read as it stands, or refused with the place of its fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.adapters.loadtests.rules_file import read_rules
from plimsoll.domain.errors import InputError


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("warning: {any: [p95 > 1s]}\nwarning: {any: [p95 > 2s]}\n", "rules.yaml:2:1: 'warning' stands twice"),
        ("warning: {any: [p95 > 1s], any: [cpu > 80%]}\n", "rules.yaml:1:28: 'any' stands twice"),
    ],
    ids=["mark", "bounds"],
)
def test_a_key_that_stands_twice_is_refused(text: str, place: str, tmp_path: Path) -> None:
    """Of two bounds in one mapping YAML keeps the last, and a mark would lie where the other was passed long ago."""
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_rules(path)
    assert str(caught.value).endswith(place)


def test_a_word_may_stand_twice_in_different_places(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("warning: {any: [p95 > 1s]}\ncritical: {any: [p95 > 1s]}\n", encoding="utf-8")
    assert read_rules(path) == ({"warning": {"any": ["p95 > 1s"]}, "critical": {"any": ["p95 > 1s"]}}, str(path))
