"""`plimsoll init`: how does a model file begin?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from plimsoll.domain.errors import UsageError
from plimsoll.domain.source_options import SOURCES, SourceOptions
from plimsoll.entrypoints.cli.amounts import span_s
from plimsoll.entrypoints.cli.listener import say
from plimsoll.entrypoints.cli.moments import AsOfOption, as_of_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, show
from plimsoll.entrypoints.cli.source_options import takes_source_options

app = typer.Typer(rich_markup_mode=None)


@app.command()
@takes_source_options()
def init(
    source: Annotated[str, typer.Argument(help=f"Where to read: {SOURCES}.")],
    *,
    output: Annotated[Path, typer.Option("--output", help="Model file to write.")] = Path("plimsoll.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    history: Annotated[
        str, typer.Option("--history", "--window", help="How much history to look at; a file or a store is read whole.")
    ] = "7d",
    options: SourceOptions,
    as_of: AsOfOption = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Write a first model file from what a source offers, with comments on what to fill in."""
    from plimsoll.app.first_model import first_model
    from plimsoll.app.whole_file import check_place, write_whole
    from plimsoll.bootstrap_sources import is_recording, open_source, wall_clock_ms
    from plimsoll.domain.model_view import FirstModel
    from plimsoll.domain.series import Window
    from plimsoll.domain.stored import EVER
    from plimsoll.render.model_view import first_model_tables

    if output.exists() and not force:
        raise UsageError(f"{output} already exists; --force overwrites it, --output names another file")
    check_place(output)
    asked, past_s = as_of_ms(as_of, options.tz), span_s(history, "--history")
    now = wall_clock_ms() if asked is None else asked
    span = EVER if is_recording(source) else Window(now - int(past_s * 1000), now + 1)
    opened = open_source(source, options)
    text = first_model(_relative_to(output, source), opened, span, max(60.0, past_s / 500))
    write_whole(output, text)
    if how is Format.TABLE:
        say(f"wrote {output}; next: fill in what is left open, then `plimsoll validate {output}`\n")
    else:
        written = FirstModel(str(output), source)
        show(written, first_model_tables(written), how)


def _relative_to(output: Path, source: str) -> str:
    """Name a file from the folder of the model, where a model looks for it; anything else as it is."""
    folder = output.resolve().parent
    return os.path.relpath(source, folder) if Path(source).is_file() and not Path(source).is_absolute() else source
