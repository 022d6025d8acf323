"""`plimsoll limits of-model`: what each component carries, by what the model file says of it."""

from __future__ import annotations

from typing import Annotated

import typer

from plimsoll.entrypoints.cli.amounts import above_zero
from plimsoll.entrypoints.cli.model_option import ModelOption
from plimsoll.entrypoints.cli.output import Format, FormatOption, show


def of_model(
    model: ModelOption = None,
    *,
    for_load: Annotated[
        list[float] | None, typer.Option("--for-load", help="Also say how many replicas this load needs.")
    ] = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Show the capacity of each component of a model, and what it is derived from."""
    from plimsoll.app.load_line.of_model import Means, model_limits
    from plimsoll.app.model import load_model
    from plimsoll.bootstrap import capacity_models, load_test_rules, read_load_test
    from plimsoll.render.model_limits import tables

    means = Means(read_load_test, capacity_models(), load_test_rules(None), above_zero("--for-load", for_load or ()))
    document = model_limits(load_model(model or []), means)
    show(document, tables(document), how)
