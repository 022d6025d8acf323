"""How far do residuals that depend on the one before them wander anew at each step? What tells a curve from a walk."""

from __future__ import annotations

from plimsoll.forecast.kernel.nature import Values
from plimsoll.forecast.kernel.sums import product_of


def innovations_of(apart: Values) -> float:
    """Return the sum of squared innovations of residuals that are autoregressive of first order.

        (1 - phi^2) r_0^2 + sum (r_i - phi r_(i-1))^2,    0 <= phi <= 0.999

    A random walk has a phi near 1 and small innovations about any curve, so that it is evidence for none.
    """
    squares = product_of(apart, apart)
    phi = min(max(product_of(apart[1:], apart[:-1]) / max(squares, 1e-300), 0.0), 0.999)
    total = (1.0 - phi * phi) * apart[0] ** 2
    for i in range(1, apart.size):
        total += (apart[i] - phi * apart[i - 1]) ** 2
    return float(total)
