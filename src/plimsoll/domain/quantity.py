"""Values with units: what does `5m` mean here?

The dimension of the field decides: `5m` is five minutes in a field of time and five thousandths of a core in a field of
cores; `500M` is 500 million bytes, `500Mi` is 500 x 2^20 (IEC 80000-13, and the Kubernetes quantity suffixes).
Inside, every quantity is in base units: seconds, bytes, bytes per second, cores, ratios 0..1, plain counts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum

from plimsoll.domain.errors import QuantityError

_MOST_DIGITS = 1e15  # further digits of a number in binary are none of its own
PAST_MEASURE = 1e100  # no quantity is so large, in whatever unit; squares of it are still numbers

_SECOND_UNITS = {
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
    "y": 31536000.0,
}
_DECIMAL = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_BINARY = {"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50}
_BYTE_UNITS = {
    **{f"{prefix}{b}": factor for prefix, factor in {**_DECIMAL, **_BINARY}.items() for b in ("", "B")},
}
_BIT_RATES = {f"{prefix}bit/s": factor / 8 for prefix, factor in {**_DECIMAL, **_BINARY}.items()}
_BYTE_RATES = {f"{prefix}B/s": factor for prefix, factor in {**_DECIMAL, **_BINARY}.items()}


class Dimension(str, Enum):
    """What a number measures; the enum value is the base unit in which it is kept."""

    TIME = "seconds"
    BYTES = "bytes"
    BYTE_RATE = "bytes per second"
    CORES = "cores"
    RATIO = "ratio"
    COUNT = "count"
    PER_SECOND = "per second"


_UNITS: dict[Dimension, dict[str, float]] = {
    Dimension.TIME: _SECOND_UNITS,
    Dimension.BYTES: _BYTE_UNITS,
    Dimension.BYTE_RATE: {**_BIT_RATES, **_BYTE_RATES},
    Dimension.CORES: {"": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9},
    Dimension.RATIO: {"": 1.0, "%": 0.01},
    Dimension.COUNT: _DECIMAL,
    Dimension.PER_SECOND: {"/s": 1.0, "/min": 1 / 60, "/m": 1 / 60, "/h": 1 / 3600, "/d": 1 / 86400},
}
_EXAMPLES = {
    Dimension.TIME: "250ms, 30s, 5m, 12h, 30d",
    Dimension.BYTES: "512Mi, 4Gi, 100GB",
    Dimension.BYTE_RATE: "50MB/s, 1Gbit/s",
    Dimension.CORES: "500m, 2",
    Dimension.RATIO: "70%, 0.7",
    Dimension.COUNT: "200, 1.5k",
    Dimension.PER_SECOND: "100/s, 1000/min",
}
_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S*)")
_MAX_LENGTH = 64


def quantity(text: str | int | float, dimension: Dimension) -> float:
    """Read a quantity of the given dimension into its base unit.

    Raises QuantityError, with examples of what is accepted, for a missing or foreign unit, for a value that is not
    finite, and for text longer than any quantity is. Time needs its unit, except for 0.

    >>> quantity("5m", Dimension.TIME), quantity("500m", Dimension.CORES), quantity("70%", Dimension.RATIO)
    (300.0, 0.5, 0.7)
    """
    if isinstance(text, bool):
        raise QuantityError(f"{text} is not a quantity; write it like {_EXAMPLES[dimension]}")
    shown = str(text)[:_MAX_LENGTH]
    match = _NUMBER.fullmatch(str(text).strip()) if len(str(text)) <= _MAX_LENGTH else None
    if match is None:
        raise QuantityError(f"{shown!r} is not a number of {dimension.value}; write it like {_EXAMPLES[dimension]}")
    number, unit = float(match[1]), match[2]
    units = _UNITS[dimension]
    if unit not in units and not (unit == "" and number == 0):
        problem = (
            f"needs a unit of {dimension.value}"
            if unit == ""
            else f"has unit {unit!r}, which does not measure {dimension.value}"
        )
        raise QuantityError(f"{shown!r} {problem}; write it like {_EXAMPLES[dimension]}")
    value = _scaled(match[1], units.get(unit, 1.0))
    if not math.isfinite(value):
        raise QuantityError(f"{shown!r} is not finite")
    return value


def unit_scale(unit: str, dimension: Dimension) -> float:
    """Return one of a unit in base units; raises QuantityError for a unit that does not measure the dimension.

    >>> unit_scale("/min", Dimension.PER_SECOND) == unit_scale("1/min", Dimension.PER_SECOND) == 1 / 60
    True
    """
    return quantity(f"1 {unit.removeprefix('1') if unit.startswith('1/') else unit}", dimension)


def _scaled(number: str, factor: float) -> float:
    """Multiply in decimal digits, without the noise that binary factors leave (99.9 / 100 is 0.9990000000000001)."""
    plain = float(number)
    if plain == 0 or not math.isfinite(plain):
        return plain
    inverse = round(1 / factor) if factor < 1 else 0
    if inverse and math.isclose(1 / inverse, factor, rel_tol=1e-12):
        return float(Decimal(number) / inverse)
    return float(Decimal(number) * int(factor)) if factor == int(factor) else plain * factor


def duration(text: str | int | float) -> float:
    """Read a duration into seconds."""
    return quantity(text, Dimension.TIME)


def format_duration(seconds: float) -> str:
    """Write a duration with the largest unit that keeps it short: `90s`, `5m`, `36h`, `30d`.

    >>> format_duration(86400 * 30), format_duration(90), format_duration(0.25), format_duration(86400 * 1095)
    ('30d', '90s', '250ms', '1095d')
    """
    if seconds == 0:
        return "0s"
    if abs(seconds) < 1:
        return f"{_in_three_digits(seconds * 1000)}ms"
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("m", 60.0)):
        if abs(seconds) >= 2 * size or (abs(seconds) >= size and seconds % size == 0):
            return f"{_in_three_digits(seconds / size)}{unit}"
    return f"{seconds:.3g}s"


def _in_three_digits(amount: float) -> str:
    """Write a number in three digits, or in as many as its whole part has: 1013 and not 1.01e+03."""
    return f"{amount:.0f}" if 999.5 <= abs(amount) < _MOST_DIGITS else f"{amount:.3g}"


def counted(number: int, one: str, many: str = "") -> str:
    """Write a count with its noun.

    >>> counted(1, "policy", "policies"), counted(0, "policy", "policies"), counted(2, "step")
    ('1 policy', '0 policies', '2 steps')
    """
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def some_of(names: Sequence[str], most: int = 5) -> str:
    """Write the first of many names, and how many more there are.

    >>> some_of(["a", "b"]), some_of(["a", "b", "c"], most=2)
    ('a, b', 'a, b and 1 more')
    """
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def format_bytes(count: float) -> str:
    """Write a number of bytes with a binary unit: `1.5Gi`."""
    for unit, size in (("Pi", 2.0**50), ("Ti", 2.0**40), ("Gi", 2.0**30), ("Mi", 2.0**20), ("Ki", 2.0**10)):
        if abs(count) >= size:
            return f"{_in_three_digits(count / size)}{unit}"
    return f"{count:.0f}B"


def format_quantity(value: float, unit: str) -> str:
    """Format a value for people by its base unit; an unknown unit is appended as it is, a rate after a slash.

    >>> format_quantity(450.0, "users"), format_quantity(450.0, "1/s"), format_quantity(450.0, "count")
    ('450 users', '450/s', '450')
    >>> format_quantity(2147483647.0, ""), format_quantity(1e301, "")
    ('2147483647', '1e+301')
    """
    if unit in ("seconds", "s"):
        return format_duration(value)
    if unit in ("bytes", "B"):
        return format_bytes(value)
    if unit == "ratio":
        return f"{_in_three_digits(value * 100)}%"
    if unit in ("percent", "%"):
        return f"{_in_three_digits(value)}%"
    number = f"{value:.0f}" if 1000 <= abs(value) < _MOST_DIGITS else f"{value:.4g}"
    if unit in ("", "count"):
        return number
    return f"{number}{unit[1:]}" if unit.startswith("1/") else f"{number} {unit}"
