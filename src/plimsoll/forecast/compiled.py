"""How does the forecast run fast? Numba compiles its kernels as they are, on first use.

They are compiled as one entry point. A function's machine code is optimized anew in each caller, so every level of
calls makes the compiler repeat the whole tree below it: prefer small functions and few levels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from plimsoll.domain.machine_code import callable_when_compiled, compiled
from plimsoll.forecast.kernel import (
    agreement,
    autoregression,
    backtesting,
    candidates,
    clean,
    compounding,
    engine,
    innovations,
    level,
    methods,
    movement,
    nature,
    order,
    periods,
    sawtooth,
    seasonal,
    smoothing,
    spread,
    steady_growth,
    sums,
    trend,
    weights,
    windows,
)
from plimsoll.forecast.kernel.families import growing, patterned, proportional, regressing, repeating, toothed, weekly
from plimsoll.forecast.kernel.methods import METHODS
from plimsoll.forecast.kernel.nature import Answer
from plimsoll.forecast.kernel.windows import WINDOWS

KERNELS: tuple[ModuleType, ...] = (
    nature, methods, order, sums, smoothing, trend, seasonal, clean, innovations, compounding, steady_growth, periods,
    sawtooth, autoregression, windows, weights, spread, level, movement, agreement, backtesting, growing, patterned,
    proportional, regressing, repeating, toothed, weekly, candidates, engine,
)  # fmt: skip
_OPTIONS: dict[str, Any] = {"error_model": "numpy"}  # a division by zero returns what NumPy's does, without a branch
_OF_SUMS: dict[str, Any] = {**_OPTIONS, "fastmath": {"reassoc"}}  # terms may be added in any order


@cache
def outlook_many() -> Callable[..., None]:
    """Return the compiled `engine.outlook_many`, ready for any thread."""
    for module in KERNELS:
        callable_when_compiled(module, **(_OF_SUMS if module is sums else _OPTIONS))
    return compiled(engine.outlook_many, KERNELS, nogil=True, **_OPTIONS)


def empty_answer(series: int, horizon: int, with_errors: bool) -> Answer:
    """Allocate the kernel's answer for this many series."""
    shape: tuple[Any, ...] = (series if with_errors else 0, WINDOWS, horizon)
    center, scale, weights = (np.empty((series, columns)) for columns in (horizon, horizon, METHODS))
    errors, standardized, naive_errors = (np.full(shape, np.nan) for _ in range(3))
    in_logarithms, along_line = np.zeros(series, dtype=np.bool_), np.zeros(series, dtype=np.bool_)
    return Answer(center, scale, weights, errors, standardized, naive_errors, in_logarithms, along_line)
