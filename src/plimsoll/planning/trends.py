"""Which simple courses explain the level of a resource, and how sure is each?

Candidates are straight lines on the level or on its logarithm, each over the whole history, its last half or its last
quarter, a flat level, and a drift from the last value: a change of pace, of size or of regime leaves some of them
right.

The standard errors of a line's center and slope are those of a regression with autocorrelated errors,
sigma^2 (1 + phi) / (1 - phi) in place of sigma^2, and at phi near one the slope's is that of a random walk,
(6/5) s^2 / n (Durlauf & Phillips 1988). The slope does not stay: by how much the slopes of parts of the history differ
beyond sampling error is by how much it changes, part after part. phi is corrected for its small-sample bias,
(1 + 4 phi) / n (Marriott & Pope 1954).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST = 8
FLAT = "flat level"
_SHARES = (1.0, 0.5, 0.25)
_MAX_PHI = 0.98
MOST_LOG = 300.0  # e^300 is past every measure, and its square is still a number


@dataclass(frozen=True)
class Trend:
    """One candidate fitted to a history: a line about its center, and how what is left over hangs together.

    `center` is the value at the middle of the window, `slope` the rise a step, `reach` the steps from the middle to the
    last sample, `last` that sample. `pace` is the standard deviation of the slope's change, held for `pace_steps`.
    Everything is in logarithms where `log` is set.
    """

    name: str
    log: bool
    center: float
    slope: float
    reach: float
    last: float
    phi: float
    center_error: float
    slope_error: float
    freedom: float
    shocks: Floats
    pace: float = 0.0
    pace_steps: int = 1

    def median(self, horizon: int) -> Floats:
        """The path without shocks, shape (horizon,)."""
        ahead = np.arange(1, horizon + 1)
        end = self.center + self.slope * self.reach
        path = end + self.slope * ahead + (self.last - end) * self.phi**ahead
        return np.exp(np.clip(path, -MOST_LOG, MOST_LOG)) if self.log else path


def candidates(levels: Floats) -> tuple[Trend, ...]:
    """Fit every candidate that the history allows."""
    known = np.isfinite(levels)
    found: list[Trend] = []
    for share in _SHARES:
        start = levels.size - max(round(levels.size * share), FEWEST)
        if start < 0 or (share < 1 and start == 0) or known[start:].sum() < FEWEST:
            continue
        part = f"{share:.0%}"
        found.append(_line(f"line over the last {part}", levels[start:], log=False))
        if (levels[start:][known[start:]] > 0).all():
            found.append(_line(f"growth rate over the last {part}", levels[start:], log=True))
    return (*found, _flat(levels), _drift(levels))


def _line(name: str, levels: Floats, log: bool) -> Trend:
    where = np.flatnonzero(np.isfinite(levels)).astype(np.float64)
    values = levels[np.isfinite(levels)]
    values = np.log(values) if log else values
    middle, center = where.mean(), values.mean()
    spread = float(((where - middle) ** 2).sum())
    slope = float(((where - middle) * (values - center)).sum() / spread)
    rest = values - center - slope * (where - middle)
    phi, sigma, shocks = _autocorrelation(rest, 2)
    count = values.size
    inflation = (1 + phi) / (1 - phi)
    walk = 1.2 * float(shocks.var()) / count
    pace, pace_steps = _pace(values, phi, sigma, shocks)
    return Trend(
        name,
        log,
        float(center),
        slope,
        float(levels.size - 1 - middle),
        float(values[-1]),
        phi,
        sigma * np.sqrt(inflation / count),
        float(np.sqrt(min(sigma**2 * inflation / spread, max(walk, sigma**2 / spread)) + pace**2 * pace_steps / count)),
        max(3.0, count / inflation - 2),
        shocks,
        pace,
        pace_steps,
    )


def _pace(values: Floats, phi: float, sigma: float, shocks: Floats) -> tuple[float, int]:
    """How much slopes of parts differ beyond their sampling error, and how long a part is."""
    width = max(6, values.size // 6)
    parts = values.size // width
    if parts < 3:
        return 0.0, width
    cut = values[values.size - parts * width :].reshape(parts, width)
    where = np.arange(width) - (width - 1) / 2
    spread = float((where**2).sum())
    slopes = cut @ where / spread
    sampling = min(sigma**2 * (1 + phi) / (1 - phi) / spread, 1.2 * float(shocks.var()) / width)
    return float(np.sqrt(max(0.0, float(slopes.var(ddof=1)) - sampling))), width


def _flat(levels: Floats) -> Trend:
    values = levels[np.isfinite(levels)]
    phi, sigma, shocks = _autocorrelation(values - values.mean(), 1)
    error = sigma * np.sqrt((1 + phi) / (1 - phi) / values.size)
    last = float(values[-1])
    return Trend(FLAT, False, float(values.mean()), 0.0, 0.0, last, phi, error, 0.0, 30.0, shocks)


def _drift(levels: Floats) -> Trend:
    values = levels[np.isfinite(levels)]
    steps = np.diff(values)
    where = np.flatnonzero(np.isfinite(levels))
    slope = float(values[-1] - values[0]) / max(int(where[-1] - where[0]), 1)
    shocks = (steps - steps.mean()) if steps.size else np.zeros(1)
    error = float(shocks.std() / np.sqrt(max(steps.size, 1)))
    return Trend("drift", False, float(values[-1]), slope, 0.0, float(values[-1]), _MAX_PHI, 0.0, error, 30.0, shocks)


def _autocorrelation(rest: Floats, parameters: int) -> tuple[float, float, Floats]:
    total = float((rest**2).sum())
    count = rest.size
    if total <= 0 or count <= parameters + 1:
        return 0.0, 0.0, np.zeros(1)
    raw = float((rest[1:] * rest[:-1]).sum()) / total
    phi = float(np.clip(raw + (1 + 4 * raw) / count, 0.0, _MAX_PHI))
    sigma = float(np.sqrt(total / (count - parameters)))
    shocks = rest[1:] - phi * rest[:-1]
    return phi, sigma, shocks - shocks.mean()
