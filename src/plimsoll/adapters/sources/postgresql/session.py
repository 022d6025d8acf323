"""One connection to a PostgreSQL server: read only, short-lived, without the password in any message.

The server ends statements after the deadline, and the connection is abandoned if the network fails. With a CA file the
server's certificate and name are verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from plimsoll.adapters.secrets import secret
from plimsoll.domain.errors import SourceError, SourceRefused, SourceUnreachable, UsageError
from plimsoll.domain.source_options import SourceOptions

_REFUSED = re.compile(
    r"authentication failed|no password|pg_hba|role .* does not exist|permission denied", re.IGNORECASE
)


class Sessions:
    """Opens connections to one server; `name` is its address without the password."""

    def __init__(self, dsn: str, options: SourceOptions) -> None:
        self._options = options
        self._settings = _settings(dsn, options)
        shown = {key: self._settings.get(key) for key in ("user", "host", "port", "dbname")}
        self.name = _address(shown)

    @contextmanager
    def open(self) -> Iterator[psycopg.Connection[Any]]:
        """Connect for a short while; raises SourceUnreachable or SourceRefused."""
        try:
            connection = psycopg.connect(make_conninfo("", **self._settings), autocommit=True)
        except psycopg.Error as error:
            message = self.clean(str(error))
            kind = SourceRefused if _REFUSED.search(message) else SourceUnreachable
            raise kind(self.name, message) from None
        except UnicodeError:
            raise SourceError(self.name, "the address holds characters that no server name has") from None
        with connection:
            yield connection

    def clean(self, text: str) -> str:
        """Make a server's text fit for a message: one line, no password."""
        for hidden in filter(None, [self._settings.get("password")]):
            text = text.replace(str(hidden), "***")
        line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        return re.sub(r"^connection failed: |^connection to server at \S+ port \d+ failed: ", "", line)[:240]


def _settings(dsn: str, options: SourceOptions) -> dict[str, Any]:
    try:
        settings = dict(conninfo_to_dict(dsn))
    except psycopg.Error:
        raise UsageError("the address of the database cannot be read; write postgresql://USER@HOST:PORT/NAME") from None
    if options.basic_user:
        settings["user"] = options.basic_user
    if options.basic_password:
        settings["password"] = secret(options.basic_password, "password")
    if options.ca_file:
        settings |= {"sslrootcert": options.ca_file, "sslmode": "verify-full"}
    within_ms = max(1, round(options.deadline_s * 1000))
    guards = f"-c default_transaction_read_only=on -c statement_timeout={within_ms} -c lock_timeout={within_ms}"
    settings["options"] = f"{settings.get('options') or ''} {guards}".strip()
    patience = {"connect_timeout": max(2, round(options.deadline_s)), "tcp_user_timeout": within_ms}
    return {"application_name": "plimsoll", **patience, **settings}


def _address(shown: dict[str, Any]) -> str:
    user = f"{shown['user']}@" if shown["user"] else ""
    port = f":{shown['port']}" if shown["port"] else ""
    return f"postgresql://{user}{shown['host'] or ''}{port}/{shown['dbname'] or ''}"
