"""How a moment is typed: RFC 3339, or a date; without a zone it is in the one given, UTC unless told."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plimsoll.domain.errors import UsageError


def moment_ms(text: str, tz: str = "", option: str = "--as-of") -> int:
    """Read a moment into UTC epoch milliseconds; raises UsageError naming the option."""
    try:
        moment = datetime.fromisoformat(text)
        zone = ZoneInfo(tz) if tz else UTC
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return round(aware.timestamp() * 1000)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise UsageError(f"--tz {tz[:40]!r} is not a time zone; write it like Europe/Berlin or UTC") from error
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{option} {text[:40]!r} is not a moment; write it like 2026-10-01T12:00:00Z") from error
