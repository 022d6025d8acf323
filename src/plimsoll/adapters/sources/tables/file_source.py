"""What do the sources of table files share? One read of the file serves discovery, reading and diagnosis."""

from __future__ import annotations

import abc
import logging
from collections.abc import Sequence
from pathlib import Path

from plimsoll.adapters.sources.selection import select, signals_of
from plimsoll.adapters.sources.tables.gather import Bounds, TableContent
from plimsoll.domain.errors import InputError, NothingToAnswer, Place, PlimsollError, UsageError
from plimsoll.domain.ports import Check, CheckState, Signal
from plimsoll.domain.series import Harvest, Series, Window, as_datetime
from plimsoll.domain.stored import EVER
from plimsoll.domain.time_zone import time_zone

_LOG = logging.getLogger(__name__)


class TableFile(abc.ABC):
    """A source over one file. Samples are returned as recorded: a file is not resampled to the requested step."""

    def __init__(self, path: str | Path, tz: str = "", bounds: Bounds | None = None) -> None:
        self.path = Path(path)
        self.tz = _zone(tz)
        self.bounds = bounds or Bounds()
        self._last: tuple[Window, tuple[int, int], TableContent] | None = None
        self._warned = False

    @property
    def name(self) -> str:
        """The path, as it was given."""
        return str(self.path)

    @abc.abstractmethod
    def take(self, window: Window) -> TableContent:
        """Read the file in one pass; raises InputError with its place."""

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        """Read `signals` in `window` as they are recorded; `step_s` is not used.

        Raises InputError where the file cannot be understood, NothingToAnswer where it holds no rows.
        """
        content = self._content(window)
        series, gaps = select(self.name, content.series, signals, window)
        return Harvest(self.name, series, gaps, _notes(self.name, content))

    def discover(self, window: Window) -> tuple[Signal, ...]:
        """List the metrics of the file that have samples in `window`."""
        return signals_of(self._content(window).series)

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        """Check that the file can be read; report the span it covers and what was corrected."""
        try:
            content = self._content(EVER)
        except PlimsollError as fault:
            return (Check("readable", CheckState.FAILED, str(fault), "mend the place named, or export the file anew"),)
        return (
            Check("readable", CheckState.OK, f"{_size(self.path)} read whole"),
            *_coverage(content.series, window),
            *(Check("assumed", CheckState.OK, note) for note in content.assumed),
            *(Check("left out", CheckState.WARNING, note) for note in (content.left_out,) if note),
            *(Check("put right", CheckState.WARNING, note) for note in content.put_right),
        )

    def _content(self, window: Window) -> TableContent:
        try:
            if self.path.is_fifo():
                raise InputError("is a named pipe, which may never end", Place(file=self.name))
            status = self.path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if self._last is None or self._last[:2] != (window, stamp):
                self._last = (window, stamp, self.take(window))
        except OSError as error:
            raise InputError(_why(error), Place(file=self.name)) from error
        self._warn(self._last[2].left_out)
        return self._last[2]

    def _warn(self, left_out: str) -> None:
        """Log once which parts of the file are not in the answer."""
        if left_out and not self._warned:
            self._warned = True
            _LOG.warning(left_out)


def empty(name: str) -> NothingToAnswer:
    """Make the error for a file that has columns and no rows."""
    return NothingToAnswer(f"{name}: holds a header and no rows")


def _notes(name: str, content: TableContent) -> tuple[str, ...]:
    notes = (f"{name}: {note}" for note in (*content.assumed, *content.put_right))
    return (content.left_out, *notes) if content.left_out else tuple(notes)


def _coverage(every: Sequence[Series], window: Window) -> tuple[Check, ...]:
    series = [one for one in every if len(one)]
    if not series:
        return (Check("series", CheckState.FAILED, "no column of numbers holds a value", "export the metric's values"),)
    samples = sum(len(one) for one in series)
    first = min(int(one.times_ms[0]) for one in series)
    last = max(int(one.times_ms[-1]) for one in series)
    span = f"{_moment(first)} to {_moment(last)}"
    inside = first < window.end_ms and last >= window.start_ms
    covered = (
        Check("coverage", CheckState.OK, span)
        if inside
        else Check(
            "coverage", CheckState.WARNING, f"{span}: outside the window asked for", "choose the window with --as-of"
        )
    )
    return (Check("series", CheckState.OK, f"{len(series)} series, {samples} samples"), covered)


def _moment(time_ms: int) -> str:
    return as_datetime(time_ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def _size(path: Path) -> str:
    return f"{path.stat().st_size:,} bytes"


def _zone(tz: str) -> str:
    if tz and time_zone(tz) is None:
        raise UsageError(f"{tz[:40]!r} is not a time zone; write it like Europe/Berlin or UTC")
    return tz


def _why(error: OSError) -> str:
    return (error.strerror or "cannot be read").lower()
