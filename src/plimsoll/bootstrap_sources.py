"""The wiring of sources: which adapter opens what a user names, and what is read through it.

With `plimsoll.bootstrap` the only module that names concrete adapters.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from plimsoll.domain.address import holds_credentials
from plimsoll.domain.errors import UsageError
from plimsoll.domain.ports import Source
from plimsoll.domain.saturation import SaturationPoint
from plimsoll.domain.source_options import SOURCES, SourceOptions

if TYPE_CHECKING:
    from plimsoll.adapters.store.series_store import ParquetStore
    from plimsoll.app.load_line.of_telemetry import Role
    from plimsoll.app.model_sources import ModelSource
    from plimsoll.app.runway.inputs import Ask, Inputs
    from plimsoll.domain.series import Harvest

_NO_OPTIONS = SourceOptions()
_FILES = (".csv", ".parquet")
_PRESENT = ("host", "postgresql", "postgres", "app+http", "app+https")
_NO_CREDENTIALS = (
    "an address with a user, a password or a token in it is not taken: it would stand in the shell's history and in "
    "the process list; write it without, and beside it --user NAME:env:PASSWORD, --bearer env:TOKEN or -H 'NAME: "
    "env:SECRET'"
)


def open_source(text: str, options: SourceOptions = _NO_OPTIONS) -> Source:
    """Open the source that `text` names; raises UsageError where it names none, or holds a password.

    `http(s)://...` is a Prometheus server, `*.csv` and `*.parquet` files, `host` this machine, `app+http(s)://...` an
    application's JSON, `postgresql://...` a database, `store` or `store:FOLDER` what was collected. Other packages add
    schemes (the word before `:`) through the entry-point group `plimsoll.sources`: a callable of text and options that
    answers a Source.
    """
    if holds_credentials(text):
        raise UsageError(_NO_CREDENTIALS)
    openers, scheme = _source_openers(), _scheme(text)
    if opener := openers.get(scheme) or openers.get("*" + PurePath(text).suffix.lower()):
        return opener(text, options)
    for point in entry_points(group="plimsoll.sources", name=scheme):
        source: Source = point.load()(text, options)
        return source
    shown = text.rpartition("@")[2].partition("password")[0][:80]  # libpq's other form: host=... password=...
    raise UsageError(f"{shown!r} is not a source; there are {SOURCES}")


def is_recording(text: str) -> bool:
    """Whether `text` names a recording (a file, a store), which describes the time at which it was made, not now."""
    return PurePath(text).suffix.lower() in _FILES or _scheme(text) == "store"


def kept_as(text: str) -> str:
    """What predictions for a file are kept under: its whole path, since two may share a name; empty for any other."""
    return os.path.normpath(Path(text).absolute()) if PurePath(text).suffix.lower() in _FILES else ""


def is_server(text: str) -> bool:
    """Whether `text` names a server that is asked by queries."""
    return _scheme(text) in ("http", "https")


def _scheme(text: str) -> str:
    return text.split(":", 1)[0].lower()


def _source_openers() -> dict[str, Callable[[str, SourceOptions], Source]]:
    """Name the openers by scheme or, for files, by the end of the name."""
    return {
        "*.csv": _csv,
        "*.parquet": _parquet,
        "http": _prometheus,
        "https": _prometheus,
        "host": _host,
        "postgresql": _postgresql,
        "postgres": _postgresql,
        "app+http": _app_json,
        "app+https": _app_json,
        "store": _store,
    }


def open_store(folder: Path) -> ParquetStore:
    """Open the series store in a folder; nothing is read or created before the first use."""
    from plimsoll.adapters.store.series_store import ParquetStore

    return ParquetStore(folder)


def _store(text: str, _: SourceOptions) -> Source:
    from plimsoll.adapters.store.store_source import StoreSource

    folder = text.partition(":")[2] or os.environ.get("PLIMSOLL_STORE", "")
    if not folder:
        raise UsageError("store needs its folder: write store:FOLDER, or set PLIMSOLL_STORE")
    if not Path(folder).is_dir():
        raise UsageError(f"no series store in {folder}; fill one with plimsoll collect --store {folder}")
    return StoreSource(open_store(Path(folder)))


def wall_clock_ms() -> int:
    """The time now, in UTC epoch milliseconds; everything else gets it as an argument."""
    return time.time_ns() // 1_000_000


def _app_json(text: str, options: SourceOptions) -> Source:
    from plimsoll.adapters.sources.app_json import AppJson

    return AppJson(text, options, wall_clock_ms)


def _host(text: str, options: SourceOptions) -> Source:
    from plimsoll.adapters.sources.host import Host

    return Host(options, wall_clock_ms)


def _postgresql(text: str, options: SourceOptions) -> Source:
    from plimsoll.adapters.sources.postgresql import Postgresql
    from plimsoll.adapters.sources.postgresql.session import Sessions

    return Postgresql(Sessions(text, options), wall_clock_ms)


def _prometheus(text: str, options: SourceOptions) -> Source:
    from plimsoll.adapters.sources.prometheus import Prometheus
    from plimsoll.adapters.web_client import WebClient

    return Prometheus(WebClient(text, options), wall_clock_ms)


def _csv(text: str, options: SourceOptions) -> Source:
    from plimsoll.adapters.sources.csv_file import CsvFile

    return CsvFile(text, options.tz)


def _parquet(text: str, options: SourceOptions) -> Source:
    from plimsoll.adapters.sources.parquet_file import ParquetFile

    return ParquetFile(text, options.tz)


def limit_catalog() -> tuple[SaturationPoint, ...]:
    """Read the shipped catalog of limits."""
    from plimsoll.adapters import limit_catalog as catalog

    return catalog.limit_catalog()


def read_telemetry(
    text: str, options: SourceOptions, roles: tuple[Role, ...], span_ms: int, as_of_ms: int | None
) -> Harvest:
    """Read signals from the source that `text` names, over the span before the moment, or before a file's end."""
    from plimsoll.app.load_line.of_telemetry import signals_of
    from plimsoll.app.readings import read_live, read_recording
    from plimsoll.domain.stored import EVER

    source, signals = open_source(text, options), signals_of(roles)
    if is_recording(text):
        harvest = read_recording(source, span_ms, as_of_ms, signals)[0]
        held = {offered.name for offered in source.discover(EVER)}
        for signal in signals if held else ():
            if signal.query.partition("{")[0] not in held:
                why = next((gap.reason for gap in harvest.gaps if gap.id.name == signal.name), "is not held")
                raise UsageError(f"--signal {signal.name}={signal.query[:80]}: {why}")
        return harvest
    return read_live(source, span_ms, wall_clock_ms() if as_of_ms is None else as_of_ms, signals)


