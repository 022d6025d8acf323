"""How long is a request in an M/M/c queue, at thousands of loads a millisecond? The exact quantile, from a table.

A fit needs the same quantile for the same servers at thousands of loads. In service times it is a function of the
utilization u alone, and phi(u) = quantile * (servers - offered) stays finite and smooth up to full utilization, where
it ends at -ln(1 - q). So phi is computed once at 4,097 utilizations and interpolated by cubic Hermite polynomials (C.
de Boor, "A Practical Guide to Splines", Springer 2001, chapter IV). The relative error is below 2e-7 for 1 to 64
servers, and the slope comes with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from plimsoll.capacity.erlang import residence_quantile
from plimsoll.capacity.model import Values

_CELLS = 4096


@dataclass(frozen=True, eq=False)
class ResidenceTable:
    """phi at each utilization of the grid, and its rise over one cell, both (cells + 1,)."""

    servers: int
    phi: Values
    rise: Values

    def at(self, offered: Values) -> tuple[Values, Values]:
        """Read the quantile in service times and its slope over the offered load; NaN from full utilization on."""
        stable = (offered >= 0) & (offered < self.servers)
        busy = np.where(stable, offered, 0.0)
        place = busy * (_CELLS / self.servers)
        cell = np.minimum(place.astype(np.int64), _CELLS - 1)
        phi, rise = self._cubic(cell, place - cell)
        free = self.servers - busy
        time = phi / free
        slope = (rise * (_CELLS / self.servers) + time) / free
        return np.where(stable, time, np.nan), np.where(stable, slope, np.nan)

    def _cubic(self, cell: Values, part: Values) -> tuple[Values, Values]:
        """Evaluate the polynomial of each cell and its slope, at the fraction `part` of the cell."""
        low, first, last = self.phi[cell], self.rise[cell], self.rise[cell + 1]
        step = self.phi[cell + 1] - low
        square, cube = 3 * step - 2 * first - last, first + last - 2 * step
        value = low + part * (first + part * (square + part * cube))
        return value, first + part * (2 * square + 3 * part * cube)


@lru_cache(maxsize=128)
def residence_table(servers: int, probability: float) -> ResidenceTable:
    """Make the table of one quantile for this number of servers."""
    offered = np.linspace(0.0, servers, _CELLS + 1)
    time = residence_quantile(offered[:-1], servers, np.ones(_CELLS), probability)
    phi = np.append(time * (servers - offered[:-1]), -np.log1p(-probability))
    return ResidenceTable(servers, phi, _rises(phi))


def _rises(values: Values) -> Values:
    """Differentiate evenly spaced values to fourth order, one-sided at the ends."""
    rises = np.empty_like(values)
    rises[2:-2] = (values[:-4] - 8 * values[1:-3] + 8 * values[3:-1] - values[4:]) / 12
    ends = np.array([[-25, 48, -36, 16, -3], [-3, -10, 18, -6, 1]]) / 12
    rises[:2] = ends @ values[:5]
    rises[-2:] = -(ends @ values[:-6:-1])[::-1]
    return rises
