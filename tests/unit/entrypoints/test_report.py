"""What a report takes from the command line: limits as the runway does, and nothing that would do nothing."""

from __future__ import annotations

import json

import pytest
from tests.conftest import REPOSITORY

from plimsoll.entrypoints.cli import main

FLEET = str(REPOSITORY / "examples" / "fleet" / "metrics.csv")
LOAD_TEST = str(REPOSITORY / "examples" / "terminal-platform" / "loadtest.csv")


@pytest.mark.parametrize(
    "words",
    [
        ["--period", "monthly"],
        ["--history", "30d"],
        ["--bearer", "env:TOKEN"],
        ["--tz", "Europe/Berlin"],
        ["--limit", "disk=90%"],
        ["--floor", "disk=10%"],
        ["--lead-time", "3d"],
    ],
    ids=lambda words: words[0],
)
def test_what_a_load_test_alone_has_no_use_for_is_refused(words: list[str], capsys) -> None:
    assert main.run(["report", "--loadtest", LOAD_TEST, *words]) == 1
    assert capsys.readouterr().err == (
        f"plimsoll: {words[0]} applies to what a source holds: name one, or a model with -m; "
        "--loadtest alone makes a page of the load test\n"
    )


def test_a_limit_counts_in_every_part_of_the_report(capsys) -> None:
    assert main.run(["report", FLEET, "--limit", "pg-main/disk*=80%..95%", "--lead-time", "30d", "-o", "json"]) == 0
    parts = {part["title"]: part for part in json.loads(capsys.readouterr().out)["parts"]}
    tables = [table for part in parts.values() for table in part["tables"]]
    rows = [row for table in tables for row in table["rows"] if row[0] == "pg-main/disk_used_percent"]
    limits = {
        dict(zip(table["columns"], row, strict=True)).get("LIMIT", "95%")
        for table in tables
        for row in table["rows"]
        if row in rows
    }
    assert rows
    assert limits == {"95%"}


def test_a_limit_that_fits_nothing_is_refused(capsys) -> None:
    assert main.run(["report", FLEET, "--limit", "sail=3", "-o", "json"]) == 1
    assert capsys.readouterr().err.startswith("plimsoll: --limit 'sail' matches no series; there are api/cpu")
