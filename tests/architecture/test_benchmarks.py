"""Benchmarks are run by hand and are not type-checked: what they import must still be there."""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY

BENCHMARKS = sorted((REPOSITORY / "benchmarks").glob("*.py"))


def imports_of(file: Path) -> list[tuple[str, str]]:
    """List the modules of ours and the names that a file takes from them, wherever in it."""
    nodes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
    ours = [node for node in nodes if (node.module or "").split(".")[0] in ("plimsoll", "tests")]
    return [(str(node.module), name.name) for node in ours for name in node.names]


@pytest.mark.parametrize("file", BENCHMARKS, ids=lambda file: file.stem)
def test_a_benchmark_finds_what_it_imports(file: Path) -> None:
    missing = [
        f"{module}.{name}"
        for module, name in imports_of(file)
        if not hasattr(import_module(module), name) and find_spec(f"{module}.{name}") is None
    ]
    assert missing == []


def test_the_benchmarks_take_most_from_the_package() -> None:
    assert sum(len(imports_of(file)) for file in BENCHMARKS) > 100
