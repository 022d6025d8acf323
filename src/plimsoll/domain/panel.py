"""Many series at once: a panel as flat arrays, its forecast, and the ports that a fleet is read, run and written by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.document import Document
from plimsoll.domain.forecast import ForecastState, Levels
from plimsoll.domain.series import MetricKind, Times, Values
from plimsoll.domain.stored import EVER

NO_TIME = np.iinfo(np.int64).min  # stands for a time that is missing or outside the years 1 to 9999
FIRST_MS, LAST_MS = EVER.start_ms, EVER.end_ms - 1

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of every series: `horizon` steps of `step_ms` at `levels`; `seasons` in steps, None for natural."""

    horizon: int
    levels: Levels
    step_ms: int
    seasons: tuple[int, ...] | None = None
    lower: float | None = None
    upper: float | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Series one after another: series i holds rows `offsets[i]` to `offsets[i + 1]`, at least one.

    Rows are as read: possibly unsorted, duplicated or NaN; a time may be `NO_TIME`. `kinds` has one entry per series;
    `lower` and `upper` have shape (series,), NaN where there is no bound. `remarks` holds, for each series, what the
    reader did not understand; it may be empty altogether.
    """

    ids: tuple[str, ...]
    offsets: NDArray[np.int64]
    times_ms: Times
    values: Values
    kinds: tuple[MetricKind, ...]
    lower: Values
    upper: Values
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class PanelForecast:
    """Quantiles of every series of a panel: `values` has shape (series, h, levels), `times_ms` (series, h)."""

    ids: tuple[str, ...]
    times_ms: Times
    values: NDArray[np.float64]
    states: tuple[ForecastState, ...]
    whys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PanelOutline:
    """Which series a file holds, each in one run of rows: id, kind, and the first row; `rows` is the number of all.

    `breaks` are the rows at which the file's own parts end: a span that ends near one is read without waste.
    """

    ids: tuple[str, ...]
    kinds: tuple[MetricKind, ...]
    first_rows: NDArray[np.int64]
    rows: int
    breaks: NDArray[np.int64]

    @property
    def end_rows(self) -> NDArray[np.int64]:
        """The row after the last one of each series."""
        return np.append(self.first_rows[1:], self.rows).astype(np.int64)

    def spans(self, least_rows: int) -> list[tuple[int, int]]:
        """Cut the file into spans (first row, end row) of whole series, each of at least `least_rows` rows.

        A span ends with the last series that ends before a break, or with the series across the break if no earlier
        one ends there.
        """
        ends = self.end_rows
        cuts = [0]
        for end in [*self.breaks.tolist(), self.rows]:
            if end - cuts[-1] >= least_rows or end == self.rows:
                place = int(np.searchsorted(ends, end, side="right")) - 1
                cut = int(ends[place]) if place >= 0 else 0
                if cut > cuts[-1]:
                    cuts.append(cut)
        return list(pairwise(cuts))


@dataclass(frozen=True)
class PanelRun(Document):
    """What a run over a fleet did: series in all, series by state, and series behind each pool of intervals."""

    KIND: ClassVar[str] = "PanelRun"

    series: int
    states: Mapping[str, int]
    pools: Mapping[str, int]


class PanelReader(Protocol):
    """A file of series that can be read by rows, from several threads or machines."""

    def outline(self) -> PanelOutline:
        """List the series of the file."""

    def read(self, first: int, end: int) -> Panel:
        """Read the rows from `first` up to `end`, which are whole series."""


class PanelWriter(Protocol):
    """Where a fleet's forecast goes, part by part."""

    def write(self, forecast: PanelForecast) -> None:
        """Add one part."""


class Engine(Protocol):
    """What runs the same task on many items: the cores of this machine, or several machines."""

    def map(self, task: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Yield the results in the order of the items, with few of them in memory at a time."""


def picked(panel: Panel, indices: Sequence[int]) -> Panel:
    """Pick some series out of a panel."""
    rows = [slice(int(panel.offsets[i]), int(panel.offsets[i + 1])) for i in indices]
    sizes = [row.stop - row.start for row in rows]
    return Panel(
        tuple(panel.ids[i] for i in indices),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.concatenate([panel.times_ms[row] for row in rows]),
        np.concatenate([panel.values[row] for row in rows]),
        tuple(panel.kinds[i] for i in indices),
        panel.lower[list(indices)],
        panel.upper[list(indices)],
        tuple(panel.remarks[i] for i in indices) if panel.remarks else (),
    )


def join_panels(panels: Iterable[Panel]) -> Panel:
    """Put panels one after another."""
    parts = list(panels)
    sizes = np.concatenate([np.diff(part.offsets) for part in parts])
    return Panel(
        tuple(one for part in parts for one in part.ids),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.concatenate([part.times_ms for part in parts]),
        np.concatenate([part.values for part in parts]),
        tuple(kind for part in parts for kind in part.kinds),
        np.concatenate([part.lower for part in parts]),
        np.concatenate([part.upper for part in parts]),
        tuple(one for part in parts for one in part.remarks or ("",) * len(part)),
    )
