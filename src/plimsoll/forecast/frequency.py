"""How long is one step? Frequency words as in pandas: `5min`, `h`, `D`, `W`, `10s`, `3D`."""

from __future__ import annotations

import re

from plimsoll.domain.errors import UsageError

_UNITS_MS = {
    "ms": 1,
    "s": 1_000,
    "min": 60_000,
    "t": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
}
_WORD = re.compile(r"(\d*)\s*([A-Za-z]+?)(?:-(?:MON|TUE|WED|THU|FRI|SAT|SUN))?")


def step_of(frequency: str) -> int:
    """Return the length of a step in milliseconds; raises UsageError for a word without a fixed length.

    >>> step_of("5min"), step_of("W-SUN"), step_of("3D")
    (300000, 604800000, 259200000)
    """
    match = _WORD.fullmatch(frequency.strip())
    unit = _UNITS_MS.get(match[2].lower()) if match and match[2] not in ("M", "MS", "ME") else None
    if match is None or unit is None or match[1] == "0":
        raise UsageError(
            f"--freq {frequency[:40]!r} is no fixed step; write it like 10s, 5min, h, D, W, 3D (a month as 30D)"
        )
    return int(match[1] or 1) * unit
