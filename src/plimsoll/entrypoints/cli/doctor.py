"""`plimsoll doctor`: can this source be reached, is it fit to plan on, which limits does it measure?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from plimsoll.domain.source_options import SourceOptions
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.entrypoints.cli.moments import AsOfOption, as_of_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, show
from plimsoll.entrypoints.cli.source_options import WEB, takes_source_options

if TYPE_CHECKING:
    from plimsoll.domain.diagnosis import Diagnosis
    from plimsoll.domain.series import Window

HISTORY_DAYS = 90

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Check a source of metrics: access, coverage, and limits it can measure. Exits with 1 if it is not usable.",
)


@app.command(short_help="Check a Prometheus server.")
@takes_source_options(*WEB)
def prometheus(
    url: Annotated[
        str, typer.Argument(help="Address of the server, http(s)://HOST:PORT, including its path prefix, if any.")
    ],
    *,
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Check a Prometheus server: access, retention, and which limits of the catalog it can measure."""
    from plimsoll.domain.errors import UsageError

    if not url.lower().startswith(("http://", "https://")):
        raise UsageError("name the server like http://HOST:9090")
    _examine(url, options, as_of, how, own_signals=())


@app.command(short_help="Check a CSV file.")
@takes_source_options("tz")
def csv(
    file: Annotated[str, typer.Argument(help="CSV file with a column of times, and values in long or wide form.")],
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Check a CSV file: whether all of it is read, what it covers, what was assumed."""
    _examine_file(file, ".csv", options, as_of, how)


@app.command(short_help="Check a Parquet file.")
@takes_source_options("tz")
def parquet(
    file: Annotated[str, typer.Argument(help="Parquet file with a column of times, and values in long or wide form.")],
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Check a Parquet file: whether all of it is read, what it covers, what was assumed."""
    _examine_file(file, ".parquet", options, as_of, how)


@app.command(short_help="Check what can be measured on this machine.")
@takes_source_options("deadline")
def host(
    *,
    process: Annotated[
        list[str] | None, typer.Option("--process", help="Process to measure, by name or as pid:NUMBER.")
    ] = None,
    directory: Annotated[list[str] | None, typer.Option("--directory", help="Directory whose size to measure.")] = None,
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Check what can be measured on this machine, and on processes and directories of it."""
    beyond = replace(options, processes=tuple(process or ()), directories=tuple(directory or ()))
    _examine("host", beyond, as_of, how, own_signals=("host_", "process_"))


@app.command("app", short_help="Check the JSON metrics of an application.")
@takes_source_options(*WEB)
def application(
    url: Annotated[
        str, typer.Argument(help="Address of the application, http(s)://HOST:PORT, or of one JSON document.")
    ],
    *,
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Check an application's JSON metrics: its documents, their numbers, and its health by component."""
    address = url if url.lower().startswith("app+") else f"app+{url}"
    _examine(address, options, as_of, how, own_signals=None)


@app.command(short_help="Check a PostgreSQL server.")
@takes_source_options("user", "ca_file", "deadline")
def postgresql(
    dsn: Annotated[
        str, typer.Argument(help="Address of the database, postgresql://USER@HOST:PORT/NAME, without a password.")
    ],
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Check a PostgreSQL server: access, privileges, statistics, and which limits it can measure."""
    from plimsoll.domain.errors import UsageError

    if not dsn.lower().startswith(("postgresql://", "postgres://")):
        raise UsageError("name the database like postgresql://USER@HOST:5432/NAME")
    _examine(dsn, options, as_of, how, own_signals=("postgresql_",))


def _examine_file(file: str, ending: str, options: SourceOptions, as_of: str, how: Format) -> None:
    """Examine a file and show it; leave with 1 where it is not usable."""
    from plimsoll.app.doctor import examine_file
    from plimsoll.bootstrap_sources import limit_catalog, open_source
    from plimsoll.domain.errors import UsageError

    if not file.lower().endswith(ending):
        raise UsageError(f"{file[-60:]!r} does not end in {ending}")
    _show(examine_file(open_source(file, options), _window(options, as_of), limit_catalog()), how)


def _examine(
    text: str, options: SourceOptions, as_of: str, how: Format, *, own_signals: tuple[str, ...] | None
) -> None:
    """Examine a source and show it; leave with 1 where it is not usable.

    The catalog is matched by the metrics of exporters where `own_signals` is empty, by the source's own signals with
    these beginnings where it is not, and not at all where it is None.
    """
    from plimsoll.app.doctor import examine
    from plimsoll.bootstrap_sources import limit_catalog, open_source

    window = _window(options, as_of)
    points = () if own_signals is None else limit_catalog()
    _show(examine(open_source(text, options), window, points, own_signals or ()), how)


def _window(options: SourceOptions, as_of: str) -> Window:
    from plimsoll.bootstrap_sources import wall_clock_ms
    from plimsoll.domain.series import Window

    asked = as_of_ms(as_of, options.tz)
    now = wall_clock_ms() if asked is None else asked
    return Window(now - HISTORY_DAYS * DAY_MS, now + 1)


def _show(diagnosis: Diagnosis, how: Format) -> None:
    from plimsoll.render.diagnosis import tables

    show(diagnosis, tables(diagnosis), how)
    if not diagnosis.usable:
        raise typer.Exit(1)
