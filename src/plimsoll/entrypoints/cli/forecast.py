"""`plimsoll forecast`: demand as quantiles, for one source or for a fleet in a Parquet file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from plimsoll.domain.errors import UsageError


class SourceOrPanel(TyperGroup):
    """Takes `panel` as a sub-command and everything else as the source of the plain command."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Put the plain command's name before words that name no sub-command."""
        if args and args[0] not in self.commands:
            args = ["source", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=SourceOrPanel, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _forecast() -> None:
    """Forecast demand as quantiles, with its accuracy on the past beside seasonal naive."""


@app.command("panel")
def panel(
    *,
    input_: Annotated[Path, typer.Option("--input", help="Parquet: unique_id, ds, y; optionally kind, lower, upper.")],
    output: Annotated[Path, typer.Option("--output", help="Parquet to write.")],
    freq: Annotated[str, typer.Option("--freq", help="Length of a step: 10s, 5min, h, D, W, 3D.")],
    horizon: Annotated[int, typer.Option("--horizon", help="Steps ahead.", min=1, max=100_000)],
    quantiles: Annotated[str, typer.Option("--quantiles", help="Levels between 0 and 1, separated by commas.")],
    seasons: Annotated[
        str, typer.Option("--seasons", help="Season lengths in steps, separated by commas; 1 for none.")
    ] = "",
    lower: Annotated[float | None, typer.Option("--lower", help="Bound that no value is below.")] = None,
    upper: Annotated[float | None, typer.Option("--upper", help="Bound that no value is above.")] = None,
    engine: Annotated[str, typer.Option("--engine", help="local, or dask://HOST:PORT.")] = "local",
    seed: Annotated[int, typer.Option("--seed", help="Decides which series the intervals are measured on.")] = 0,
) -> None:
    """Forecast every series of a Parquet file into another one."""
    from plimsoll.app.forecasts import forecast_fleet
    from plimsoll.bootstrap import open_engine, open_panel, panel_writer
    from plimsoll.domain.panel import Request
    from plimsoll.entrypoints.cli.output import progress, remark
    from plimsoll.forecast.frequency import step_of

    levels, lengths = levels_of(quantiles), seasons_of(seasons)
    request = Request(horizon, levels, step_of(freq), lengths, lower, upper, seed)
    runner = open_engine(engine)
    with open_panel(str(input_)) as reader, panel_writer(str(output), levels) as writer, progress("forecast") as bar:
        task = bar.add_task("", total=None)
        run = forecast_fleet(
            reader, writer, runner, request, lambda done, total: bar.update(task, completed=done, total=total)
        )
    states = ", ".join(f"{count} {state}" for state, count in sorted(run.states.items())) or "none"
    pools = "; ".join(f"{count} of {name}" for name, count in run.pools.items()) or "the shipped prior alone"
    remark(f"{run.series} series: {states}. Intervals measured on: {pools}.")


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
    """Read season lengths; an empty text asks for the natural ones; raises UsageError for what is no whole number."""
    try:
        lengths = tuple(int(word) for word in text.split(",") if word.strip())
    except ValueError:
        raise UsageError(f"--seasons {text[:80]!r} are not whole numbers of steps, as in 24,168") from None
    if any(length < 1 for length in lengths):
        raise UsageError(f"--seasons {text[:80]!r} must be at least 1 (which means none)")
    return lengths or None
