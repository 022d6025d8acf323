"""The shape of the tree: twelve rooms, no room for miscellany, import contracts kept, help that stays fast."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

import plimsoll
from plimsoll.entrypoints.cli.commands import SECTIONS

PACKAGE = Path(plimsoll.__file__).parent
ROOMS = {
    "domain", "assess", "capacity", "forecast", "planning", "policy", "simulation", "render", "app", "adapters",
    "entrypoints", "example_app",
}  # fmt: skip
NAMELESS = {"utils", "util", "common", "helpers", "core", "base", "manager", "misc"}
COMMANDS = [command for section in SECTIONS.values() for command in section]


def test_there_is_no_thirteenth_room() -> None:
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == ROOMS


def test_nothing_is_called_by_a_name_that_says_nothing() -> None:
    stems = {path.stem.removeprefix("_") for path in PACKAGE.rglob("*.py")} | {
        path.name for path in PACKAGE.rglob("*") if path.is_dir()
    }
    assert stems & NAMELESS == set()


def test_the_changelog_is_no_wider_than_the_code() -> None:
    lines = (PACKAGE.parent.parent / "CHANGELOG.md").read_text().splitlines()
    assert [line for line in lines if len(line) > 120] == []


def test_the_import_contracts_are_kept() -> None:
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=PACKAGE.parent.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_every_command_has_help_that_opens_with_a_sentence(command, plimsoll) -> None:
    answer = plimsoll(command.name, "--help")
    assert answer.returncode == 0, answer.stderr
    assert "Usage: plimsoll" in answer.stdout
    assert "." in answer.stdout.split("\n\n")[1]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from plimsoll.entrypoints.cli.main import run; run(['--help']);"
        "heavy = {'numpy', 'scipy', 'numba', 'pyarrow', 'duckdb', 'pydantic', 'httpx', 'optuna', 'sqlalchemy', 'yaml'};"
        "sys.stderr.write(','.join(sorted(heavy & set(sys.modules))))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr == ""


@pytest.mark.quiet
def test_help_comes_as_fast_as_python_and_a_quarter_second() -> None:
    def fastest(*arguments: str) -> float:
        spans = []
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
            spans.append(time.perf_counter() - start)
        return min(spans)

    assert fastest("-m", "plimsoll", "--help") < fastest("-c", "pass") + 0.25
