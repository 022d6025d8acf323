"""A program that writes to a series store and can be killed.

write FOLDER FIRST               append harvest FIRST, FIRST + 1, ...; print each on stdout once `append` has returned
check FOLDER SAID                compare the store with the first SAID harvests, and append one more
killed FOLDER READY LAST STRIDE  write from READY to LAST in forks that kill themselves at every STRIDE-th line of
                                 the store's code, and check what each leaves
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb  # noqa: F401 loaded once, before the forks
import numpy as np
import pyarrow.compute
import pyarrow.parquet  # noqa: F401
from memory_store import MemoryStore

from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.domain.series import Gap, Harvest, Series, SeriesId, Window
from plimsoll.domain.stored import EVER, Selector

HOUR = 3_600_000
START = 1_753_833_600_000
STORE_CODE = str(Path(sys.modules[ParquetStore.__module__].__file__ or "").parent)
Content = tuple[dict[str, list[tuple[int, float]]], tuple[Gap, ...]]


def harvest(number: int) -> Harvest:
    """Harvest `number`: three series over two days, some samples of the previous harvest, at times a gap."""
    times = START + number * HOUR + np.arange(0, 30 * HOUR, HOUR // 2, dtype=np.int64)
    series = tuple(
        Series(SeriesId.of("load", {"i": str(i)}), times, np.round(number + np.arange(times.size) / 7 + i, 3))
        for i in range(2)
    )
    born = Series(SeriesId.of("born", {"n": str(number // 5)}), times[:3], np.array([number, np.pi * number, 0.0]))
    gap = Gap(SeriesId.of("gone"), Window(START + number * HOUR, START + (number + 1) * HOUR), "no answer " + "." * 200)
    return Harvest("writer", (*series, born), (gap,) if number % 3 == 0 else ())


def content(store: Any) -> Content:
    """What a store holds."""
    found = store.read(Selector(), EVER)
    return {
        str(one.id): list(zip(one.times_ms.tolist(), one.values.tolist(), strict=True)) for one in found.series
    }, found.gaps


@cache
def expected(harvests: int) -> Content:
    """What a store holds after the first so many harvests."""
    store = MemoryStore()
    for number in range(harvests):
        store.append(harvest(number))
    return content(store)


def write(folder: Path, first: int, last: int | None, said: int) -> None:
    """Append harvests, closing the store after every tenth."""
    store = ParquetStore(folder)
    number = first
    while last is None or number < last:
        store.append(harvest(number))
        os.write(said, f"{number}\n".encode())
        number += 1
        if number % 10 == 0:
            store.close()
    store.close()


def in_a_process(work: Callable[[], None]) -> int:
    """Run a function in a fork; return its exit status."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 what ends the fork, said to who looks
            print(f"{type(error).__name__}: {error}", flush=True)
            os._exit(1)
    return os.waitpid(child, 0)[1]


def killed_at(point: int, work: Callable[[], None]) -> None:
    """Run a function and kill this process at the given executed line of the store's code."""
    left = point

    def on_line(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if event == "call":
            return on_line if frame.f_code.co_filename.startswith(STORE_CODE) else None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return on_line

    sys.settrace(on_line)
    work()
    sys.settrace(None)


def check(folder: Path, acknowledged: int) -> None:
    """Check that a store holds everything acknowledged, at most one whole harvest more, and can be appended to."""
    store = ParquetStore(folder)
    found = content(store)
    there = next((n for n in (acknowledged, acknowledged + 1) if found == expected(n)), None)
    if there is None:
        raise AssertionError(f"{acknowledged} acknowledged, and the store holds something else")
    if damaged := store.verify():
        raise AssertionError(f"damaged: {damaged}")
    store.append(harvest(there))
    store.close()
    if content(store) != expected(there + 1):
        raise AssertionError("the store does not go on")
    files, named = len(list((folder / "days").iterdir())), store.size().files
    if files != named:
        raise AssertionError(f"{files} files where {named} are named: something was left behind")
    print(there + 1)


def killed(folder: Path, ready: int, last: int, stride: int) -> None:
    """Kill a writer at every `stride`-th line of its way from harvest `ready` to `last`, and check what it leaves."""
    template, point, faults = folder / "template", 1, 0
    if in_a_process(lambda: write(template, 0, ready, os.open(os.devnull, os.O_WRONLY))):
        raise AssertionError("the template could not be written")
    for number in range(ready, last + 2):
        expected(number)
    while True:
        place = folder / f"at-{point}"
        shutil.copytree(template, place)
        heard, said = os.pipe()
        status = in_a_process(lambda: killed_at(point, lambda: write(place, ready, last, said)))  # noqa: B023
        os.close(said)
        with os.fdopen(heard) as stream:
            acknowledged = ready + len(stream.readlines())
        if os.WIFEXITED(status):
            break
        faults += bool(in_a_process(lambda: check(place, acknowledged)))  # noqa: B023
        shutil.rmtree(place)
        point += stride
    print(f"killed at {point // stride} points, {faults} faults")


if __name__ == "__main__":
    task, where, numbers = sys.argv[1], Path(sys.argv[2]), [int(text) for text in sys.argv[3:]]
    if task == "write":
        write(where, numbers[0], None, 1)
    elif task == "check":
        check(where, numbers[0])
    else:
        killed(where, *numbers)
