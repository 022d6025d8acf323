"""How is a run of samples written? Words of a value and a count, as `promtool test rules` has them.

'50%x10 80%x20 _x3'     ten times 50 %, twenty times 80 %, three steps without a sample
'100..200x11'           from 100 to 200 in eleven steps
'5m?x4'                 stale: four steps in which only an old sample of 5 m is there
"""

from __future__ import annotations

import re

from plimsoll.domain.errors import InputError, QuantityError
from plimsoll.domain.observation import Missing, Reading, Stale, Value
from plimsoll.domain.quantity import Dimension, quantity

_WORD = re.compile(r"(?P<first>[^\s?]+?)(?:\.\.(?P<last>[^\s?]+?))?(?P<stale>\?)?(?:x(?P<count>\d+))?")
MAX_STEPS = 100_000


def readings(text: str, unit: str) -> tuple[Reading, ...]:
    """Read a run of samples; `unit` is the base unit of the signal.

    >>> [type(one).__name__ for one in readings("50%x2 _ 70%?", "ratio")]
    ['Value', 'Value', 'Missing', 'Stale']

    Raises InputError for an invalid word, and for a run that is too long.
    """
    found: list[Reading] = []
    for word in text.split():
        match = _WORD.fullmatch(word)
        if match is None:
            raise InputError(f"{word[:40]!r} is no sample; write one like 50%x10, 100..200x11, _x3 or 5%?x2")
        count = int(match["count"] or 1)
        if len(found) + count > MAX_STEPS:
            raise InputError(f"holds more than {MAX_STEPS} samples")
        found.extend(_run(match["first"], match["last"], match["stale"] is not None, count, unit))
    return tuple(found)


def _run(first: str, last: str | None, stale: bool, count: int, unit: str) -> list[Reading]:
    if first == "_":
        return [Missing("no sample in the scenario")] * count
    start, end = number(first, unit), number(last or first, unit)
    step = (end - start) / (count - 1) if count > 1 else 0.0
    values = [start + step * index for index in range(count)]
    if stale:
        return [Stale(value, float("inf"), "stale in the scenario") for value in values]
    return [Value(value) for value in values]


def number(text: str, unit: str) -> float:
    """Read one amount in the unit's dimension; a bare number is in the base unit."""
    try:
        return float(text)
    except ValueError:
        pass
    dimensions = {dimension.value: dimension for dimension in Dimension}
    try:
        return quantity(text, dimensions.get(unit, Dimension.COUNT))
    except QuantityError as error:
        raise InputError(error.message) from error
