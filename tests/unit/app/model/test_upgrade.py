"""Older versions: rewritten in place, comments and layout kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.app.model import model_from_text
from plimsoll.app.model.upgrade import upgrade, upgrade_text
from plimsoll.domain.errors import InputError, ModelError

OLD = """\
# our system
apiVersion: "plimsoll/v1alpha1"   # drafts
kind: System
metadata: {name: x}
components:
  - name: web
    capacity: {per_instance: 145}      # measured in May
  - {name: db, capacity: {source: guess, per_instance: 10}}
"""


def test_an_older_file_becomes_one_of_today_with_every_comment() -> None:
    answer = upgrade_text(OLD.replace('"', "").encode(), "m.yaml")
    assert answer.text == OLD.replace('"', "").replace("v1alpha1", "v1").replace("per_instance", "per_replica")
    assert answer.changes == (
        "line 2: plimsoll/v1alpha1 -> plimsoll/v1",
        "line 7: per_instance -> per_replica",
        "line 8: per_instance -> per_replica",
    )
    assert [part.capacity for part in model_from_text(answer.text).system.components] == [145.0, 10.0]


def test_words_in_quotes_are_rewritten_inside_their_quotes() -> None:
    text = OLD.replace("per_instance: 145", "'per_instance': 145")
    answer = upgrade_text(text.encode(), "m.yaml")
    assert 'apiVersion: "plimsoll/v1"   # drafts' in answer.text
    assert "{'per_replica': 145}" in answer.text


def test_a_file_of_today_is_left_as_it_is() -> None:
    answer = upgrade_text(b"apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: x}\n", "m.yaml")
    assert answer.changes == ()


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("apiVersion: plimsoll/v9\n", InputError, "m.yaml:1:13: apiVersion: 'plimsoll/v9' is no version that is known"),
        ("- a\n", InputError, "is not one model file"),
        ("apiVersion: plimsoll/v1alpha1\nkind: System\nx: 1\n", ModelError, "unknown key 'x'"),
    ],
    ids=["unknown_version", "a_list", "faulty_beside"],
)
def test_what_cannot_be_upgraded_says_why(text: str, error: type[InputError], message: str) -> None:
    with pytest.raises(error) as caught:
        upgrade_text(text.encode(), "m.yaml")
    assert message in str(caught.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        upgrade(tmp_path / "none.yaml")
