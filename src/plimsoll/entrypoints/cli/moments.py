"""Which moment does the user mean, and which one is taken for now? RFC 3339 or a date; UTC unless a zone is given."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from plimsoll.domain.errors import UsageError
from plimsoll.domain.time_zone import time_zone

AsOfOption = Annotated[
    str, typer.Option("--as-of", help="Answer as if it were this time (RFC 3339; UTC if it names no zone).")
]
AsOfOrLastOption = Annotated[
    str,
    typer.Option(
        "--as-of", help="Answer as if it were this time (RFC 3339). By default: now or, for a file, its last sample."
    ),
]


def as_of_ms(text: str, tz: str = "") -> int | None:
    """Read `--as-of` into UTC epoch milliseconds; None where it was not given. Raises UsageError for no time.

    >>> as_of_ms("2026-07-30T12:00:00Z"), as_of_ms("2026-07-30", tz="Europe/Berlin"), as_of_ms("")
    (1785412800000, 1785362400000, None)
    """
    return moment_ms(text, tz) if text else None


def moment_ms(text: str, tz: str = "", option: str = "--as-of") -> int:
    """Read a moment into UTC epoch milliseconds; raises UsageError naming the option."""
    zone = time_zone(tz) if tz else UTC
    if zone is None:
        raise UsageError(f"--tz {tz[:40]!r} is not a time zone; write it like Europe/Berlin or UTC")
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return round(aware.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{option} wants a time like 2026-10-01T12:00:00Z, not {text[:40]!r}") from error
