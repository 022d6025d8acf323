"""This machine as a source: current readings of the machine, and of named processes and directories.

A process or a directory is named in the options, or in a signal's query: `process_memory_bytes{process="nginx"}`,
`directory_bytes{path="/var/lib/postgresql"}`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from plimsoll.adapters.sources.host import machine, processes
from plimsoll.adapters.sources.host.directories import CannotMeasure, directory_bytes
from plimsoll.adapters.sources.live import Glance, Reading, harvest, signals_in
from plimsoll.domain.ports import Check, CheckState, Signal
from plimsoll.domain.quantity import format_bytes
from plimsoll.domain.series import Harvest, Window
from plimsoll.domain.source_options import SourceOptions

_NAMED = {
    "process": re.compile(r'process="((?:[^"\\]|\\.)+)"'),
    "path": re.compile(r'path="((?:[^"\\]|\\.)+)"'),
}
_BETWEEN_LOOKS_S = 0.25
_LONGEST_BETWEEN_LOOKS_S = 600.0


class Host:
    """The machine this runs on; `now_ms` gives the time."""

    name = "host"

    def __init__(self, options: SourceOptions, now_ms: Callable[[], int]) -> None:
        self._options = options
        self._now_ms = now_ms
        self._before: machine.Counters | None = None

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        """Read `signals` now; a window that does not reach the present is a gap, because the host keeps no history."""
        queries = [signal.query or signal.name for signal in signals]
        glance = self._look(_label_values(queries, "process"), _label_values(queries, "path"))
        return harvest(self.name, glance, signals, window, step_s, self._now_ms())

    def discover(self, window: Window) -> tuple[Signal, ...]:
        """List the signals of this machine, including those of the named processes and directories."""
        return signals_in(self._look((), ()))

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        """Check what can be seen of the machine, and of each process and directory named."""
        glance = self._look((), ())
        found = {reading.name: reading.value for reading in glance.readings}
        cores, memory = found["host_cpu_cores"], format_bytes(found["host_memory_total_bytes"])
        checks = [
            Check("reachable", CheckState.OK, f"{cores:.0f} cores, {memory} of memory"),
            Check("signals", CheckState.OK, f"{len(found)} signals, {len(glance.readings)} series"),
            Check("history", CheckState.WARNING, "keeps none", "let 'plimsoll collect' gather it, or read Prometheus"),
        ]
        named = {what: why for what, why in glance.missing.items() if not what.startswith("host_")}
        for what, why in named.items():
            checks.append(Check(what, CheckState.WARNING, why, "run as its user, or check the name"))
        return tuple(checks)

    def _look(self, also_processes: Sequence[str], also_paths: Sequence[str]) -> Glance:
        names = dict.fromkeys((*self._options.processes, *also_processes))
        before = {name: processes.group(name) for name in names}
        first = self._first_look()
        time.sleep(max(0.0, _BETWEEN_LOOKS_S - (time.monotonic() - first.at_s)) if not before else _BETWEEN_LOOKS_S)
        self._before = machine.counters()
        readings = [*machine.levels(), *machine.rates(first, self._before)]
        missing: dict[str, str] = {}
        for name, group in before.items():
            found, absent = processes.readings(group, processes.group(name))
            readings += found
            missing |= absent
        for path in dict.fromkeys((*self._options.directories, *also_paths)):
            try:
                size = directory_bytes(self.name, path, self._options.deadline_s)
                readings.append(Reading("directory_bytes", size, {"path": path}))
            except CannotMeasure as error:
                missing[f'directory_bytes{{path="{path}"}}'] = error.message
        if not any(reading.name == "host_swap_used_ratio" for reading in readings):
            missing["host_swap_used"] = "this machine has no swap"
        return Glance(tuple(readings), missing)

    def _first_look(self) -> machine.Counters:
        """The counters of the last reading, so that a rate covers the time since; new ones if that was long ago."""
        if self._before is None or time.monotonic() - self._before.at_s > _LONGEST_BETWEEN_LOOKS_S:
            return machine.counters()
        return self._before


def _label_values(queries: Sequence[str], label: str) -> tuple[str, ...]:
    """Find the values of a label in queries."""
    return tuple(value for query in queries for value in _NAMED[label].findall(query))
