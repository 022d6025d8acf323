"""Machine code on disk is used only while everything it was made from stands as it stood; who waits for it is told."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plimsoll.domain.machine_code import compiled

ENTRY = """
from parts import inner
def entry(x):
    return inner(x)
"""
RUN = """
import entry, parts
from plimsoll.domain.machine_code import before_compiling, callable_when_compiled, compiled
before_compiling(lambda: print("compiling"))
callable_when_compiled(parts)
fast = compiled(entry.entry, (parts,))
print(fast(20), fast(21))
"""
DOUBLED, TRIPLED = (
    "FACTOR = 2\ndef inner(x):\n    return FACTOR * x\n",
    "FACTOR = 3\ndef inner(x):\n    return FACTOR * x\n",
)


@pytest.fixture
def answered(tmp_path: Path):
    """Run the entry in a process of its own, with the callee's file as given."""
    (tmp_path / "entry.py").write_text(
        ENTRY.replace("import parts\n", "from parts import inner\n").replace("parts.", "")
    )

    def run(callee: str) -> list[str]:
        (tmp_path / "parts.py").write_text(callee)
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", RUN]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    return run


def test_a_change_in_a_file_that_is_called_is_compiled_anew_and_what_stands_is_not(answered):
    assert answered(DOUBLED) == ["compiling", "40 42"]
    assert answered(DOUBLED) == ["40 42"]
    assert answered(TRIPLED) == ["compiling", "60 63"]


def test_the_name_of_machine_code_does_not_depend_on_the_order_in_which_modules_were_named():
    def entry(x: int) -> int:
        return x

    one, other = (compiled(entry, modules).__name__ for modules in ((inspect, json), (json, inspect)))
    assert one == other
