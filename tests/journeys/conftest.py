"""The package as users install it, and one run of its demo, shared by the tests of either."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY


@dataclass(frozen=True)
class Installed:
    """The wheel, unpacked into a folder of its own; `run` runs one of its Python modules in an empty environment."""

    wheel: Path
    folder: Path
    home: Path

    def run(self, *arguments: str | Path, cwd: Path, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run the interpreter that the virtual environment was made from: it knows nothing of the checkout."""
        path = os.pathsep.join([str(self.folder), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "PYTHONPATH": path}
        command = [os.path.realpath(sys.executable), *map(str, arguments)]
        return subprocess.run(
            command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=timeout_s, check=False
        )


@dataclass(frozen=True)
class DemoRun:
    """One run of the demo: its folder, its output, its duration, and its files."""

    folder: Path
    report: Path
    called: subprocess.CompletedProcess[str]
    seconds: float


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel and unpack it by pip without its dependencies, which come from the environment of the tests."""
    made, folder = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(made), str(REPOSITORY)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (wheel,) = made.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(folder), str(wheel)], check=True, capture_output=True, timeout=120)
    return Installed(wheel, folder, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def demo_run(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """Run the demo from the wheel in an empty folder, with short steps; kernels are compiled on the way."""
    folder, started = tmp_path_factory.mktemp("demo"), time.monotonic()
    called = installed.run("-m", "plimsoll", "demo", "--step", "2s", "--output", "out", cwd=folder, timeout_s=240)
    return DemoRun(folder, folder / "out" / "report.html", called, time.monotonic() - started)
