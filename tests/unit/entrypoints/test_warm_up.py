"""`plimsoll warm-up` compiles in processes of its own, which end with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest


@pytest.fixture
def _heeding_ctrl_c() -> Iterator[None]:
    """Start programs that heed Ctrl-C, also where the tests ignore it, as a shell's commands in the background do."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heeding_ctrl_c")
def test_ctrl_c_ends_what_compiles_at_once_and_in_one_line(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "plimsoll", "warm-up"]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as called:
        end, program = time.monotonic() + 60, psutil.Process(called.pid)
        while len(children := program.children()) < 3:  # two that compile, and Python's tracker of what they share
            assert time.monotonic() < end
            assert called.poll() is None
            time.sleep(0.01)
        os.killpg(called.pid, signal.SIGINT)
        _, told = called.communicate(timeout=110)
    assert (called.returncode, told) == (130, "plimsoll: stopped\n")
    assert list(tmp_path.rglob("*.nbc")) == []  # nothing was compiled to the end
    psutil.wait_procs(children, timeout=30)
    assert not any(child.is_running() for child in children)
