"""What is typed about a source, as options."""

from __future__ import annotations

import pytest

from plimsoll.domain.errors import PlimsollError, UsageError
from plimsoll.entrypoints.cli.source_options import source_options


def test_headers_user_and_deadline_are_taken_apart() -> None:
    options = source_options(["X-Scope-OrgID: prod", "Referer: http://a:1"], user="alice:env:PASSWORD", deadline="2m")
    assert options.headers == (("X-Scope-OrgID", "prod"), ("Referer", "http://a:1"))
    assert (options.basic_user, options.basic_password, options.deadline_s) == ("alice", "env:PASSWORD", 120.0)


def test_a_header_typed_outright_is_not_in_the_repr() -> None:
    assert "s3cret" not in repr(source_options(["Authorization: Bearer s3cret"]))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"headers": ["nonsense"]}, "-H wants 'Name: value'"),
        ({"headers": [": x"]}, "-H wants 'Name: value'"),
        ({"user": "alice"}, "--user needs where the password is"),
        ({"deadline": "30"}, "needs a unit of seconds"),
    ],
)
def test_what_cannot_be_understood_is_said(typed: dict, words: str) -> None:
    with pytest.raises(PlimsollError, match=words):
        source_options(**typed)


def test_a_header_without_a_colon_is_wrong_usage() -> None:
    with pytest.raises(UsageError):
        source_options(["X"])
