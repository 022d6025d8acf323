"""The options with which a command takes limits and lead times: --limit, --floor and --lead-time."""

from __future__ import annotations

from typing import Annotated

import typer

LimitsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        help="A limit on what a name fits (* for any characters): NAME=90%, NAME=100Gi, or NAME=SOFT..HARD.",
    ),
]
FloorsOption = Annotated[
    list[str] | None,
    typer.Option("--floor", help="A limit that must not be fallen below, such as free space: NAME=10Gi."),
]
LeadTimesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--lead-time", help="Time from the decision until it helps: 14d for everything, or NAME=30d for some."
    ),
]
