"""The options of commands that read a source: headers, credentials, trust, deadline, time zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from plimsoll.domain.errors import UsageError
from plimsoll.domain.quantity import duration
from plimsoll.domain.source_options import SourceOptions

HeaderOption = Annotated[
    list[str] | None,
    typer.Option("-H", "--header", help="A header to send, 'Name: value'; a value may be env:NAME or file:PATH."),
]
BearerOption = Annotated[str, typer.Option("--bearer", help="Where the bearer token is: env:NAME or file:PATH.")]
UserOption = Annotated[
    str, typer.Option("--user", help="User for basic authentication and where the password is: 'NAME:env:PASSWORD'.")
]
CaOption = Annotated[str, typer.Option("--ca-file", help="Certificates to trust, instead of the machine's (PEM).")]
DeadlineOption = Annotated[str, typer.Option("--deadline", help="How long one request may take, retries included.")]
TzOption = Annotated[str, typer.Option("--tz", help="Zone of times in a file that carry none; UTC unless given.")]


def source_options(
    headers: Sequence[str] | None = None,
    bearer: str = "",
    user: str = "",
    ca_file: str = "",
    deadline: str = "30s",
    tz: str = "",
) -> SourceOptions:
    """Build the options of a source from what was typed; raises UsageError for a header without a colon."""
    basic_user, _, basic_password = user.partition(":")
    if user and not basic_password:
        raise UsageError("--user needs where the password is, as in --user alice:env:PASSWORD")
    return SourceOptions(
        headers=tuple(_header(text) for text in headers or ()),
        bearer=bearer,
        basic_user=basic_user,
        basic_password=basic_password,
        ca_file=ca_file,
        deadline_s=duration(deadline),
        tz=tz,
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not name.isascii():
        raise UsageError(f"-H wants 'Name: value', not {name[:40]!r}")
    return name.strip(), value.strip()
