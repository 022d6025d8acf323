"""`plimsoll warm-up`: compile what is compiled, once and visibly, so that no command later waits for it."""

from __future__ import annotations

import time

import typer

from plimsoll.entrypoints.cli.output import remark

app = typer.Typer(rich_markup_mode=None)


@app.command(name="warm-up")
def warm_up() -> None:
    """Compile the forecast, policy and replay kernels into the cache, so that no later command waits for it."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    from plimsoll.bootstrap import kernels

    names = [name for name, _ in kernels()]
    with ProcessPoolExecutor(len(names), get_context("spawn")) as processes:
        under_way = {processes.submit(_seconds_to_compile, name): name for name in names}
        for done in as_completed(under_way):
            remark(f"{under_way[done]}: ready after {done.result():.1f} s")


def _seconds_to_compile(kernel: str) -> float:
    from plimsoll.bootstrap import kernels
    from plimsoll.domain.machine_code import before_compiling

    before_compiling(None)
    started = time.perf_counter()
    dict(kernels())[kernel]()
    return time.perf_counter() - started
