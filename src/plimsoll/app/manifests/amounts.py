"""What does a Kubernetes quantity say, in thousandths? `100m`, `1.5`, `500Mi`, `2k`; exactly, rounded up.

Source: apimachinery pkg/api/resource/quantity.go.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

from plimsoll.domain.errors import InputError

_QUANTITY = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE]([+-]?\d{1,3})|(m|u|n|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei))?")
_LARGEST = 2**63 - 1
_SUFFIXES = {"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "k": Fraction(1000)}
_SUFFIXES |= {suffix: Fraction(1000 ** (index + 2)) for index, suffix in enumerate("MGTPE")}
_SUFFIXES |= {f"{suffix}i": Fraction(1024 ** (index + 1)) for index, suffix in enumerate("KMGTPE")}


def milli(text: str | int | float) -> int:
    """Read a quantity in whole thousandths, rounded up.

    >>> milli("100m"), milli(2), milli("1.5Ki")
    (100, 2000, 1536000)

    Raises InputError for what is no quantity, or one beyond 2^63 - 1 thousandths.
    """
    match = _QUANTITY.fullmatch(str(text).strip())
    if match is None:
        raise InputError(f"{str(text)[:40]!r} is no quantity; write it like 100m, 2 or 500Mi")
    value = Fraction(match[1])
    if match[2]:
        value *= Fraction(10) ** int(match[2])
    found = math.ceil(value * _SUFFIXES.get(match[3] or "", Fraction(1)) * 1000)
    if abs(found) > _LARGEST:
        raise InputError(f"{str(text)[:40]!r} is larger than a quantity can be")
    return found
