"""A source that holds its series in memory: for series made in this process, and for tests.

It fulfils the contract of the port: a missing signal is a gap, and the source as a whole can fail.
"""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.adapters.sources.selection import select, signals_of
from plimsoll.domain.errors import SourceError
from plimsoll.domain.ports import Check, CheckState, Signal
from plimsoll.domain.series import Harvest, Series, Window


class Memory:
    """Series in memory as a source; with a `fault`, a source that fails."""

    def __init__(self, name: str, series: Sequence[Series], fault: SourceError | None = None) -> None:
        self.name = name
        self._series = tuple(series)
        self._fault = fault

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        """Read `signals` in `window` as they were put in; raises the fault where there is one."""
        self._work()
        series, gaps = select(self.name, self._series, signals, window)
        return Harvest(self.name, series, gaps)

    def discover(self, window: Window) -> tuple[Signal, ...]:
        """List the names of the series; raises the fault where there is one."""
        self._work()
        return signals_of(self._series)

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        """Report how much it holds, or its fault."""
        if self._fault is not None:
            return (Check("reachable", CheckState.FAILED, self._fault.message, "mend the fault it was made with"),)
        return (Check("reachable", CheckState.OK, f"{len(self._series)} series in memory"),)

    def _work(self) -> None:
        if self._fault is not None:
            raise self._fault
