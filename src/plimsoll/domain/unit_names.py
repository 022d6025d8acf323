"""Which unit do the last words of a name tell? `p95_ms`, `heap_mb`, `requests_per_minute`.

Each word is given with its unit as `plimsoll.domain.quantity` reads it. The short times tell a unit only where a time
is expected: `requests_us` may count those of a country.
"""

from __future__ import annotations

TIMES = {"microseconds": "us", "ms": "ms", "milliseconds": "ms", "sec": "s", "seconds": "s"}
SHORT_TIMES = {"us": "us", "s": "s"}
SIZES = {"kb": "kB", "mb": "MB", "gb": "GB", "tb": "TB", "kib": "KiB", "mib": "MiB", "gib": "GiB", "tib": "TiB"}
RATES = {"rpm": "/min", "per_minute": "/min", "per_min": "/min", "per_hour": "/h"}


def per_second(unit: str) -> str:
    """Name the unit of what something in `unit` gains a second.

    >>> per_second("MB"), per_second("bytes"), per_second("")
    ('MB/s', 'bytes per second', 'per second')
    """
    return f"{unit}/s" if unit in SIZES.values() else f"{unit} per second".strip()
