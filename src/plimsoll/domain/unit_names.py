"""Which unit do the last words of a name tell? `p95_ms`, `heap_mb`, `requests_per_minute`.

Each word is given with its unit as `plimsoll.domain.quantity` reads it. The short times tell a unit only where a time
is expected: `requests_us` may count those of a country, as `requests_gb` may. `Mb`, written so, is megabits.
"""

from __future__ import annotations

import re

TIMES = {"microseconds": "us", "ms": "ms", "milliseconds": "ms", "sec": "s", "seconds": "s"}
SHORT_TIMES = {"us": "us", "s": "s"}
SIZES = {"kb": "kB", "mb": "MB", "gb": "GB", "tb": "TB", "kib": "KiB", "mib": "MiB", "gib": "GiB", "tib": "TiB"}
RATES = {"rpm": "/min", "per_minute": "/min", "per_min": "/min", "per_hour": "/h"}
_ALSO_CODES = frozenset({"ms", "sec", "kb", "mb", "gb", "tb"})  # of countries (ISO 3166), states or teams, or `per sec`
_COUNTED = re.compile(  # people, what they do, and where: of each there is a number, and of none a size or a time
    "accounts|bookings|bytes|calls|clicks|clients|customers|errors|failures|hits|installs|logins|members|orders|"
    "pageviews|payments|people|population|purchases|requests|revenue|sales|sessions|signups|subscribers|transactions|"
    "trips|users|views|visitors|visits|city|country|county|market|province|region|state|team|territory"
)
_WORDS = re.compile(r"[^0-9A-Za-z]+")


def tells_unit(name: str) -> bool:
    """Whether the last word of a name is the unit of its values, if it is one of time or size at all.

    `per` before it makes it a divisor; a short word after what is counted is a code of a place; and a small b after a
    capital is bits.

    >>> [tells_unit(name) for name in ("heap_gb", "items_per_ms", "visits_gb", "net_Mb")]
    [True, False, False, False]
    """
    *others, last = _WORDS.split(name)
    before = others[-1].lower() if others else ""
    is_code = last.lower() in _ALSO_CODES and _COUNTED.fullmatch(before) is not None
    return not (before == "per" or is_code or is_bits(last))


def is_bits(word: str) -> bool:
    """Whether a word would be a size in small letters, and as written is one of bits.

    >>> is_bits("Mb"), is_bits("Gib"), is_bits("MB"), is_bits("mb")
    (True, True, False, False)
    """
    return word.lower() in SIZES and word[0].isupper() and word.endswith("b")


def per_second(unit: str) -> str:
    """Name the unit of what something in `unit` gains a second.

    >>> per_second("MB"), per_second("bytes"), per_second("")
    ('MB/s', 'bytes per second', 'per second')
    """
    return f"{unit}/s" if unit in SIZES.values() else f"{unit} per second".strip()
