"""Durations as Go programs and wrk write them: `1m30s`, `5.26ms`, `812.00us`, `1.5µs`."""

from __future__ import annotations

import re

from plimsoll.domain.errors import InputError

_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def go_duration_s(text: str) -> float:
    """Read a duration in seconds.

    >>> go_duration_s("1m30s"), go_duration_s("812.00us")
    (90.0, 0.000812)
    """
    parts = _PART.findall(text.strip())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        if text.strip() == "0":
            return 0.0
        raise InputError(f"{text.strip()[:40]!r} is not a duration")
    return float(round(sum(float(number) * _SECONDS[unit] for number, unit in parts), 12))
