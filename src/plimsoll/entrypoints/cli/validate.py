"""`plimsoll validate`: is the model file right, and where does it contradict itself?"""

from __future__ import annotations

import typer

from plimsoll.entrypoints.cli.model_option import ModelArgument, ModelOption
from plimsoll.entrypoints.cli.output import Format, FormatOption, show

app = typer.Typer(rich_markup_mode=None)


@app.command()
def validate(
    files: ModelArgument = None, model: ModelOption = None, output_format: FormatOption = Format.TABLE
) -> None:
    """Check a model file: list every error with its line and column (exit 1), and warnings."""
    from plimsoll.app.model import load_model
    from plimsoll.app.model.showing import validation
    from plimsoll.render.model_view import tables

    answer = validation(load_model([*(files or []), *(model or [])]))
    show(answer, tables(answer), output_format)
