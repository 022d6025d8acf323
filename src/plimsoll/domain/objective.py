"""What must hold while a replica serves? `p99<250ms`, `errors<1%`, `cpu<80%`, `connections<500`.

An objective names a latency statistic (p50, p95, p99, p99.9, mean, max, or latency where a file does not say which),
`errors`, or a resource, and a bound with its unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from plimsoll.domain.errors import InputError, QuantityError
from plimsoll.domain.quantity import Dimension, quantity

_FORM = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(<=|>=|<|>)\s*(\S.*?)\s*")
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")
_LIKE_PERCENTILE = re.compile(r"p[\d.]+")
_OTHER_STATISTICS = {"mean": "mean", "avg": "mean", "max": "max", "latency": "latency", "response_time": "latency"}
_ERROR_WORDS = ("errors", "error_rate", "error_ratio", "failures")
_RATIO_RESOURCES = ("cpu", "memory", "disk", "network", "utilization", "saturation")
EXAMPLES = "p99<250ms, errors<1%, cpu<80%, connections<500"


@dataclass(frozen=True, slots=True)
class Objective:
    """A bound on one measured quantity, in base units; `text` is how it was written.

    `kind` is latency, errors or resource; `name` is the statistic of a latency or the name of a resource.
    """

    kind: str
    name: str
    relation: str
    bound: float
    unit: str
    text: str

    @property
    def is_roof(self) -> bool:
        """Whether the bound is an upper bound."""
        return self.relation.startswith("<")

    @property
    def quantile(self) -> float | None:
        """Which quantile of latency is bounded; None for a mean, a maximum or another kind.

        >>> objective("p99.9 < 2s").quantile
        0.999
        """
        match = _PERCENTILE.fullmatch(self.name)
        return round(float(match[1]) / 100, 9) if self.kind == "latency" and match else None

    def holds(self, value: float) -> bool:
        """Tell whether a value meets the bound.

        >>> objective("p99<250ms").holds(0.2), objective("cpu > 80%").holds(0.8)
        (True, False)
        """
        if self.relation == "<":
            return value < self.bound
        if self.relation == "<=":
            return value <= self.bound
        return value > self.bound if self.relation == ">" else value >= self.bound


def one_name(word: str) -> str:
    """Return the one name under which a quantity is kept, whichever word it has: avg is mean, failures are errors.

    >>> one_name("AVG"), one_name("error_rate"), one_name("p95")
    ('mean', 'errors', 'p95')
    """
    name = word.lower()
    return "errors" if name in _ERROR_WORDS else _OTHER_STATISTICS.get(name, name)


def objective(text: str) -> Objective:
    """Read one objective.

    Raises InputError, with examples, for a wrong form or unit.

    >>> objective("errors<1%").bound, objective("memory < 4Gi").unit
    (0.01, 'bytes')
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is not an objective; write it like {EXAMPLES}")
    name, relation, bound = match[1].lower(), match[2], match[3]
    if (_PERCENTILE.fullmatch(name) and float(name[1:]) > 0) or name in _OTHER_STATISTICS:
        return Objective(
            "latency", one_name(name), relation, _bound(text, bound, Dimension.TIME), "seconds", text.strip()
        )
    if _LIKE_PERCENTILE.fullmatch(name):
        raise InputError(
            f"in objective {text!r}: there is no {name}; percentiles lie above 0 and below 100, like p99.9"
        )
    if name in _ERROR_WORDS:
        share = _bound(text, bound, Dimension.RATIO)
        if share > 1:
            raise InputError(f"in objective {text!r}: no more than 100 % of requests can fail; write it like errors<1%")
        return Objective("errors", "errors", relation, share, "ratio", text.strip())
    dimension = _resource_dimension(name, bound)
    return Objective("resource", name, relation, _bound(text, bound, dimension), _unit(dimension), text.strip())


def objectives(texts: Sequence[str]) -> tuple[Objective, ...]:
    """Read objectives; each text may hold several, separated by commas."""
    return tuple(objective(part) for text in texts for part in text.split(",") if part.strip())


def _resource_dimension(name: str, bound: str) -> Dimension:
    if bound.endswith("%"):
        return Dimension.RATIO
    try:
        plain = float(bound)
    except ValueError:
        return Dimension.BYTE_RATE if bound.endswith("/s") else Dimension.BYTES
    return Dimension.RATIO if name in _RATIO_RESOURCES and plain <= 1 else Dimension.COUNT


def _unit(dimension: Dimension) -> str:
    return {Dimension.RATIO: "ratio", Dimension.BYTES: "bytes", Dimension.BYTE_RATE: "bytes/s"}.get(dimension, "count")


def _bound(text: str, bound: str, dimension: Dimension) -> float:
    try:
        value = quantity(bound, dimension)
    except QuantityError as error:
        raise InputError(f"in objective {text!r}: {error.message}") from error
    if value < 0:
        raise InputError(f"in objective {text!r}: the bound must not be below zero")
    return value
