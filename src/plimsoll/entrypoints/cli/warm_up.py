"""`plimsoll warm-up`: compile what is compiled, once and visibly, so that no command later waits for it."""

from __future__ import annotations

import time

import typer

from plimsoll.entrypoints.cli.output import remark

app = typer.Typer(rich_markup_mode=None)


@app.command(name="warm-up")
def warm_up() -> None:
    """Compile the forecast, policy and replay kernels into the cache, so that no later command waits for it."""
    from plimsoll.bootstrap import kernels
    from plimsoll.domain.machine_code import before_compiling

    before_compiling(None)
    for name, compile_kernel in kernels():
        started = time.perf_counter()
        compile_kernel()
        remark(f"{name}: ready after {time.perf_counter() - started:.1f} s")
