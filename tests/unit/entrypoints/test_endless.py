"""What may never end is not read; it may be written to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plimsoll.domain.errors import InputError
from plimsoll.entrypoints.cli.endless import refuse_endless


@pytest.mark.parametrize("place", ["pipe", "/dev/zero"])
def test_a_pipe_or_a_device_is_refused_unless_it_is_written_to(place: str, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    for option in ("--output", "--trajectory", "--chart"):
        refuse_endless(["replay", "demand.csv", option, place])
    with pytest.raises(InputError, match=f"^{place}: is a .*, which may never end"):
        refuse_endless(["replay", place])


def test_the_empty_device_ends() -> None:
    refuse_endless(["replay", "/dev/null"])
