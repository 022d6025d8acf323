"""`plimsoll forecast`: demand as quantiles, for one source or for a fleet in a Parquet file."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from plimsoll.domain.errors import UsageError
from plimsoll.domain.source_options import SOURCES, SourceOptions
from plimsoll.entrypoints.cli.amounts import span_ms
from plimsoll.entrypoints.cli.harvest import FEWEST, Asked, harvest_of
from plimsoll.entrypoints.cli.known_ahead import Course
from plimsoll.entrypoints.cli.model_option import AddedModelOption, model_if_named
from plimsoll.entrypoints.cli.moments import AsOfOrLastOption, as_of_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, show
from plimsoll.entrypoints.cli.source_options import takes_source_options

if TYPE_CHECKING:
    from plimsoll.app.model import Model
    from plimsoll.domain.forecast import Annotations

_LEVELS, _HORIZON, _HISTORY = "0.025,0.1,0.5,0.9,0.975", "14d", "90d"
_PLAIN = "SOURCE"  # a name that the list of commands may show: it stands for what is typed in its place
_NOTHING_NAMED = (
    "forecast needs a SOURCE, such as metrics.csv or http://localhost:9090, or `panel` for a fleet in a Parquet file "
    "(see 'plimsoll forecast --help')"
)


class SourceOrPanel(TyperGroup):
    """Takes `panel` as a sub-command and everything else as the source, or the options, of the plain command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the plain command's name before words that name no sub-command; raises UsageError where there is none."""
        if not args and not ctx.resilient_parsing:
            raise UsageError(_NOTHING_NAMED)
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = [_PLAIN, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Offer what may be typed, which the plain command's name is not."""
        return [word for word in super().shell_complete(ctx, incomplete) if word.value != _PLAIN]


class PlainCommand(TyperCommand):
    """The command that is called without its name."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage as people type it."""
        formatter.write_usage(ctx.parent.command_path, " ".join(self.collect_usage_pieces(ctx)))


app = typer.Typer(
    cls=SourceOrPanel,
    rich_markup_mode=None,
    help="Forecast, with intervals: `forecast SOURCE` reads metrics, `forecast panel` a fleet in a Parquet file.",
)

Quantiles = Annotated[
    str, typer.Option("--quantiles", help="Quantiles to forecast, between 0 and 1, separated by commas.")
]
SeasonLengths = Annotated[
    str,
    typer.Option(
        "--seasons",
        help="Season lengths in steps, separated by commas (1: no season); by default the day, the week and the like.",
    ),
]
Growth = Annotated[
    str,
    typer.Option(
        help="Growth per month: 5%, a list of monthly rates such as 10%,8%,5%, or `history` for that of the past."
    ),
]
Start = Annotated[
    float | None,
    typer.Option(
        "--growth-from",
        help="Start the growth from this value, in the unit of the series, instead of from the forecast.",
    ),
]
Spread = Annotated[
    float,
    typer.Option(
        "--growth-spread",
        min=0,
        max=5,
        help="Uncertainty of the monthly growth, as a standard deviation: 0.1 for 10 %.",
    ),
]
Ignored = Annotated[
    list[str] | None, typer.Option("--ignore", help="Period of the past to leave out, such as an incident: START..END.")
]
Breaks = Annotated[
    list[str] | None, typer.Option("--changepoint", help="Time of a lasting change; the history before it is not used.")
]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", help="Known future event: NAME=START..END*FACTOR or NAME=START..END+OFFSET."),
]
Holidays = Annotated[
    list[str] | None,
    typer.Option(
        help="Country whose public holidays are taken into account, such as ES, or ES-MD for a region of it; replaces "
        "that of the model."
    ),
]


