"""In which form does a run of values take the least space, without losing a bit?

Measured per run (the samples of one series in one file), three forms:

    scaled   value = scaled / divisor with a whole number `scaled`: most gauges are decimals of a few digits, counters
             and byte counts are whole; Parquet packs the differences of whole numbers into a few bits
    level    a handful of distinct values, constants among them: Parquet keeps them once, in a dictionary
    raw      full-entropy floats: their bytes are split into planes, so that signs and exponents compress

A value goes into `scaled` only if the division restores its exact bits, so the form never changes a value. Single
values that do not fit (NaN, infinities, -0.0, one odd digit) go to `raw` in a run of any form. The test for decimals
follows ALP (Afroozeh, Kuffo and Boncz, "ALP: Adaptive Lossless floating-Point Compression", SIGMOD 2024).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.series import Values

_MAX_DIGITS = 9
_PROBES = 64  # values of a run that are sampled to guess its digits
_EXCEPTIONS = 0.02  # the largest share of a run's values that may go to `raw` while the run stays scaled
_LEVELS_PER_RUN = 256  # more distinct values than this do not pay in a dictionary
_WHOLE = 2.0**51  # whole numbers up to here are exact in a float, with room to spare

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Values in their forms, all of shape (n,): exactly one of the three is chosen by `is_scaled` and `is_level`."""

    scaled: NDArray[np.int64]
    divisor: Values
    is_scaled: Flags
    is_level: Flags


def code(values: Values, starts: NDArray[np.int64]) -> Coded:
    """Choose the form of each run; `starts` holds the index at which each run begins, the first of them 0.

    >>> coded = code(np.array([1.25, 2.5, 7.0, 7.0]), np.array([0, 2]))
    >>> coded.scaled.tolist(), coded.divisor.tolist(), coded.is_level.tolist()
    ([125, 250, 7, 7], [100.0, 100.0, 1.0, 1.0], [False, False, True, True])
    """
    lengths = np.diff(np.append(starts, values.size))
    probes = _probes(values, starts, lengths)
    divisors = _guess_divisors(probes)
    divisor = np.repeat(divisors, lengths)
    scaled, fits = _scale(values, divisor)
    misfits = np.add.reduceat(~fits, starts)
    fits &= np.repeat((divisors > 0) & (misfits <= lengths * _EXCEPTIONS), lengths)
    level = _few_levels(values, starts, lengths, probes)
    _drop_even_bits(scaled, divisor, fits, starts, lengths)
    is_level = np.repeat(level, lengths) & ~np.isnan(values) & ~((values == 0) & np.signbit(values))
    return Coded(scaled, divisor, fits & ~is_level, is_level)


def _scale(values: Values, divisor: Values) -> tuple[NDArray[np.int64], Flags]:
    """Scale to whole numbers; return them, and mark where dividing restores the same bits."""
    with np.errstate(invalid="ignore", over="ignore"):
        whole = np.rint(values * divisor)
        fits = np.abs(whole) < _WHOLE
    whole[~fits] = 0.0
    whole += 0.0  # -0.0 becomes 0.0, as it does in a whole number, and so fails the comparison
    with np.errstate(invalid="ignore", divide="ignore"):
        fits &= (whole / divisor).view(np.int64) == values.view(np.int64)
    return whole.astype(np.int64), fits


def _probes(values: Values, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sample each run evenly, its first and its last value included, shape (runs, probes)."""
    steps = np.linspace(0.0, 1.0, _PROBES)
    return values[starts[:, None] + np.rint(steps * (lengths[:, None] - 1)).astype(np.int64)]


def _guess_divisors(probes: NDArray[np.float64]) -> Values:
    """The least power of ten that makes the probed values of each run whole; 0 where none does."""
    divisors = np.zeros(probes.shape[0])
    for digits in range(_MAX_DIGITS + 1):
        open_runs = np.flatnonzero(divisors == 0)
        sample = probes[open_runs]
        _, fits = _scale(sample, np.full(sample.shape, 10.0**digits))
        ok = np.count_nonzero(fits | ~np.isfinite(sample), axis=1) >= _PROBES * (1 - _EXCEPTIONS)
        divisors[open_runs[ok]] = 10.0**digits
    return divisors


def _few_levels(
    values: Values, starts: NDArray[np.int64], lengths: NDArray[np.int64], probes: NDArray[np.float64]
) -> Flags:
    """Which runs repeat a handful of values: at most one distinct value in eight, and no more than 256."""
    few = np.zeros(starts.size, dtype=np.bool_)
    for run in np.flatnonzero(_probably_few(probes)):
        distinct = np.unique(values[starts[run] : starts[run] + lengths[run]].view(np.int64)).size
        few[run] = distinct <= min(_LEVELS_PER_RUN, max(1, lengths[run] // 8))
    return few


def _probably_few(probes: NDArray[np.float64]) -> Flags:
    """Mark the runs worth an exact count: those whose probes are not nearly all different."""
    ordered = np.sort(probes, axis=1)
    different = np.count_nonzero(ordered[:, 1:] != ordered[:, :-1], axis=1)
    few: Flags = different < _PROBES * 3 // 4
    return few


def _drop_even_bits(
    scaled: NDArray[np.int64], divisor: Values, fits: Flags, starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> None:
    """Shift out, in place, the low bits that are zero throughout a run of whole numbers (as in multiples of 4,096).

    The divisor becomes a power of two below one, which is exact.
    """
    bits = np.bitwise_or.reduceat(np.where(fits, scaled, 0), starts)
    whole = (divisor[starts] == 1.0) & (bits != 0)
    shifts = np.where(whole, np.log2(np.where(whole, bits & -bits, 1)).astype(np.int64), 0)
    shift = np.repeat(shifts, lengths)
    scaled >>= shift
    divisor /= np.exp2(shift)
