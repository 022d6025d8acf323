"""An unwritable place is reported before there is anything to write, and the check leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.app.whole_file import check_place, write_whole
from plimsoll.domain.errors import InputError


@pytest.mark.parametrize("name", ["new.html", "there.html", "link.html"])
def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path, name: str) -> None:
    (tmp_path / "there.html").write_text("as it was")
    (tmp_path / "link.html").symlink_to("there.html")
    before = sorted(tmp_path.iterdir())
    check_place(tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "there.html").read_text() == "as it was"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nowhere/page.html", "no such file or directory"),
        ("folder", "is a directory"),
        ("file/page.html", "not a directory"),
    ],
)
def test_a_place_that_cannot_is_told_as_writing_to_it_would(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=why):
        check_place(tmp_path / name)
    with pytest.raises(InputError, match=why):
        write_whole(tmp_path / name, "")


def test_who_may_read_a_file_stays_as_it_was_and_is_the_usual_for_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("old")
    (tmp_path / "old.yaml").chmod(0o600)
    (tmp_path / "usual.yaml").touch()
    for name in ("old.yaml", "new.yaml"):
        write_whole(tmp_path / name, "new")
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert (modes["old.yaml"], modes["new.yaml"]) == (0o600, modes["usual.yaml"])


def test_a_device_is_a_place_to_write_to() -> None:
    check_place(Path("/dev/null"))
