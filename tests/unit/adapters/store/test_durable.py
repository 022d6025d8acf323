"""What was written past the committed end of a log was never committed: the next lines take its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.adapters.store.durable import extend_file


@pytest.mark.parametrize("left_over", ["", "half a li", "longer than what comes"])
def test_a_log_goes_on_where_it_was_committed(tmp_path: Path, left_over: str) -> None:
    log = tmp_path / "log"
    log.write_text("one\n" + left_over)
    assert extend_file(log, 4, b"two\n") == 8
    assert log.read_text() == "one\ntwo\n"


def test_a_log_that_is_shorter_than_what_was_committed_is_damaged(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("one")
    with pytest.raises(OSError, match="shorter than the 4 bytes that were written"):
        extend_file(log, 4, b"two\n")
    assert log.read_text() == "one"
