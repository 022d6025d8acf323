"""The option with which a command takes a model: `-m FILE`, several times or a folder, else `./plimsoll.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ModelOption = Annotated[
    list[Path] | None,
    typer.Option("-m", "--model", help="Model file or folder.", show_default="plimsoll.yaml"),
]
ModelHereOption = Annotated[
    list[Path] | None,
    typer.Option(
        "-m",
        "--model",
        help="Model file or folder.",
        show_default="plimsoll.yaml, where no source is named",
    ),
]
AddedModelOption = Annotated[
    list[Path] | None,
    typer.Option("-m", "--model", help="Model file or folder.", show_default="no model"),
]
ModelArgument = Annotated[
    list[Path] | None, typer.Argument(help="Model files or folders.", show_default="plimsoll.yaml", metavar="FILE")
]
