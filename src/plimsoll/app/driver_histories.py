"""What are the histories of a model's drivers? Read from the files they name, or generated from a seed if they say so.

    drawn(t) = start x (1 + daily growth)^(days since its beginning) x (1 + season x sin(2 pi days / 365))
               x (busy | quiet by hour) x (weekday | weekend) x noise(t)

Noise is normal about one, or uniform in a stated range. A generated history carries the label `origin="synthetic"` in
its name, and so does everything derived from it. A derived signal is base + slope x value, clipped to its bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from pathlib import Path

import numpy as np

from plimsoll.app.model import Model
from plimsoll.app.model.drivers import DriverSection, SyntheticSection
from plimsoll.app.model.signals import DerivedSection, SignalSection
from plimsoll.app.readings import within
from plimsoll.domain.errors import InputError
from plimsoll.domain.local_time import weekdays
from plimsoll.domain.ports import Signal, Source
from plimsoll.domain.series import ORIGIN_SYNTHETIC, Harvest, MetricKind, Series, SeriesId, Times, Values, Window
from plimsoll.domain.stored import EVER
from plimsoll.domain.time_spans import DAY_MS, DAY_S, HOUR_MS

_WEEKEND = 5
_UNITS = {"seconds": MetricKind.SECONDS, "bytes": MetricKind.BYTES, "ratio": MetricKind.RATIO}


def file_history(model: Model, index: int, open_source: Callable[[str], Source]) -> Series | None:
    """Read a driver's whole history from the file it names; None where it names none.

    Raises InputError, with the driver's place, where the file holds no value of it.
    """
    driver = model.file.drivers[index]
    if driver.history is None or driver.history.file is None:
        return None
    signal = history_signal(driver)
    harvest = open_source(history_file(model, index)).read([signal], EVER, DAY_S)
    if not harvest.series or not np.isfinite(harvest.series[0].values).any():
        place = model.tree.place(("drivers", index, "history"))
        raise InputError(f"{driver.history.file} holds no values of {signal.query}", place)
    return harvest.series[0]


def history_file(model: Model, index: int) -> str:
    """The path of a driver's history, relative to the file that names it."""
    history = model.file.drivers[index].history
    folder = Path(model.tree.place(("drivers", index)).file or ".").parent
    return str(folder / history.file) if history and history.file else ""


def history_signal(driver: DriverSection) -> Signal:
    """The signal of a driver's history in its file."""
    column = driver.history.column if driver.history else None
    return Signal(driver.name, column or driver.name, driver.unit)


def with_drawn_histories(harvest: Harvest, model: Model, window: Window) -> Harvest:
    """Add generated histories, and signals derived from any series in the harvest, cut to the window."""
    drawn = [
        drawn_history(driver, driver.history.synthetic, window.end_ms - 1)
        for driver in model.file.drivers
        if driver.history is not None and driver.history.synthetic is not None
    ]
    inside = [one for one in (within(series, window) for series in drawn) if len(one)]
    found = [*harvest.series, *inside]
    return replace(harvest, series=(*found, *derived_series(model.file.signals, found)))


def drawn_history(driver: DriverSection, shape: SyntheticSection, end_ms: int) -> Series:
    """Generate a driver's history that ends at `end_ms`: hourly if hours differ, otherwise daily."""
    hourly = shape.busy_hours is not None
    step_ms = HOUR_MS if hourly else DAY_MS
    count = shape.days * (24 if hourly else 1)
    last = end_ms // step_ms
    steps = np.arange(last - count + 1, last + 1, dtype=np.int64)
    days = (steps - steps[0]) * (step_ms / DAY_MS)
    values = shape.start * (1 + shape.daily_growth) ** days * (1 + shape.yearly_season * np.sin(2 * np.pi * days / 365))
    values = values * _rhythm(steps * step_ms, shape) * _noise(count, shape)
    kind = MetricKind.RATE if driver.unit.endswith("/s") else MetricKind.COUNT
    named = SeriesId(driver.name, (ORIGIN_SYNTHETIC,))
    return Series(named, steps * step_ms, np.maximum(values, 0.0), driver.unit, kind)


def derived_series(signals: Sequence[SignalSection], held: Sequence[Series]) -> tuple[Series, ...]:
    """Compute the signals that are derived from an available series."""
    return tuple(
        _derived(signal, signal.derived, series)
        for signal in signals
        if signal.derived is not None
        for series in held
        if series.id.name.rpartition("/")[2] == signal.derived.of
    )


def _derived(signal: SignalSection, rule: DerivedSection, series: Series) -> Series:
    values = rule.slope.value * series.values + (rule.base.value if rule.base else 0.0)
    low = rule.min.value if rule.min else -np.inf
    high = rule.max.value if rule.max else np.inf
    kind = MetricKind(signal.kind) if signal.kind != "unknown" else _UNITS.get(signal.unit, MetricKind.UNKNOWN)
    named = SeriesId(signal.name, series.id.labels)
    return replace(series, id=named, values=np.clip(values, low, high), unit=signal.unit, kind=kind)


def _rhythm(times_ms: Times, shape: SyntheticSection) -> Values:
    week = np.where(weekdays(times_ms) >= _WEEKEND, shape.weekend, shape.weekday)
    if shape.busy_hours is None:
        return np.asarray(week, dtype=np.float64)
    first, last = shape.busy_hours
    hour = (times_ms // HOUR_MS) % 24
    return np.asarray(week * np.where((hour >= first) & (hour <= last), shape.busy, shape.quiet), dtype=np.float64)


def _noise(count: int, shape: SyntheticSection) -> Values:
    random = np.random.default_rng(shape.seed)
    if shape.noise_range is not None:
        return random.uniform(*shape.noise_range, count)
    return 1.0 + shape.noise * random.standard_normal(count)


def file_histories(model: Model, open_source: Callable[[str], Source]) -> Iterator[tuple[DriverSection, Series]]:
    """Read the history of every driver that names a file, in the order of the model."""
    for index, driver in enumerate(model.file.drivers):
        series = file_history(model, index, open_source)
        if series is not None:
            yield driver, series


def followers(model: Model, driver: str) -> frozenset[str]:
    """Name the series that change with a driver.

    These are its own and that of every driver that follows it, the signals that measure them, the demand of the
    components that they drive, and everything derived from any of these.
    """
    drivers = _grown({driver}, [(one.name, one.of) for one in model.file.drivers])
    measured = {one.signal for one in model.file.drivers if one.name in drivers and one.signal}
    demands = [component.demand for component in model.file.components if component.demand]
    demanded = {demand.signal for demand in demands if demand.driver in drivers and demand.signal}
    derived = [(signal.name, signal.derived.of) for signal in model.file.signals if signal.derived]
    return _grown(drivers | measured | demanded, derived)


def _grown(names: Set[str], pairs: Sequence[tuple[str, str | None]]) -> frozenset[str]:
    """Add the first of each pair whose second is among the names, until nothing changes (transitive closure)."""
    found = frozenset(names)
    while more := {name for name, of in pairs if of in found} - found:
        found |= more
    return found
