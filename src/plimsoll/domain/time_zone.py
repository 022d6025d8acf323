"""Which time zone does a name mean?"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def time_zone(name: str) -> ZoneInfo | None:
    """Find a zone by its IANA name; None where there is none of that name.

    >>> time_zone("Europe/Berlin"), time_zone("Mars/Base")
    (zoneinfo.ZoneInfo(key='Europe/Berlin'), None)
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # no such file, a path out of the zones, a folder of them
        return None
