"""How an answer is shown: a table on a terminal, or JSON, YAML, CSV and Markdown when asked for.

Answers go to stdout, everything else (progress, remarks) to stderr.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from enum import Enum
from shutil import get_terminal_size
from typing import Annotated, Any

import typer

from plimsoll.domain.document import Document
from plimsoll.entrypoints.cli.listener import mention, say
from plimsoll.render.table import Table, printable, to_csv, to_markdown, to_text
from plimsoll.render.terminal import to_terminal


class Format(str, Enum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    CSV = "csv"
    MD = "md"


FormatOption = Annotated[Format, typer.Option("-o", "--output-format", help="Output format.", show_choices=True)]


def show(document: Document, tables: Sequence[Table], how: Format) -> None:
    """Write a document to stdout; `tables` is its form for people."""
    if how is Format.JSON:
        from plimsoll.render.json_form import json_form

        say(json.dumps(json_form(document), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    elif how is Format.YAML:
        import yaml

        from plimsoll.render.json_form import json_form

        say(yaml.safe_dump(json_form(document), sort_keys=False, allow_unicode=True, width=120))
    elif how is Format.CSV:
        say(to_csv([table for table in tables if table.columns]))
    elif how is Format.MD:
        say(to_markdown(tables))
    elif sys.stdout.isatty():
        say(to_terminal(tables, get_terminal_size().columns, _bold))
    else:
        say(to_text(tables))


def remark(text: str) -> None:
    """Say something beside the answer, on stderr."""
    mention(printable(text))


def progress(description: str) -> Any:
    """A progress display on stderr (a rich Progress), silent where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")))
    columns = (TextColumn(description), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _bold(text: str) -> str:
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return text if plain else typer.style(text, bold=True)
