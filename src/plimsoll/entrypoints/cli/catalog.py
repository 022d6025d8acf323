"""`plimsoll catalog`: what can run out, how it is measured, where its limits come from."""

from __future__ import annotations

from typing import Annotated

import typer

from plimsoll.entrypoints.cli.output import Format, FormatOption, show

app = typer.Typer(rich_markup_mode=None)


@app.command()
def catalog(
    words: Annotated[
        list[str] | None, typer.Argument(help="Name of a limit to show in full, or words to search for.")
    ] = None,
    group: Annotated[str, typer.Option(help="Show only one group: host, kubernetes, postgresql, ...")] = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """List the known limits of systems (disks, connections, quotas ...), or show one of them in full."""
    from plimsoll.app.catalog import find_point, list_catalog, near_names
    from plimsoll.bootstrap_sources import limit_catalog
    from plimsoll.domain.errors import UsageError
    from plimsoll.domain.saturation import Catalog
    from plimsoll.render import catalog as render

    points, asked = limit_catalog(), words or []
    point = find_point(points, asked[0]) if len(asked) == 1 else None
    if point is not None:
        show(Catalog((point,)), render.whole(point), how)
        return
    found = list_catalog(points, asked, group)
    if not found.limits:
        near = near_names(points, " ".join(asked))
        hint = f"did you mean {' or '.join(near)}?" if near else "`plimsoll catalog` lists all"
        raise UsageError(f"nothing in the catalog matches {' '.join(asked)!r}; {hint}")
    show(found, render.tables(found), how)
