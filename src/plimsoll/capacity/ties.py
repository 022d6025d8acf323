"""Which columns of a regression are collinear, so that their effects cannot be told apart?

Columns are scaled to length one and decomposed by singular values. Where one is small, some combination of columns is
nearly zero. Which columns take part shows in the share of each coefficient's variance that comes from small singular
values: above one half, the column is tied (D. A. Belsley, E. Kuh and R. E. Welsch, "Regression Diagnostics", Wiley
1980, chapter 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.model import Values

_WEAK = 30.0  # times smaller than the largest singular value
_SHARE = 0.5
_NOTHING = 1e-8  # of the largest singular value: a smaller one means exactly collinear columns
_LEAST = 1e-12  # of the largest: floor of the singular values, so that rounding in other columns stays small beside it
_TOGETHER = 0.1  # cosine between the parts of two columns in the small singular directions


@dataclass(frozen=True)
class Ties:
    """Tied columns by index, in groups; `exact` where no fit can hold them all at once."""

    groups: tuple[tuple[int, ...], ...]
    exact: bool

    @property
    def columns(self) -> tuple[int, ...]:
        """Every column that is tied to another."""
        return tuple(sorted({column for group in self.groups for column in group}))


def ties(columns: Values) -> Ties:
    """Find the tied columns of a table (n, p) of at least p rows.

    >>> a, b = np.array([1.0, 2, 3, 5]), np.array([4.0, 1, 3, 2])
    >>> ties(np.column_stack([a, b, 2 * a]))
    Ties(groups=((0, 2),), exact=True)
    """
    length = np.linalg.norm(columns, axis=0)
    _, sizes, turned = np.linalg.svd(columns / np.where(length > 0, length, 1.0), full_matrices=False)
    weak = sizes * _WEAK < sizes[0]
    variance = (turned / np.maximum(sizes, _LEAST * sizes[0])[:, None]) ** 2
    tied = np.flatnonzero(variance[weak].sum(axis=0) > _SHARE * variance.sum(axis=0))
    return Ties(_groups(tied, turned[weak].T @ turned[weak]), bool(sizes[-1] < _NOTHING * sizes[0]))


def basis(columns: Values) -> Values:
    """Compute orthonormal columns, (n, r), with the same span as the columns (n, p)."""
    length = np.linalg.norm(columns, axis=0)
    turned, sizes, _ = np.linalg.svd(columns / np.where(length > 0, length, 1.0), full_matrices=False)
    return np.asarray(turned[:, sizes > _NOTHING * sizes[0]])


def _groups(tied: np.ndarray[tuple[int], np.dtype[np.int64]], overlap: Values) -> tuple[tuple[int, ...], ...]:
    """Group columns that share a small singular value, directly or through others."""
    scale = np.sqrt(np.maximum(np.diag(overlap), np.finfo(np.float64).tiny))
    near = np.abs(overlap / scale / scale[:, None]) > _TOGETHER
    groups: list[set[int]] = []
    for column in tied.tolist():
        mine = {column, *(other for other in tied.tolist() if near[column, other])}
        others = [group for group in groups if not group & mine]
        groups = [*others, mine.union(*(group for group in groups if group & mine))]
    return tuple(tuple(sorted(group)) for group in groups)
