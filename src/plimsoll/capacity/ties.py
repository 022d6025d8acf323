"""Which columns of a regression follow from one another, so that what each does cannot be told?

Columns are scaled to length one and taken apart by singular values. Where one is small, some columns nearly add up to
nothing; which ones is seen from the share of each coefficient's variance that comes from small singular values: above
one half, the column is tied (D. A. Belsley, E. Kuh and R. E. Welsch, "Regression Diagnostics", Wiley 1980, chapter 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.model import Values

_WEAK = 30.0  # times smaller than the largest singular value
_SHARE = 0.5
_NOTHING = 1e-8  # a singular value, of the largest, at which one column is another to all digits written
_LEAST = 1e-12  # of the largest, so that what rounding leaves in other columns stays small beside it
_TOGETHER = 0.1  # cosine between what two columns put into the small singular values


@dataclass(frozen=True)
class Ties:
    """Columns by number that are tied, in groups; `exact` where no fit can hold them all at once."""

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
    """Give right-angled columns, (n, r), that span what the columns (n, p) span."""
    length = np.linalg.norm(columns, axis=0)
    turned, sizes, _ = np.linalg.svd(columns / np.where(length > 0, length, 1.0), full_matrices=False)
    return np.asarray(turned[:, sizes > _NOTHING * sizes[0]])


def _groups(tied: np.ndarray[tuple[int], np.dtype[np.int64]], overlap: Values) -> tuple[tuple[int, ...], ...]:
    """Put columns together that share a small singular value, straight or by others between them."""
    scale = np.sqrt(np.maximum(np.diag(overlap), np.finfo(np.float64).tiny))
    near = np.abs(overlap / scale / scale[:, None]) > _TOGETHER
    groups: list[set[int]] = []
    for column in tied.tolist():
        mine = {column, *(other for other in tied.tolist() if near[column, other])}
        apart = [group for group in groups if not group & mine]
        groups = [*apart, mine.union(*(group for group in groups if group & mine))]
    return tuple(tuple(sorted(group)) for group in groups)
