"""The sources of secrets, and the errors if they are not available."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.adapters.secrets import is_reference, secret
from plimsoll.domain.errors import UsageError


def test_a_secret_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "abc")
    assert secret("env:TOKEN", "token") == "abc"


def test_a_secret_is_taken_from_a_file_without_its_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    assert secret(f"file:{tmp_path / 'token'}", "token") == "abc"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("abc", "not taken from the command line", id="outright"),
        pytest.param("env:", "not taken from the command line", id="no_name"),
        pytest.param("env:NOT_THERE_AT_ALL", "the environment has no NOT_THERE_AT_ALL", id="not_set"),
        pytest.param("file:/nowhere", "/nowhere.* no such file", id="no_file"),
        pytest.param("file:{folder}/empty", "is empty", id="empty"),
        pytest.param("file:{folder}/long", "is too long", id="too_long"),
        pytest.param("file:{folder}/bytes", "is not text", id="bytes"),
        pytest.param("file:{folder}/lines", "has control characters", id="two_lines_could_smuggle_a_header"),
        pytest.param("file:{folder}/delete", "has control characters", id="a_terminal_would_hide_it"),
        pytest.param("file:{folder}", "is a directory", id="folder"),
    ],
)
def test_a_secret_that_cannot_be_had_is_said_without_it(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "long").write_text("x" * 70_000)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "lines").write_text("top-secret\r\nX-Other: 1")
    (tmp_path / "delete").write_text("top-secret\x7f1")
    with pytest.raises(UsageError, match=words) as caught:
        secret(text.format(folder=tmp_path), "token")
    assert str(caught.value).startswith("token: ")
    assert "top-secret" not in str(caught.value)


def test_a_reference_is_told_from_a_value() -> None:
    assert is_reference("env:X")
    assert is_reference("file:/x")
    assert not is_reference("Bearer env:X")
