"""Fixtures for all tests: the real data beside the checkout, a separate home, the command line."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from plimsoll.entrypoints.cli.main import run

pytest_plugins = ("tests.servers.prometheus", "tests.servers.postgresql", "tests.servers.hostile")

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"

# The duration of one example depends on the load of the machine, not on the law under test.
settings.register_profile("any machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

Plimsoll = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, by name, tests that read the real data if there is none."""
    if SHARED.is_dir():
        return
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()) or item.get_closest_marker("needs_shared"):
            item.add_marker(pytest.mark.skip(reason=f"needs the real data in {SHARED.name}/ beside the checkout"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real series, load tests, cases and traces that lies beside the checkout."""
    return SHARED / "data"


@pytest.fixture(autouse=True)
def home_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set an empty PLIMSOLL_HOME for each test, so that none reads or writes the user's state."""
    home = tmp_path_factory.mktemp("plimsoll-home")
    monkeypatch.setenv("PLIMSOLL_HOME", str(home))
    monkeypatch.setenv("NUMBA_CACHE_DIR", os.environ.get("NUMBA_CACHE_DIR", str(REPOSITORY / ".cache" / "numba")))
    return home


def in_process(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in this process: a start of Python takes longer than most answers."""
    words, out, err = [str(word) for word in arguments], io.StringIO(), io.StringIO()
    with chdir(cwd), redirect_stdout(out), redirect_stderr(err):
        code = run(words)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


@pytest.fixture
def plimsoll(tmp_path: Path) -> Plimsoll:
    """Run the command line in this process, in an empty folder unless `cwd` names another."""
    return partial(in_process, cwd=tmp_path)


@pytest.fixture
def plimsoll_process(tmp_path: Path) -> Plimsoll:
    """Run the command line as a user would, in a process of its own, in an empty folder."""

    def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "plimsoll", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False)

    return call
