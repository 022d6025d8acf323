"""Start a real program on a free port, wait until it answers, and end it for certain."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

START_S = 60.0


def program(name: str, *folders: str) -> str:
    """Find a program, or skip the test by its name."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *folders]))
    if found is None:
        pytest.skip(f"needs the program {name}")
    return found


def free_port() -> int:
    """Find a port of the loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], bool], what: str, within_s: float = START_S) -> None:
    """Poll until `true` holds; fails with `what` at the deadline."""
    end = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"{what}: not within {within_s:g}s")
        time.sleep(0.02)


@contextmanager
def running(command: Sequence[str | Path], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a process group of its own; at the end the whole group is terminated."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
    finally:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
                process.wait(10)
                break
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        process.wait(10)


def ready(process: subprocess.Popen[bytes], answers: Callable[[], bool], log: Path) -> None:
    """Wait until a program answers; fails with its log where it ends before."""

    def well() -> bool:
        if process.poll() is not None:
            pytest.fail(f"{log.stem} ended with {process.returncode}: {log.read_text(errors='replace')[-2000:]}")
        return answers()

    until(well, f"{log.stem} answers")
