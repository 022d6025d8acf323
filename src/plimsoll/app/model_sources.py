"""Which sources does a model name, and what is read from each?

A signal that names a source is read from it, by its query or, without one, by its own name. A signal that is derived
from another, or that names no source, is not read. The history of a driver is read from the file that it names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from plimsoll.app.driver_histories import history_file, history_signal
from plimsoll.app.model import Model
from plimsoll.app.model.signals import SignalSection, SourceSection
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.ports import Signal
from plimsoll.domain.series import Harvest, MetricKind, SeriesId
from plimsoll.domain.source_options import SourceOptions

_WEB_KINDS = {"prometheus": "", "app_json": "app+", "health": "app+", "billing": "app+"}
_FILE_KINDS = {"csv", "parquet"}
_UNITS = frozenset({"percent", "ratio", "bytes", "seconds"})  # kinds of signals that are units, too


@dataclass(frozen=True)
class ModelSource:
    """One source of a model: the address that opens it (a reference where it holds a secret), and its signals."""

    name: str
    address: str
    options: SourceOptions
    signals: tuple[Signal, ...]


def model_sources(model: Model) -> tuple[ModelSource, ...]:
    """List the sources that a model names and that signals are read from.

    Raises InputError for a source without an address, or of a kind that nothing here can read.
    """
    found = []
    for section in model.file.sources:
        signals = tuple(_signal(item) for item in model.file.signals if item.source == section.name)
        if signals:
            found.append(ModelSource(section.name, _address(section, model), _options(section), signals))
    return (*found, *_driver_sources(model))


def model_signals(model: Model, address: str, *, by_name: bool) -> tuple[Signal, ...]:
    """List every signal of a model, to read them all from the source at `address`, and the driver histories in it.

    With `by_name`, signals are looked up under their own names, as a recording stores them: only those that the model
    reads from this same file keep their query, which is one of its columns.
    """
    files = {item.name: _address(item, model) for item in model.file.sources if item.kind in _FILE_KINDS and item.file}
    here = {name for name, file in files.items() if address and Path(file) == Path(address)}
    signals = (
        replace(_signal(item), query="") if by_name and item.source not in here else _signal(item)
        for item in model.file.signals
        if item.derived is None
    )
    past = (source for source in _driver_sources(model) if address and Path(source.address) == Path(address))
    return (*signals, *(signal for source in past for signal in source.signals))


def _driver_sources(model: Model) -> tuple[ModelSource, ...]:
    return tuple(
        ModelSource(f"history of {driver.name}", file, SourceOptions(), (history_signal(driver),))
        for index, driver in enumerate(model.file.drivers)
        if (file := history_file(model, index))
    )


def by_signal_name(harvest: Harvest, model: Model) -> Harvest:
    """Name series as the model does, `component/signal` where a signal is about a component."""
    owners = {item.name: item.component for item in model.file.signals}

    def named(found: SeriesId) -> SeriesId:
        owner = owners.get(found.name)
        return SeriesId(f"{owner}/{found.name}", found.labels) if owner else found

    return replace(
        harvest,
        series=tuple(replace(item, id=named(item.id)) for item in harvest.series),
        gaps=tuple(replace(item, id=named(item.id)) for item in harvest.gaps),
    )


def _signal(section: SignalSection) -> Signal:
    unit = section.unit or (section.kind if section.kind in _UNITS else "")
    return Signal(section.name, section.query, unit, MetricKind(section.kind))


def _address(section: SourceSection, model: Model) -> str:
    place = Place(str(model.tree.file), field=f"sources.{section.name}")
    if section.kind == "host":
        return "host"
    if section.kind in _FILE_KINDS and section.file:
        return str(Path(model.tree.file).parent / section.file)
    if section.kind in _WEB_KINDS and section.url:
        return _WEB_KINDS[section.kind] + section.url
    if section.kind == "postgres" and section.dsn:
        return section.dsn
    if section.kind in ("kubernetes", "docker"):
        raise InputError(f"a source of kind {section.kind} cannot be read yet", place)
    needs = "file" if section.kind in _FILE_KINDS else "dsn" if section.kind == "postgres" else "url"
    raise InputError(f"a source of kind {section.kind} needs its `{needs}` before anything can be read", place)


def _options(section: SourceSection) -> SourceOptions:
    return SourceOptions(
        headers=tuple(section.headers.items()),
        bearer=section.token or "",
        basic_user=section.user or "",
        basic_password=section.password or "",
        ca_file=section.ca_file or "",
        deadline_s=section.timeout,
        tz=section.time_zone or "",
        processes=section.processes,
        directories=section.directories,
    )
