"""The store loses nothing acknowledged: after kill -9, with other writers, and with readers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.domain.errors import StoreBusy
from plimsoll.domain.series import Harvest, Series
from plimsoll.domain.stored import EVER, Selector

WRITER = Path(__file__).parent.parent / "fakes" / "store_writer.py"


def writer(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(WRITER), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)


@contextmanager
def writing(folder: Path, first: int = 0) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(WRITER), "write", str(folder), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == str(first)
            yield process
        finally:
            process.kill()


def test_a_writer_killed_at_any_line_of_its_code_leaves_whole_appends(tmp_path: Path) -> None:
    done = writer("killed", tmp_path, 18, 21, 251)
    assert done.returncode == 0, done.stderr
    *faults, last = done.stdout.splitlines()
    assert last.endswith(", 0 faults"), faults
    assert int(last.split()[2]) >= 15


def test_a_writer_killed_at_any_moment_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    rng, folder, first = random.Random(20250730), tmp_path / "store", 0
    for _ in range(6):
        with writing(folder, first) as process:
            lines = 1
            end = time.monotonic() + rng.uniform(0.0, 0.4)
            assert process.stdout is not None
            while time.monotonic() < end:
                lines += bool(process.stdout.readline())
            process.kill()
            lines += len(process.stdout.readlines())
        done = writer("check", folder, first + lines)
        assert done.returncode == 0, done.stderr
        first = int(done.stdout)


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with writing(folder) as process:
        with pytest.raises(StoreBusy, match=rf"process {process.pid} is writing") as told:
            ParquetStore(folder).append(Harvest("test"))
        assert "\n" not in str(told.value)
        process.kill()
        process.wait()
    with ParquetStore(folder) as store:
        store.hold()


def test_a_reader_beside_a_writer_sees_whole_appends_only(tmp_path: Path) -> None:
    folder, seen = tmp_path / "store", 0
    with writing(folder) as process:
        store = ParquetStore(folder)
        for _ in range(25):
            found = store.read(Selector.parse("load"), EVER).series
            ends = {int(one.times_ms[-1]) for one in found}
            counts = {len(one) for one in found}
            assert (len(found), len(ends), len(counts)) == (2, 1, 1)
            assert_one_append_a_half_hour_step(found[0])
            assert counts.pop() >= seen
            seen = len(found[0])
        assert process.poll() is None


def assert_one_append_a_half_hour_step(one: Series) -> None:
    """Sixty samples from the first append, two more from each later one, none missing between."""
    assert (len(one) - 60) % 2 == 0
    assert one.step_ms == 1_800_000
    assert int(one.times_ms[-1] - one.times_ms[0]) == 1_800_000 * (len(one) - 1)


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda s: s.name)
def test_collecting_ends_cleanly_at_a_signal(tmp_path: Path, word: signal.Signals) -> None:
    table = tmp_path / "load.csv"
    table.write_text("timestamp,load\n2025-07-30T00:00:00Z,1.5\n2025-07-30T00:01:00Z,2.5\n")
    folder = tmp_path / "store"
    command = [sys.executable, "-m", "plimsoll", "collect", str(table), "--since", "9999d", "--every", "50ms"]
    with subprocess.Popen(
        [*command, "--store", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        end = time.monotonic() + 60
        store = ParquetStore(folder)
        while not store.catalog(Selector(), EVER):
            assert time.monotonic() < end
            assert process.poll() is None
        process.send_signal(word)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "2 samples in" in out
    with store:
        store.hold()
