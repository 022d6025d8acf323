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
    help="Look at a source: access, coverage, and the limits it can measure. Exit 0 when it is usable, 1 when not.",
)


@app.command(short_help="Look at a Prometheus server.")
@takes_source_options(*WEB)
def prometheus(
    url: Annotated[str, typer.Argument(help="The server, http(s)://HOST:PORT, with its path prefix where it has one.")],
    *,
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Look at a Prometheus server, and at which limits of the catalog it measures."""
    from plimsoll.domain.errors import UsageError

    if not url.lower().startswith(("http://", "https://")):
        raise UsageError("name the server like http://HOST:9090")
    _examine(url, options, as_of, how, own_signals=())


@app.command(short_help="Look at a CSV file.")
@takes_source_options("tz")
def csv(
    file: Annotated[str, typer.Argument(help="A CSV file: a column of times, and values long or wide.")],
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Look at a CSV file: whether it is read whole, what it covers, what was assumed."""
    _examine_file(file, ".csv", options, as_of, how)


@app.command(short_help="Look at a Parquet file.")
@takes_source_options("tz")
def parquet(
    file: Annotated[str, typer.Argument(help="A Parquet file: a column of times, and values long or wide.")],
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Look at a Parquet file: whether it is read whole, what it covers, what was assumed."""
    _examine_file(file, ".parquet", options, as_of, how)


@app.command(short_help="Look at this machine.")
@takes_source_options("deadline")
def host(
    *,
    process: Annotated[
        list[str] | None, typer.Option("--process", help="A process to look at, by name or as pid:NUMBER.")
    ] = None,
    directory: Annotated[list[str] | None, typer.Option("--directory", help="A directory to measure.")] = None,
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Look at this machine, and at processes and directories on it."""
    beyond = replace(options, processes=tuple(process or ()), directories=tuple(directory or ()))
    _examine("host", beyond, as_of, how, own_signals=("host_", "process_"))


@app.command("app", short_help="Look at the JSON of an application.")
@takes_source_options(*WEB)
def application(
    url: Annotated[str, typer.Argument(help="The application, http(s)://HOST:PORT, or one JSON document of it.")],
    *,
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Look at an application's JSON: its documents, their numbers, and its health by component."""
    address = url if url.lower().startswith("app+") else f"app+{url}"
    _examine(address, options, as_of, how, own_signals=None)


@app.command(short_help="Look at a PostgreSQL server.")
@takes_source_options("user", "ca_file", "deadline")
def postgresql(
    dsn: Annotated[str, typer.Argument(help="The database, postgresql://USER@HOST:PORT/NAME; no password in it.")],
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Look at a PostgreSQL server: access, rights, statistics, and which limits it measures."""
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
    _tell(examine_file(open_source(file, options), _window(options, as_of), limit_catalog()), how)


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
    _tell(examine(open_source(text, options), window, points, own_signals or ()), how)


def _window(options: SourceOptions, as_of: str) -> Window:
    from plimsoll.bootstrap_sources import wall_clock_ms
    from plimsoll.domain.series import Window

    asked = as_of_ms(as_of, options.tz)
    now = wall_clock_ms() if asked is None else asked
    return Window(now - HISTORY_DAYS * DAY_MS, now + 1)


def _tell(diagnosis: Diagnosis, how: Format) -> None:
    from plimsoll.render.diagnosis import tables

    show(diagnosis, tables(diagnosis), how)
    if not diagnosis.usable:
        raise typer.Exit(1)
