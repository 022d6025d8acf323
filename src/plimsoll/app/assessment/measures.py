"""In which unit is everything that a model says of a signal? Its readings and its thresholds in one base unit.

A plain number is in the signal's own unit (90 of percentages, 100 of GB). A threshold with a unit that measures
something else than the signal (a share of bytes) is compared with nothing, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from plimsoll.app.model import Model
from plimsoll.app.model.units import Amount
from plimsoll.app.runway.base_units import in_base_unit, measure_of, scale_to_base, times
from plimsoll.app.runway.limit_units import misfit
from plimsoll.domain.quantity import Dimension
from plimsoll.domain.series import Harvest, MetricKind, Series, SeriesId

_KIND_UNITS = {"bytes": "bytes", "seconds": "seconds"}
_NO_TIMES = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Measures:
    """The signals of a model as they were read, and every threshold that it states of each of them."""

    series: dict[str, Series]
    stated: dict[str, tuple[Amount, ...]]

    def of(self, signal: str) -> Series:
        """One series of a signal, in its own unit; one without samples where none was read."""
        return self.series.get(signal) or Series(SeriesId(signal), _NO_TIMES, np.empty(0))

    def unit_of(self, signal: str) -> str:
        """The base unit of a signal's readings; where the signal says none, that of a threshold of its measure."""
        fitting = (amount for amount in self.stated.get(signal, ()) if not self.misfit(signal, amount))
        stated = (amount.dimension.value for amount in fitting)
        return in_base_unit(self.of(signal)).unit or next((unit for unit in stated if unit != "count"), "")

    def number(self, signal: str, amount: Amount | None) -> float | None:
        """Bring a threshold of a signal to the base unit of its readings; None for none, and for another measure."""
        if amount is None or self.misfit(signal, amount):
            return None
        plain = amount.dimension is Dimension.COUNT
        return times(amount.value, scale_to_base(self.of(signal))) if plain else amount.value

    def misfit(self, signal: str, amount: Amount) -> str:
        """Say that a threshold measures something else than its signal; empty where it does not."""
        return "" if amount.dimension is Dimension.COUNT else misfit(amount.dimension, self.of(signal))

    def misfits(self) -> Iterator[str]:
        """Tell of every signal that has a threshold of another measure."""
        for signal, amounts in self.stated.items():
            why = next(filter(None, (self.misfit(signal, amount) for amount in amounts)), "")
            if why:
                yield f"{signal}: a threshold of it is {why}; it is not judged by that one"

    def in_base_units(self, harvest: Harvest) -> Harvest:
        """Bring every series of a harvest to its base unit."""
        held = (
            in_base_unit(_share_by_thresholds(one, self.stated.get(_bare(one.id.name), ()))) for one in harvest.series
        )
        return replace(harvest, series=tuple(held))


def measures_of(model: Model, read: Sequence[Series] = ()) -> Measures:
    """Learn what a model's signals measure: from the series that were read, else from what the model says of them."""
    series = {
        signal.name: Series(
            SeriesId(f"{signal.component}/{signal.name}" if signal.component else signal.name),
            _NO_TIMES,
            np.empty(0),
            signal.unit or _KIND_UNITS.get(signal.kind, ""),
            MetricKind(signal.kind),
        )
        for signal in model.file.signals
    }
    series |= {_bare(one.id.name): one for one in sorted(read, key=len)}
    stated: dict[str, tuple[Amount, ...]] = {}
    for signal, amount in _thresholds(model):
        stated[signal] = (*stated.get(signal, ()), amount)
    return Measures({name: _share_by_thresholds(one, stated.get(name, ())) for name, one in series.items()}, stated)


def _thresholds(model: Model) -> Iterator[tuple[str, Amount]]:
    """Find every amount that a model holds a signal against."""
    file = model.file
    for limit in file.all_limits():
        yield from ((limit.signal or limit.resource, amount) for amount in (limit.soft, limit.hard) if amount)
    for band in file.bands:
        edges = (edge for level in band.levels.values() for edge in level)
        yield from ((band.signal, amount) for amount in (*edges, band.target) if amount)
    for condition in (*file.assess.triggers, *file.assess.immediate, *file.assess.good):
        yield from ((condition.signal, amount) for amount in (condition.above, condition.below) if amount)
    for rule in file.alerts.rules:
        yield from ((rule.signal or "", amount) for amount in (rule.above, rule.below) if amount)


def _share_by_thresholds(series: Series, thresholds: Sequence[Amount]) -> Series:
    """A series that a threshold in percent makes a share, where nothing else is said of it."""
    if all(amount.dimension is not Dimension.RATIO for amount in thresholds) or measure_of(series)[0] is not None:
        return series
    measure, scale = measure_of(series, as_share=True)
    kind = MetricKind.RATIO if scale == 1.0 else MetricKind.PERCENT
    return series if measure is None else replace(series, kind=kind)


def _bare(name: str) -> str:
    return name.rpartition("/")[2]
