"""`plimsoll show`: what was understood, defaults and all?"""

from __future__ import annotations

import typer

from plimsoll.entrypoints.cli.listener import say
from plimsoll.entrypoints.cli.model_option import ModelArgument, ModelOption
from plimsoll.entrypoints.cli.output import Format, FormatOption, show

app = typer.Typer(rich_markup_mode=None)


@app.command("show")
def show_model(
    files: ModelArgument = None, model: ModelOption = None, output_format: FormatOption = Format.TABLE
) -> None:
    """Show the model as understood: every value with its unit, and the line it comes from or that it is a default.

    With `-o yaml` the output is a model file again, which loads to the same model.
    """
    from plimsoll.app.model import load_model
    from plimsoll.app.model.showing import view, yaml_form
    from plimsoll.render.model_view import tables

    answer = view(load_model([*(files or []), *(model or [])]))
    if output_format is Format.YAML:
        say(yaml_form(dict(answer.model)))
    else:
        show(answer, tables(answer), output_format)