def runway_inputs(text: str, ask: Ask, options: SourceOptions) -> Inputs:
    """Read the resources to judge from the source that `text` names, according to its kind."""
    from plimsoll.app.runway import inputs

    source = open_source(text, options)
    if is_server(text):
        return inputs.server_inputs(source, limit_catalog(), ask)
    if _scheme(text) in _PRESENT:
        return inputs.present_inputs(source, _collected(), limit_catalog(), ask)
    return replace(inputs.file_inputs(source, limit_catalog(), ask), kept_as=kept_as(text))


def inputs_now(text: str, harvest: Harvest, ask: Ask) -> Inputs:
    """The resources to judge among what was read of any source but a server, whose limits have queries of their own."""
    from plimsoll.app.runway import inputs

    return inputs.inputs_of(harvest, limit_catalog(), ask, harvest.source if _scheme(text) in _PRESENT else "")


def _collected() -> Source | None:
    """The collected history, if there is any."""
    folder = os.environ.get("PLIMSOLL_STORE", "")
    return _store("store", _NO_OPTIONS) if folder and Path(folder).is_dir() else None


def open_model_source(wanted: ModelSource) -> Source:
    """Open a source of a model; a database's address is resolved from the model's reference."""
    from plimsoll.adapters.secrets import is_reference, secret

    if is_reference(wanted.address):
        return _postgresql(secret(wanted.address, f"sources.{wanted.name}"), wanted.options)
    return open_source(wanted.address, wanted.options)
