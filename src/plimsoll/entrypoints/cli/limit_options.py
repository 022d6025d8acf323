"""The options with which a command takes limits and lead times: --limit, --floor and --lead-time."""

from __future__ import annotations

from typing import Annotated

import typer

LimitsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        help="Limit of the resources of this name (* for any characters): NAME=90%, NAME=100Gi, NAME=SOFT..HARD.",
    ),
]
FloorsOption = Annotated[
    list[str] | None,
    typer.Option("--floor", help="Lower limit, such as of free space: NAME=10Gi."),
]
LeadTimesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--lead-time",
        help="Time from a decision until it takes effect: 14d for everything, NAME=30d for some resources.",
    ),
]