@app.command(_PLAIN, cls=PlainCommand, short_help="Forecast the metrics of a source, with their accuracy.")
@takes_source_options()
def source(
    address: Annotated[str, typer.Argument(metavar="SOURCE", help=f"Where to read: {SOURCES}.")],
    model: AddedModelOption = None,
    *,
    horizon: Annotated[str, typer.Option(help="How far ahead.", show_default="14d, or the model's")] = "",
    history: Annotated[
        str,
        typer.Option(help="How much history to read.", show_default=f"{_HISTORY}, of a file at least {FEWEST} samples"),
    ] = "",
    only: Annotated[
        list[str] | None, typer.Option("--series", help="Forecast only series with this name (* for any characters).")
    ] = None,
    quantiles: Annotated[
        str,
        typer.Option(
            help="Quantiles to forecast, between 0 and 1, separated by commas.",
            show_default=f"{_LEVELS}, or the model's",
        ),
    ] = "",
    seasons: SeasonLengths = "",
    scenario: Annotated[str, typer.Option(help="Name of a scenario in the model.")] = "",
    growth: Growth = "",
    growth_from: Start = None,
    growth_spread: Spread = 0.0,
    add: Annotated[
        bool, typer.Option("--add", help="Add the growth to the forecast instead of multiplying by it.")
    ] = False,
    event: Events = None,
    changepoint: Breaks = None,
    ignore: Ignored = None,
    holidays: Holidays = None,
    as_of: AsOfOrLastOption = "",
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    options: SourceOptions,
    how: FormatOption = Format.TABLE,
) -> None:
    """Forecast metrics, and show how accurate such forecasts would have been on their own past.

    The accuracy is shown beside that of a seasonal naive forecast (the values of one season ago). Exits with 4 if no
    series can be forecast.
    """
    from plimsoll.entrypoints.cli.known_ahead import annotations_from

    understood = model_if_named(model)
    past_ms, fewest = span_ms(history or _HISTORY, "--history"), 0 if history else FEWEST
    asked = Asked(address, options, past_ms, as_of_ms(as_of, options.tz), fewest)
    known = annotations_from(understood, event or (), changepoint or (), ignore or (), options.tz)
    course = Course(scenario, growth, growth_from, growth_spread, add, tuple(only or ()))
    typed = _Typed(horizon, quantiles, seasons, tuple(holidays or ()), seed)
    _answer(asked, understood, (known, course), typed, how)


@dataclass(frozen=True)
class _Typed:
    """How to forecast, as typed; what is empty stands in the model or has a default."""

    horizon: str
    quantiles: str
    seasons: str
    holidays: tuple[str, ...]
    seed: int


def _answer(asked: Asked, model: Model | None, ahead: tuple[Annotations, Course], typed: _Typed, how: Format) -> None:
    """Read, forecast and show; `ahead` is what is known beforehand and how things shall grow."""
    from plimsoll.app.forecasts.public_holidays import holiday_terms
    from plimsoll.app.forecasts.reports import ForecastAsk, check_answered, forecast_report
    from plimsoll.app.model_terms import forecast_terms, with_advice
    from plimsoll.app.runway.given_limits import check_fits, series_named
    from plimsoll.app.runway.resource_names import names_of
    from plimsoll.bootstrap import public_holidays
    from plimsoll.bootstrap_sources import limit_catalog, wall_clock_ms
    from plimsoll.entrypoints.cli.known_ahead import course_from
    from plimsoll.render.forecast import plain_tables, tables

    known, course = ahead
    calendar = holiday_terms(model, public_holidays(), typed.holidays, asked.options.tz)
    terms = forecast_terms(model) if model else None
    horizon_ms = terms.horizon_ms if terms and not typed.horizon else span_ms(typed.horizon or _HORIZON, "--horizon")
    levels = terms.levels if terms and not typed.quantiles else levels_of(typed.quantiles or _LEVELS)
    lengths = seasons_of(typed.seasons)
    harvest, now_ms = harvest_of(asked, model, wall_clock_ms)
    held = [*(series.id for series in harvest.series), *(gap.id for gap in harvest.gaps)]
    only = series_named(course.only, held, limit_catalog()) if course.only else ()
    wanted = only or (terms.only if terms else ())
    if held:
        check_fits("--series", only, {name for one in held for name in names_of(one)})
    scenario = course_from(model, replace(course, only=wanted), harvest, known)
    ask = ForecastAsk(horizon_ms, levels, lengths, wanted, known, scenario, typed.seed, calendar, now_ms)
    report = forecast_report(harvest, ask)
    if model is not None:
        report = with_advice(report, model)
    show(report, plain_tables(report) if how is Format.CSV else tables(report), how)
    check_answered(report)


