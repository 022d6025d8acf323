"""`plimsoll warm-up`: compile what is compiled, once and visibly, so that no command later waits for it."""

from __future__ import annotations

import time

import typer

from plimsoll.entrypoints.cli.output import Format, FormatOption, remark, show

app = typer.Typer(rich_markup_mode=None)


@app.command(name="warm-up")
def warm_up(how: FormatOption = Format.TABLE) -> None:
    """Compile the numeric code (forecast, policy and replay) once, so that no later command waits for it."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    from plimsoll.bootstrap import kernels
    from plimsoll.domain.machine_code import ReadyKernel, WarmUp
    from plimsoll.render.warm_up import tables

    names, ready = [name for name, _ in kernels()], []
    with ProcessPoolExecutor(len(names), get_context("spawn")) as processes:
        under_way = {processes.submit(_seconds_to_compile, name): name for name in names}
        for done in as_completed(under_way):
            ready.append(ReadyKernel(under_way[done], done.result()))
            remark(f"{ready[-1].name}: ready after {ready[-1].after_s:.1f} s")
    if how is not Format.TABLE:
        answer = WarmUp(tuple(ready))
        show(answer, tables(answer), how)


def _seconds_to_compile(kernel: str) -> float:
    from plimsoll.bootstrap import kernels
    from plimsoll.domain.machine_code import before_compiling

    before_compiling(None)
    started = time.perf_counter()
    dict(kernels())[kernel]()
    return time.perf_counter() - started
