"""How much must an old error shrink because its scale came from few windows? Ways to rescale it, and priors by set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from forecast_settings_cases import Fleet
from forecast_settings_widths import Widths, errors_by, factors_by
from scipy.stats import t as student

RESCALINGS = (
    "",
    *(f"deviation {degrees}" for degrees in (1.5, 2, 3, 4)),
    *(f"quantile {degrees}" for degrees in (1, 2, 3)),
)
RESCALED_WAYS = [
    Widths(f"newest {windows} windows", 0.0, prior, tail_windows=tails, rescaling=rescaling, others_prior=others)
    for rescaling in RESCALINGS
    for windows, tails in ((1, 4), (4, 0))
    for prior in (5.0, 10.0, 20.0)
    for others in (False, True)
]
READ = Widths("newest 1 windows", 0.0, 10.0, tail_windows=4, rescaling="deviation 2")  # in use
BEFORE = next(way for way in RESCALED_WAYS if not way.rescaling and way.tail_windows and way.prior_series == 10.0)


def rescaled(rescaling: str, standardized: np.ndarray) -> np.ndarray:
    """Rescale errors (windows, h) from scales of w windows to a scale of all; rows without a known error go.

    "deviation 2" uses the ratio of the standard deviations of Student's t with 2 degrees of freedom a window, "quantile
    2" the value at the same quantile of the other t, "" leaves the errors as they are.
    """
    windows = np.flatnonzero(np.isfinite(standardized).any(axis=1))
    if not rescaling or not windows.size:
        return np.asarray(standardized[windows])
    way, degrees = rescaling.split()
    then, now = float(degrees) * windows[:, None], float(degrees) * (windows[-1] + 1)
    if way == "deviation":
        return np.asarray(standardized[windows] * np.sqrt(now / (now - 2) * (then - 2) / then))
    sizes = np.clip(np.abs(standardized[windows]), 0.0, 20.0)
    return np.asarray(np.sign(standardized[windows]) * student.isf(student.sf(sizes, then), now))


def rescaled_errors(way: Widths, prepared: Any, outlook: Any) -> np.ndarray:
    """Return the standardized errors (windows, h) that a way uses, rescaled as it says."""
    from plimsoll.forecast.outlook import comparable_errors

    if way.rescaling:
        return rescaled(way.rescaling, comparable_errors(prepared, outlook))
    return errors_by(way.errors, prepared, outlook)


def priors_from_others(fleets: Sequence[Fleet], ways: Sequence[Widths]) -> Callable[[Widths, str], np.ndarray]:
    """Measure a prior for each way and set: the median over the other sets of their mean factors, mirrored."""
    from plimsoll.forecast.calibration import PRIOR

    found: dict[tuple[str, str, int], dict[str, np.ndarray]] = {}
    for way in ways:
        if (key := kind_of(way)) not in found and way.others_prior:
            means = mean_factors(fleets, way)
            others = {name: [mean for other, mean in means.items() if other != name] for name in means}
            found[key] = {name: np.median(rest, axis=0) for name, rest in others.items()}
    return lambda way, name: found[kind_of(way)][name] if way.others_prior else PRIOR


def mean_factors(fleets: Sequence[Fleet], way: Widths) -> dict[str, np.ndarray]:
    """Measure the mean factors of each set by a way, mirrored; each fleet has the weight of its number of series."""
    from plimsoll.domain.forecast import ForecastState

    sums: dict[str, list[np.ndarray]] = {}
    for fleet in fleets:
        pairs = zip(fleet.prepared, fleet.outlooks, strict=True)
        errors = [rescaled_errors(way, one, outlook) for one, outlook in pairs if one.state is ForecastState.OK]
        factors, count = factors_by(way, errors)
        if count:
            mirrored = 0.5 * count * (factors - factors[::-1])
            sums.setdefault(fleet.cases[0].name, []).append(np.append(mirrored, count))
    return {name: (whole := np.sum(parts, axis=0))[:-1] / whole[-1] for name, parts in sums.items()}


def prior_of_all(fleets: Sequence[Fleet], way: Widths) -> str:
    """Write the prior from all sets: the median over sets of their mean factors, from the middle level up."""
    from plimsoll.forecast.calibration import GRID

    prior = np.median(list(mean_factors(fleets, way).values()), axis=0)[len(GRID) // 2 :]
    levels = GRID[len(GRID) // 2 :]
    shown = (f"{factor:.3f} at {level:g}" for level, factor in zip(levels, prior, strict=True))
    return "The prior that all sets give: " + ", ".join(shown) + "."


def kind_of(way: Widths) -> tuple[str, str, int]:
    """Return the parts of a way on which its prior depends."""
    return way.rescaling, way.errors, way.tail_windows
