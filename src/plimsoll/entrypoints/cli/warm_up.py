"""`plimsoll warm-up`: compile what is compiled, once and visibly, so that no command later waits for it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from plimsoll.entrypoints.cli.output import Format, FormatOption, remark, show

app = typer.Typer(rich_markup_mode=None)


@app.command(name="warm-up")
def warm_up(how: FormatOption = Format.TABLE) -> None:
    """Compile the numeric code (forecast, policy and replay) once, so that no later command waits for it."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    from plimsoll.bootstrap import KERNELS
    from plimsoll.domain.machine_code import ReadyKernel, WarmUp
    from plimsoll.render.warm_up import tables

    ready: list[ReadyKernel] = []
    with ProcessPoolExecutor(len(KERNELS), get_context("spawn")) as processes, _stopping_children():
        with _ctrl_c_held_back():
            under_way = {processes.submit(_seconds_to_compile, name): name for name in KERNELS}
        for done in as_completed(under_way):
            ready.append(ReadyKernel(under_way[done], done.result()))
            remark(f"{ready[-1].name}: ready after {ready[-1].after_s:.1f} s")
    if how is not Format.TABLE:
        answer = WarmUp(tuple(ready))
        show(answer, tables(answer), how)


@contextmanager
def _stopping_children() -> Iterator[None]:
    """Kill the child processes when this one is interrupted: they would compile to the end, and it would wait."""
    from multiprocessing import active_children

    try:
        yield
    except KeyboardInterrupt:
        for child in active_children():
            child.kill()
        raise


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Put off Ctrl-C while children are started: they inherit it blocked, so that it comes to this process alone.

    It works before any thread is started, such as those of NumPy, which would take the signal.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _seconds_to_compile(kernel: str) -> float:
    from plimsoll.bootstrap import KERNELS
    from plimsoll.domain.machine_code import before_compiling

    before_compiling(None)
    started = time.perf_counter()
    KERNELS[kernel]()
    return time.perf_counter() - started
