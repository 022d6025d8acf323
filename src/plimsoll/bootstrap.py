"""The wiring: the only module that names concrete adapters."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import entry_points

from plimsoll.domain.errors import UsageError
from plimsoll.domain.ports import Source
from plimsoll.domain.saturation import SaturationPoint
from plimsoll.domain.source_options import SourceOptions

_NO_OPTIONS = SourceOptions()


def kernels() -> tuple[tuple[str, Callable[[], None]], ...]:
    """Name what is compiled, each with the function that compiles it into the cache."""
    return ()


def open_source(text: str, options: SourceOptions = _NO_OPTIONS) -> Source:
    """Open the source that `text` names; raises UsageError where it names none.

    `http(s)://...` is a Prometheus server, `*.csv` and `*.parquet` files, `host` this machine, `app+http(s)://...` an
    application's JSON, `postgresql://...` a database. Other packages add schemes (the word before `:`) through the
    entry-point group `plimsoll.sources`: a callable of text and options that answers a Source.
    """
    scheme = text.split(":", 1)[0].lower() if ":" in text else ""
    if opener := _source_openers().get(scheme or text.lower().rsplit(".", 1)[-1]):
        return opener(text, options)
    for point in entry_points(group="plimsoll.sources", name=scheme) if scheme else ():
        source: Source = point.load()(text, options)
        return source
    known = "http(s)://SERVER, FILE.csv, FILE.parquet, host, app+http(s)://URL or postgresql://DATABASE"
    raise UsageError(f"{text.rpartition('@')[2][:80]!r} names no source; write {known}")


def _source_openers() -> dict[str, Callable[[str, SourceOptions], Source]]:
    """Name the openers by scheme or, for files, by the last part of the name."""
    return {
        "csv": _csv,
        "parquet": _parquet,
        "http": _prometheus,
        "https": _prometheus,
    }


def wall_clock_ms() -> int:
    """The time now, in UTC epoch milliseconds; what everything else gets as an argument."""
    return time.time_ns() // 1_000_000


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
