"""`--as-of`: which moment is taken for now? Every command that looks at the clock takes it from here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from plimsoll.domain.errors import UsageError

AsOfOption = Annotated[
    str, typer.Option("--as-of", help="The moment to take for now (RFC 3339; UTC unless it says otherwise).")
]


def as_of_ms(text: str) -> int | None:
    """Read the option into UTC epoch milliseconds; None where it was not given. Raises UsageError for no time.

    >>> as_of_ms("2026-07-30T12:00:00Z"), as_of_ms("2026-07-30")
    (1785412800000, 1785369600000)
    """
    from plimsoll.domain.series import as_ms

    if not text:
        return None
    try:
        return as_ms(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise UsageError(f"--as-of wants a time like 2026-07-30T12:00:00Z, not {text[:40]!r}") from None
