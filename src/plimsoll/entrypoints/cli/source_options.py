"""The options of commands that read a source: headers, credentials, trust, deadline, time zone.

A command that reads a source takes `options: SourceOptions` and is decorated with `takes_source_options`, which puts
the options themselves in that parameter's place on the command line.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from plimsoll.domain.errors import UsageError
from plimsoll.domain.source_options import SourceOptions
from plimsoll.entrypoints.cli.amounts import span_s

HeaderOption = Annotated[
    list[str] | None,
    typer.Option(
        "-H", "--header", help="HTTP header to send, 'Name: value'; the value may be read from env:NAME or file:PATH."
    ),
]
BearerOption = Annotated[str, typer.Option("--bearer", help="Where to find the bearer token: env:NAME or file:PATH.")]
UserOption = Annotated[
    str,
    typer.Option("--user", help="User name, and where to find the password: 'NAME:env:VARIABLE' or 'NAME:file:PATH'."),
]
CaOption = Annotated[
    str, typer.Option("--ca-file", help="CA certificates to trust (PEM), instead of those of this machine.")
]
DeadlineOption = Annotated[str, typer.Option("--deadline", help="Time limit of one request, including its retries.")]
TzOption = Annotated[
    str, typer.Option("--tz", help="Time zone of times that name none, such as Europe/Berlin; UTC by default.")
]

_TYPED: dict[str, tuple[Any, Any]] = {
    "headers": (HeaderOption, None),
    "bearer": (BearerOption, ""),
    "user": (UserOption, ""),
    "ca_file": (CaOption, ""),
    "deadline": (DeadlineOption, "30s"),
    "tz": (TzOption, ""),
}
ALL = tuple(_TYPED)
WEB = ("headers", "bearer", "user", "ca_file", "deadline")


def takes_source_options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Put the options called `names` in the place of a command's parameter `options`; all of them where none is named.

    The command is called with what was typed as one SourceOptions.
    """
    wanted = names or ALL

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def typed(**given: Any) -> None:
            command(options=source_options(**{name: given.pop(name) for name in wanted}), **given)

        parameters: list[inspect.Parameter] = []
        for parameter in inspect.signature(command, eval_str=True).parameters.values():
            parameters += _spelled(wanted) if parameter.name == "options" else [_by_keyword(parameter)]
        shape = inspect.Signature(parameters)
        vars(typed).update(
            __signature__=shape, __annotations__={item.name: item.annotation for item in shape.parameters.values()}
        )
        return typed

    return decorate


def _spelled(names: Sequence[str]) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=_TYPED[name][0], default=_TYPED[name][1])
        for name in names
    ]


def _by_keyword(parameter: inspect.Parameter) -> inspect.Parameter:
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)


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
        deadline_s=span_s(deadline, "--deadline"),
        tz=tz,
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not name.isascii():
        raise UsageError(f"-H wants 'Name: value', not {name[:40]!r}")
    return name.strip(), value.strip()
