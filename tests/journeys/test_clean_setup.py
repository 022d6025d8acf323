"""A machine without the prerequisites: what the set-up says when it cannot continue."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY

SETUP = REPOSITORY / "scripts" / "setup.sh"
# All programs that the script may use, besides those that a test leaves out on purpose.
TOOLS = ("sh", "dirname", "cut", "tail", "mkdir", "tr", "cat", "touch", "rm", "env")

SetUp = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with the only programs of the machine."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    return folder


@pytest.fixture
def set_up(machine: Path, tmp_path: Path) -> SetUp:
    """Call the script of a copy of the checkout on that machine."""
    script = tmp_path / "checkout" / "scripts" / "setup.sh"
    script.parent.mkdir(parents=True)
    # Programs that lie where the script looks besides the PATH must not be found either.
    script.write_text(SETUP.read_text().replace("/usr/", f"{tmp_path}/usr/"))
    script.chmod(0o755)

    def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [script, *arguments],
            env={"PATH": str(machine), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return call


def put(folder: Path, name: str, script: str) -> None:
    """Put a program there."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def python(folder: Path, *, old: bool = False, venv: bool = True, name: str = "python3") -> None:
    """Put a Python there that is old, or has no module `venv`, or makes an environment in which pip fails."""
    answers = f"""case "$*" in
*version_info*) exit {int(old)} ;;
-V) echo Python {"3.9.2" if old else "3.11.2"} ;;
*"import venv"*) exit {int(not venv)} ;;
*) echo "no such module: $*"; exit 1 ;;
esac"""
    put(folder, name, answers)


def refused(called: subprocess.CompletedProcess[str], line: str) -> None:
    assert (called.returncode, called.stderr.splitlines(), called.stdout) == (1, [f"plimsoll set-up: {line}"], "")


def test_no_python_is_said(set_up: SetUp) -> None:
    refused(set_up("python", "venv"), "no python3 found; install it: apt-get install python3 python3-venv")


def test_a_python_without_venv_is_said_with_its_package(set_up: SetUp, machine: Path) -> None:
    python(machine, venv=False)
    refused(set_up("python", "venv"), "python3 has no venv module; install it: apt-get install python3-venv")


def test_an_old_python_is_said_with_the_way_to_name_another(set_up: SetUp, machine: Path) -> None:
    python(machine, old=True)
    words = "python3 is 3.9.2; Python 3.11 or later is needed (name another with PYTHON=...)"
    refused(set_up("python", "venv"), words)


def test_another_python_can_be_named(set_up: SetUp, machine: Path) -> None:
    python(machine, old=True)
    python(machine, venv=False, name="python3.13")
    called = set_up("python", "venv", PYTHON="python3.13")
    refused(called, "python3.13 has no venv module; install it: apt-get install python3-venv")


def test_a_step_that_fails_shows_the_end_of_its_output(set_up: SetUp, machine: Path) -> None:
    python(machine)
    called = set_up("python", "venv")
    assert called.returncode == 1
    assert called.stdout == "plimsoll set-up: making a virtual environment in venv\n"
    assert called.stderr.splitlines() == [
        "no such module: -m venv venv",
        "plimsoll set-up: failed: python3 -m venv venv (whole output in .make/setup-python.log)",
    ]


PACKAGES = "prometheus prometheus-node-exporter postgresql chromium libatomic1"


def test_packages_that_are_missing_are_named_where_there_is_no_apt(set_up: SetUp) -> None:
    words = "the tests need these programs, and there is no apt-get to install them:"
    refused(set_up("debian"), f"{words} {PACKAGES}")


@pytest.mark.parametrize("sudo", [None, "exit 1"], ids=["no_sudo", "sudo_wants_a_password"])
def test_no_right_to_install_is_said_with_the_command_for_who_has_it(
    set_up: SetUp, machine: Path, sudo: str | None
) -> None:
    put(machine, "apt-get", "exit 1")
    put(machine, "id", "echo 1000")
    put(machine, "promtool", "exit 0")
    if sudo is not None:
        put(machine, "sudo", sudo)
    lacking = PACKAGES.removeprefix("prometheus ")
    refused(set_up("debian"), f"no right to install system packages; as root: apt-get install {lacking}")


def test_nothing_is_done_and_nothing_said_where_all_programs_are_there(
    set_up: SetUp, machine: Path, tmp_path: Path
) -> None:
    for program in ("promtool", "prometheus-node-exporter", "initdb", "chromium"):
        put(machine, program, "exit 0")
    library = tmp_path / "usr" / "lib" / "x86_64-linux-gnu" / "libatomic.so.1"
    library.parent.mkdir(parents=True)
    library.touch()
    called = set_up("debian")
    assert (called.returncode, called.stdout, called.stderr) == (0, "", "")


def test_wrong_words_are_answered_with_the_right_ones(set_up: SetUp) -> None:
    refused(set_up("everything"), "usage: setup.sh python VENV | debian")


def test_the_test_command_of_the_checkout_can_be_called() -> None:
    entry = REPOSITORY / ".ci" / "run"
    assert os.access(entry, os.X_OK)
    assert entry.read_text().splitlines()[-1] == "exec make test"
    told = subprocess.run(["make", "-n", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert all(f"make {target} " in told for target in ("demo", "test", "check"))


def test_versions_are_locked_with_hashes_and_name_no_address() -> None:
    locked = (REPOSITORY / "constraints.txt").read_text()
    entries = [line for line in locked.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(entries) > 50
    assert all("==" in entry for entry in entries)
    assert locked.count("--hash=sha256:") >= len(entries)
    assert "://" not in locked
    assert "--index" not in locked
