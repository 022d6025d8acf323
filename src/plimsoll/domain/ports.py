"""What does the application need from the outside world? Small protocols, which adapters implement.

A source is constructed with its address, credentials and deadline, so that a read needs only signals and a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Protocol

from plimsoll.domain.holidays import Holiday
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window
from plimsoll.domain.stored import Selector, StoredSeries


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing to read from a source: `query` is in the source's own language (PromQL, a column, a JSON pointer).

    `name` is what the result is called in the model; an empty query means the source's own signal of that name.
    """

    name: str
    query: str = ""
    unit: str = ""
    kind: MetricKind = MetricKind.UNKNOWN

    def called(self, series: Series) -> Series:
        """Give a series of this signal the signal's name, and its unit and kind where the signal states them."""
        kind = series.kind if self.kind is MetricKind.UNKNOWN else self.kind
        return replace(series, id=SeriesId(self.name, series.id.labels), unit=self.unit or series.unit, kind=kind)


class CheckState(str, Enum):
    """The outcome of one check of a source."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a diagnosis: what was checked, the outcome, what was seen and how to fix it."""

    name: str
    state: CheckState
    seen: str
    remedy: str = ""


class Source(Protocol):
    """A place that series are read from."""

    @property
    def name(self) -> str:
        """How messages call this source; never holds a secret."""

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        """Read `signals` over `window` at `step_s`; a signal that fails is a Gap with its reason.

        Raises SourceError when the source as a whole cannot be read.
        """

    def discover(self, window: Window) -> tuple[Signal, ...]:
        """List the signals this source offers over `window`."""

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        """Check reachability, access, coverage and limits; never raises for a fault of the source."""


class SeriesStore(Protocol):
    """A place that series are kept in; once `append` has returned, its data survive a crash of process or machine.

    A sample is identified by its series and its time: writing it again replaces it. Gaps that are written are kept
    until samples fill them. One process writes at a time; any number read, and each read sees whole appends only.
    """

    @property
    def name(self) -> str:
        """How messages call this store."""

    def append(self, harvest: Harvest) -> int:
        """Keep the samples and gaps of a harvest, all or none of them; return the number of samples.

        Raises StoreBusy when another process writes, StoreError when the place cannot be written, and InputError for
        a time outside the years 1 to 9999.
        """

    def read(self, selector: Selector, window: Window) -> Harvest:
        """Read the samples as they were written, with the gaps that are known; a damaged part is a gap, too."""

    def mean(self, selector: Selector, window: Window, step_s: float) -> Harvest:
        """Average each series over steps from the window's start; a step without samples stays a gap.

        The time stamp is the start of the step. NaN is left out; a step with nothing but NaN is NaN. A counter takes
        the first value in the step, because an average over a reset would be a value that the counter never had.
        """

    def catalog(self, selector: Selector, window: Window) -> tuple[StoredSeries, ...]:
        """List the series that have samples in the window, with count, first and last time there."""

    def gaps(self, selector: Selector, window: Window) -> tuple[Gap, ...]:
        """List the gaps that were written and that samples have not filled; none is inferred from missing samples."""

    def close(self) -> None:
        """Tidy the files and release the write lock; the store can be used again afterwards."""


class HolidayCalendar(Protocol):
    """Where public holidays are looked up; places are ISO 3166 codes, of a country (ES) or a part of one (ES-MD)."""

    def check(self, place: str) -> None:
        """Raise UsageError for a place that the calendar does not know, naming near ones."""

    def rest_days(self, place: str, on: date) -> frozenset[int]:
        """Name the weekdays of rest of a place (Monday is 0) as they are in the week that ends on a day.

        Raises UsageError for a place that the calendar does not know.
        """

    def holidays(self, places: Sequence[str], first: date, last: date) -> tuple[Holiday, ...]:
        """List the holidays of any of the places from `first` to `last`, sorted, one a day.

        Raises UsageError for a place that the calendar does not know.
        """
