"""`plimsoll explain`: everything behind one number."""

from __future__ import annotations

from typing import Annotated

import typer

from plimsoll.entrypoints.cli.output import Format, FormatOption, show

app = typer.Typer(rich_markup_mode=None)


@app.command()
def explain(
    resource: Annotated[str, typer.Argument(help="Name of a resource in the last runway, or a unique part of it.")],
    how: FormatOption = Format.TABLE,
) -> None:
    """Show what is behind a row of the last runway: limit, data, forecast methods, past accuracy, options."""
    from plimsoll.app.explain import explain_runway
    from plimsoll.bootstrap import open_track_record
    from plimsoll.domain.runway import RunwayExplanations
    from plimsoll.entrypoints.cli.places import state_home
    from plimsoll.render.explanation import tables

    found = explain_runway(open_track_record(state_home() / "track_record.sqlite"), resource)
    shown = [table for explanation in found for table in tables(explanation)]
    show(found[0] if len(found) == 1 else RunwayExplanations(found), shown, how)
