"""`plimsoll model`: what is done to a model file itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plimsoll.entrypoints.cli.listener import say
from plimsoll.entrypoints.cli.output import Format, FormatOption, remark, show

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _model() -> None:
    """Work on a model file itself."""


@app.command(short_help="Convert a model file of an older version to the current one.")
def upgrade(
    file: Annotated[Path, typer.Argument(help="The model file.")],
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Change the file itself instead of writing to stdout.")
    ] = False,
    how: FormatOption = Format.TABLE,
) -> None:
    """Convert a model file of an older version to the current one; comments and layout are kept."""
    from plimsoll.app.model.upgrade import upgrade as upgraded
    from plimsoll.app.whole_file import write_whole
    from plimsoll.render.model_view import upgrade_tables

    answer = upgraded(file)
    for change in answer.changes or ("nothing to change",):
        remark(f"{file}: {change}")
    if in_place and answer.changes:
        write_whole(file, answer.text)
    if how is not Format.TABLE:
        show(answer, upgrade_tables(answer), how)
    elif not in_place:
        say(answer.text)
