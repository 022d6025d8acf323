"""The option with which a command takes a model: `-m FILE`, several times or a folder, else `./plimsoll.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from plimsoll.app.model import Model

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


def model_if_named(files: list[Path] | None) -> Model | None:
    """Read the model of a command that does without one."""
    from plimsoll.app.model import load_model

    return load_model(files) if files else None
