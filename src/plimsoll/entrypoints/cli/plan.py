"""`plimsoll plan`: what to run and pay, by when, and what stands in the way?"""

from __future__ import annotations

from typing import Annotated

import typer

from plimsoll.entrypoints.cli.amounts import ratio
from plimsoll.entrypoints.cli.model_option import ModelOption
from plimsoll.entrypoints.cli.moments import AsOfOption, as_of_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, show

app = typer.Typer(rich_markup_mode=None)


@app.command()
def plan(
    *,
    model: ModelOption = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="Name of a scenario in the model.", show_default="its default")
    ] = None,
    months: Annotated[
        int | None, typer.Option("--months", help="Number of months to plan.", show_default="the model's")
    ] = None,
    initial_users: Annotated[
        float | None,
        typer.Option(
            "--initial-users", help="Initial value of the scenario's driver, such as the number of users.", min=0
        ),
    ] = None,
    growth: Annotated[
        str | None, typer.Option("--growth", help="Growth per month, such as 5%, instead of the scenario's.")
    ] = None,
    driver: Annotated[
        str | None, typer.Option("--driver", help="Driver that grows by --growth, if the model has several.")
    ] = None,
    as_of: AsOfOption = "",
    output_format: FormatOption = Format.TABLE,
) -> None:
    """Plan a system month by month: sizes, cost, events, obstacles, and what to do by when."""
    from plimsoll.app.driver_histories import file_histories
    from plimsoll.app.model import load_model
    from plimsoll.app.plan.plans import Question
    from plimsoll.app.plan.plans import plan as make
    from plimsoll.bootstrap_sources import open_source, wall_clock_ms
    from plimsoll.domain.errors import UsageError
    from plimsoll.domain.series import as_datetime
    from plimsoll.render.plan import tables

    rate = ratio(growth.removesuffix("/month"), "--growth") if growth is not None else None
    if rate is not None and rate <= -1:
        raise UsageError(f"--growth {growth} a month would leave nothing")
    if driver is not None and growth is None:
        raise UsageError("--driver is the one that --growth is of; give both, or neither")
    asked = as_of_ms(as_of)
    today = as_datetime(wall_clock_ms() if asked is None else asked).date()
    loaded = load_model(model or [])
    question = Question(scenario, months, initial_users, rate, driver)
    past = {driver.name: series for driver, series in file_histories(loaded, open_source)}
    answer = make(loaded, question, today, past)
    show(answer, tables(answer), output_format)
