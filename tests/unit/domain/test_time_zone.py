"""A name is a time zone or none; no name fails."""

from __future__ import annotations

import pytest

from plimsoll.domain.time_zone import time_zone


@pytest.mark.parametrize("name", ["UTC", "Europe/Madrid", "America/Argentina/Ushuaia"])
def test_a_zone_is_found_by_its_name(name: str) -> None:
    found = time_zone(name)
    assert found is not None
    assert found.key == name


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Base", "Europe", "../../etc/passwd", "/etc/passwd", "a\0b", "x" * 5000],
    ids=["empty", "unknown", "a_folder_of_zones", "out_of_the_zones", "a_path", "a_nul", "endless"],
)
def test_what_is_no_zone_is_none(name: str) -> None:
    assert time_zone(name) is None
