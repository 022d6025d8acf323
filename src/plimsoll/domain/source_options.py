"""How may a source be reached: with which headers, credentials, trust and deadline?

Secrets are not stored here: `bearer` and `basic_password` are references (`env:NAME` or `file:PATH`) that the adapter
resolves when it needs them. A header's value may be such a reference too; because people also write values outright,
headers are kept out of the repr.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SOURCES = "http(s)://SERVER, FILE.csv, FILE.parquet, host, app+http(s)://URL, postgresql://DATABASE, store"
"""How each kind of source is named."""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """Options that a source may need; each source takes those that mean something to it.

    `tz` is the zone (IANA name) of times without one in a file; empty means UTC. `ca_file` holds the only certificates
    to trust; empty means those of the machine. `processes` and `directories` are what a read of the host covers beyond
    the host itself.
    """

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    bearer: str = ""
    basic_user: str = ""
    basic_password: str = ""
    ca_file: str = ""
    deadline_s: float = 30.0
    tz: str = ""
    processes: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
