"""How is a value with its unit written in the model file, and how is it written back?

Each type here reads text or a number into base units, by its dimension (`domain.quantity`), and writes it in the
largest unit that reads back to exactly the same value: `load_model` reads what `show` prints without a change.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from plimsoll.domain.errors import QuantityError
from plimsoll.domain.quantity import Dimension, quantity

_WRITTEN: dict[Dimension, tuple[tuple[str, float], ...]] = {
    Dimension.TIME: (("d", 86400), ("h", 3600), ("m", 60), ("s", 1), ("ms", 1e-3), ("us", 1e-6)),
    Dimension.BYTES: (
        *((f"{prefix}i", 2.0**power) for prefix, power in (("T", 40), ("G", 30), ("M", 20), ("K", 10))),
        *((f"{prefix}B", 10.0**power) for prefix, power in (("T", 12), ("G", 9), ("M", 6), ("k", 3))),
        ("B", 1),
    ),
    Dimension.BYTE_RATE: (("Gbit/s", 1.25e8), ("Mbit/s", 1.25e5), ("MB/s", 1e6), ("kB/s", 1e3), ("B/s", 1)),
    Dimension.CORES: (("", 1), ("m", 1e-3)),
    Dimension.RATIO: (("%", 0.01),),
    Dimension.COUNT: (("", 1),),
    Dimension.PER_SECOND: (("/s", 1), ("/min", 1 / 60), ("/h", 1 / 3600), ("/d", 1 / 86400)),
}
_LAST: dict[Dimension, str] = {Dimension.TIME: "s", Dimension.BYTES: "B", Dimension.BYTE_RATE: "B/s"}
_EXAMPLES: dict[Dimension, list[str | int | float]] = {
    Dimension.TIME: ["250ms", "30s", "5m", "12h", "30d"],
    Dimension.BYTES: ["512Mi", "4Gi", "100GB"],
    Dimension.BYTE_RATE: ["50MB/s", "1Gbit/s"],
    Dimension.CORES: ["500m", 2],
    Dimension.RATIO: ["70%", 0.7],
    Dimension.COUNT: [200, "1.5k"],
    Dimension.PER_SECOND: ["100/s", "1000/min"],
}


def written(value: float, dimension: Dimension) -> str | float:
    """Write a value in the largest unit that reads back to exactly it.

    >>> written(300.0, Dimension.TIME), written(0.5, Dimension.CORES), written(0.7, Dimension.RATIO)
    ('5m', '500m', '70%')
    """
    if value == 0 and dimension is Dimension.TIME:
        return "0s"
    whole = ((f"{value / factor:.12g}", unit) for unit, factor in _WRITTEN[dimension])
    exact = [
        (number, unit)
        for number, unit in whole
        if "e" not in number and "." not in number and quantity(number + unit, dimension) == value
    ]
    if not exact:
        return _to_the_last_bit(value, dimension)
    number, unit = min(exact, key=lambda pair: len(pair[0]))
    return _plain(number) if unit == "" else number + unit


def _to_the_last_bit(value: float, dimension: Dimension) -> str | float:
    """Write a value that is no whole number of any unit, with as many digits as necessary."""
    for unit, factor in reversed(_WRITTEN[dimension]) if dimension in _LAST else _WRITTEN[dimension]:
        for number in _near(value / factor):
            if quantity(number + unit, dimension) == value:
                return _plain(number) if unit == "" else number + unit
    return value


def _near(number: float) -> list[str]:
    below, above = math.nextafter(number, -math.inf), math.nextafter(number, math.inf)
    return [f"{number:.12g}", repr(number), repr(below), repr(above)]


def _plain(number: str) -> float | int:
    return int(number) if re.fullmatch(r"-?\d+", number) else float(number)


@dataclass(frozen=True)
class Unit:
    """Field annotation: a float of one dimension, bounded by `low..high` in its base unit."""

    dimension: Dimension
    low: float = 0.0
    high: float = math.inf

    def read(self, value: Any) -> float:
        """Read what stands in the file into the base unit."""
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise refused(f"is {_kind(value)}, not one value with its unit")
        if self.dimension is Dimension.RATIO and not isinstance(value, str) and abs(value) > 1:
            raise refused(f"{value} is {value * 100:g} %: write it with its % sign, such as 70%")
        try:
            number = quantity(value, self.dimension)
        except QuantityError as error:
            raise refused(error.message) from None
        if not self.low <= number <= self.high:
            bounds = f"{self.low:g} to {self.high:g}" if math.isfinite(self.high) else f"{self.low:g} or more"
            raise refused(f"{value!r} is out of range: {bounds} ({self.dimension.value})")
        return number

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(
            self.read,
            handler(source),  # with the bounds of the field, which stand further in
            serialization=core_schema.plain_serializer_function_ser_schema(partial(written, dimension=self.dimension)),
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: Any) -> dict[str, Any]:
        return {
            "type": ["string", "number"],
            "examples": _EXAMPLES[self.dimension],
            "x-dimension": self.dimension.value,
        }


def refused(why: str) -> PydanticCustomError:
    """Make the error, in our own words, with which a field refuses a value."""
    return PydanticCustomError("refused", "{why}", {"why": why})


def _kind(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", bool: "true or false", type(None): "empty"}
    return names.get(type(value), type(value).__name__)


Seconds = Annotated[float, Unit(Dimension.TIME)]
Bytes = Annotated[float, Unit(Dimension.BYTES)]
ByteRate = Annotated[float, Unit(Dimension.BYTE_RATE)]
Cores = Annotated[float, Unit(Dimension.CORES)]
Share = Annotated[float, Unit(Dimension.RATIO, 0.0, 1.0)]
Ratio = Annotated[float, Unit(Dimension.RATIO)]
Change = Annotated[float, Unit(Dimension.RATIO, -1.0)]
Count = Annotated[float, Unit(Dimension.COUNT)]
PerSecond = Annotated[float, Unit(Dimension.PER_SECOND)]


@dataclass(frozen=True, slots=True)
class Amount:
    """A value whose unit determines its dimension: `70%`, `200ms`, `8GB`, `50MB/s`, `1000/s`, or a plain number."""

    value: float
    dimension: Dimension

    @classmethod
    def read(cls, value: Any) -> Amount:
        """Read a value by its unit; `5m` and `512M` are ambiguous and refused."""
        if isinstance(value, Amount):
            return value
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise refused(f"is {_kind(value)}, not one value")
        text = str(value).strip()
        unit = text.lstrip("+-0123456789.eE ") if not text[:1].isalpha() else text
        if unit in _AMBIGUOUS:
            raise refused(f"{text[:40]!r} could mean two things: write {_AMBIGUOUS[unit]}")
        try:
            dimension = next(dim for dim, units in _BY_UNIT.items() if unit in units)
            return cls(quantity(value, dimension), dimension)
        except StopIteration:
            raise refused(f"{text[:40]!r} is not a number with a unit; write it like 70%, 200ms, 4Gi or 200") from None
        except QuantityError as error:
            raise refused(error.message) from None

    def write(self) -> str | float:
        """Write the value so that it reads back as itself."""
        text = written(self.value, self.dimension)
        minutes = self.dimension is Dimension.TIME and isinstance(text, str) and text.endswith("m")
        return f"{text}in" if minutes else text

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.read, serialization=core_schema.plain_serializer_function_ser_schema(cls.write)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: core_schema.CoreSchema, handler: Any) -> dict[str, Any]:
        return {"type": ["string", "number"], "examples": ["70%", "200ms", "4Gi", 200]}


_AMBIGUOUS = {
    "m": "min for minutes, or a decimal for thousandths",
    **dict.fromkeys("kKMGTP", "kB, MB, GB for bytes, or the number in full"),
}
_BY_UNIT: dict[Dimension, tuple[str, ...]] = {
    Dimension.RATIO: ("%",),
    Dimension.TIME: ("us", "ms", "s", "min", "h", "d", "w", "y"),
    Dimension.COUNT: ("",),
    Dimension.PER_SECOND: ("/s", "/min", "/m", "/h", "/d"),
    Dimension.BYTE_RATE: tuple(f"{p}{b}/s" for p in ("", "k", "M", "G", "T", "Ki", "Mi", "Gi") for b in ("B", "bit")),
    Dimension.BYTES: (
        *(f"{p}{b}" for p in ("Ki", "Mi", "Gi", "Ti", "Pi") for b in ("", "B")),
        *(f"{p}B" for p in ("", "k", "K", "M", "G", "T", "P")),
    ),
}