@app.command("panel")
def panel(
    *,
    input_: Annotated[
        Path,
        typer.Option("--input", help="Parquet file with columns unique_id, ds, y and, optionally, kind, lower, upper."),
    ],
    output: Annotated[Path, typer.Option("--output", help="Parquet file to write.")],
    freq: Annotated[str, typer.Option("--freq", help="Interval between samples: 10s, 5min, h, D, W, 3D.")],
    horizon: Annotated[int, typer.Option("--horizon", help="Number of steps to forecast.", min=1, max=100_000)],
    quantiles: Quantiles,
    seasons: SeasonLengths = "",
    lower: Annotated[float | None, typer.Option("--lower", help="Lowest possible value.")] = None,
    upper: Annotated[float | None, typer.Option("--upper", help="Highest possible value.")] = None,
    engine: Annotated[
        str, typer.Option("--engine", help="Where to compute: local, or dask://HOST:PORT for a Dask cluster.")
    ] = "local",
    seed: Annotated[
        int,
        typer.Option(
            "--seed", min=0, help="Random seed; it picks the series on which the width of the intervals is calibrated."
        ),
    ] = 0,
    how: FormatOption = Format.TABLE,
) -> None:
    """Forecast every series of a Parquet file, and write another one.

    Exits with 0 once the output is written; its columns `state` and `why` say which series could not be forecast.
    """
    from plimsoll.app.forecasts.fleet import forecast_fleet
    from plimsoll.bootstrap import open_engine, open_panel, panel_writer
    from plimsoll.domain.panel import Request
    from plimsoll.entrypoints.cli.output import progress
    from plimsoll.forecast.frequency import step_of
    from plimsoll.render.panel import tables

    if output.exists() and input_.exists() and output.samefile(input_):
        raise UsageError(f"--output {output} is the input itself")
    if not (-math.inf if lower is None else lower) < (math.inf if upper is None else upper):
        raise UsageError("--lower and --upper must be numbers, the first below the second")
    levels, lengths = levels_of(quantiles), seasons_of(seasons)
    request = Request(horizon, levels, step_of(freq), lengths, lower, upper, seed)
    runner = open_engine(engine)
    with open_panel(str(input_)) as reader, panel_writer(str(output), levels) as writer, progress("forecast") as bar:
        task = bar.add_task("", total=None)
        run = forecast_fleet(
            reader, writer, runner, request, lambda done, total: bar.update(task, completed=done, total=total)
        )
    show(run, tables(run), how)


def levels_of(text: str) -> tuple[float, ...]:
    """Read quantile levels; raises UsageError for what is no number strictly between 0 and 1."""
    try:
        levels = tuple(float(word) for word in text.split(",") if word.strip())
    except ValueError:
        raise UsageError(f"--quantiles {text[:80]!r} are not numbers separated by commas") from None
    if not levels or not all(0.0 < level < 1.0 for level in levels):
        raise UsageError(f"--quantiles {text[:80]!r} must lie between 0 and 1, as in 0.1,0.5,0.9")
    return tuple(sorted(set(levels)))


def seasons_of(text: str) -> tuple[int, ...] | None:
    """Read season lengths; an empty text asks for the natural ones; raises UsageError for what can be none.

    1 means none, and a main season and a longer one are worked with.
    """
    from plimsoll.forecast.seasons import FEWEST_STEPS, LONGEST, fits

    try:
        lengths = tuple(int(word) for word in text.split(",") if word.strip())
    except ValueError:
        raise UsageError(f"--seasons {text[:80]!r} are not whole numbers of steps, as in 24,168") from None
    if not all(length == 1 or fits(length) for length in lengths):
        raise UsageError(f"--seasons {text[:80]!r}: a season has {FEWEST_STEPS} to {LONGEST} steps; 1 means none")
    if len(set(lengths) - {1}) > 2:
        raise UsageError(f"--seasons {text[:80]!r}: at most two are worked with, as in 24,168")
    return lengths or None
