"""Which variants of a model come near the one that fits best, and where is the optimum of each?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plimsoll.capacity.least_squares import Optimum, free_optimum
from plimsoll.capacity.model import CapacityModel, Values

Optima = Sequence[tuple[CapacityModel, Optimum]]
_FAR_BEHIND = 12.0  # in log likelihood: under no noise shape is such a variant likely


def optima_of(variants: Sequence[CapacityModel], load: Values, measured: Values) -> Optima:
    """Find the additive optimum of each variant, without bounds; one whose search diverges is left out."""
    even = np.ones_like(measured)
    optima = ((model, free_optimum(model, load, measured, even, model.start(load, measured))) for model in variants)
    return [(model, optimum) for model, optimum in optima if optimum is not None]


def near_variants(optima: Optima, load: Values, measured: Values) -> Optima:
    """Leave out variants far behind the best, and fit those that a grid leaves out between the others."""
    near = _near(optima, load.size)
    return _near([*near, *optima_of(_between(near), load, measured)], load.size)


def _near(optima: Optima, steps: int) -> Optima:
    least = min((optimum.squares for _, optimum in optima), default=0.0)
    freedom = max((steps - len(model.parameters) for model, _ in optima), default=1)
    most = least * np.exp(2 * _FAR_BEHIND / max(freedom, 1))
    return [(model, optimum) for model, optimum in optima if optimum.squares <= most]


def _between(near: Optima) -> Sequence[CapacityModel]:
    between: Callable[[Sequence[float]], Sequence[CapacityModel]] | None
    between = getattr(near[0][0], "between", None) if near else None
    return () if between is None else between([model.fixed[0][1] for model, _ in near])
