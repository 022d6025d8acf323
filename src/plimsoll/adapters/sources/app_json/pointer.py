"""Which place in a JSON document does a signal refer to, and which numbers are there?

A place in a document is a JSON pointer after `#` (RFC 6901: `/metrics#/gauges/heap`) or a dotted path after a space
(`/metrics .gauges.heap`); `*` stands for every key. A number is a reading; true and false are 1 and 0; the words of
health checks (the Internet draft health+json, Spring Boot) are 1 for well, 0.5 for degraded and 0 for down; an object
of numbers is one reading a key; an object with an amount and a currency is that amount.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HEALTH = {
    **dict.fromkeys(("up", "ok", "pass", "healthy", "green", "available", "ready", "connected", "running"), 1.0),
    **dict.fromkeys(("degraded", "warn", "warning", "yellow", "partial"), 0.5),
    **dict.fromkeys(("down", "fail", "failed", "error", "unhealthy", "red", "critical", "out_of_service"), 0.0),
}
_AMOUNTS, _CURRENCIES = ("amount", "value", "total"), ("currency", "unit")
_STATUS = ("status", "state", "health")
_COMPONENTS = ("components", "checks", "dependencies", "services")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DEEPEST = 8
_MOST = 1000

Labels = Mapping[str, str]


class NoNumber(ValueError):
    """There is no number at the named place; the text says what there is."""


@dataclass(frozen=True)
class Found:
    """One number in a document, with the keys that distinguish it from its siblings."""

    value: float
    labels: Labels
    unit: str = ""


def steps_of(place: str) -> tuple[str, ...]:
    """Split a pointer (`/a/b`) or a dotted path (`.a.b`) into its steps.

    >>> steps_of("/a~1b/0"), steps_of(".gauges.heap"), steps_of("")
    (('a/b', '0'), ('gauges', 'heap'), ())
    """
    if place.startswith("/"):
        return tuple(step.replace("~1", "/").replace("~0", "~") for step in place[1:].split("/"))
    return tuple(step for step in place.split(".") if step)


def find(document: Any, place: str) -> list[Found]:
    """Find the numbers at a place of a document; raises NoNumber where there are none."""
    found = [one for labels, node in _walk(document, steps_of(place), {}) for one in _numbers(node, labels)]
    if not found:
        raise NoNumber(f"{place or 'the document'} holds no number")
    return found


def health(document: Any) -> list[Found]:
    """Read a health document: the whole, and each of its components by name."""
    if not isinstance(document, dict):
        raise NoNumber("the document is no object with a status")
    out = [_status(document, {})] if any(key in document for key in _STATUS) else []
    for key in _COMPONENTS:
        parts = document.get(key)
        if isinstance(parts, dict):
            out += [_status(part, {"component": name}) for name, part in parts.items()]
    if not out:
        raise NoNumber("the document has no status")
    return out


def leaves(document: Any) -> Iterator[str]:
    """List the places of a document that hold a number or a word of health, as JSON pointers."""
    todo = [("", document, 0)]
    count = 0
    while todo and count < _MOST:
        place, node, depth = todo.pop(0)
        if isinstance(node, dict) and depth < _DEEPEST:
            todo += [(f"{place}/{_escaped(key)}", child, depth + 1) for key, child in node.items()]
        elif _as_number(node) is not None:
            count += 1
            yield place


def _walk(node: Any, steps: tuple[str, ...], labels: Labels) -> Iterator[tuple[Labels, Any]]:
    if not steps:
        yield labels, node
        return
    step, rest = steps[0], steps[1:]
    if isinstance(node, list):
        node = {str(index): child for index, child in enumerate(node)}
    if not isinstance(node, dict):
        raise NoNumber(f"there is nothing below which {step[:60]!r} could be")
    if step == "*" and "*" not in node:
        name = "key" if "key" not in labels else f"key{len(labels) + 1}"
        for key, child in node.items():
            yield from _walk(child, rest, {**labels, name: key})
    elif step in node:
        yield from _walk(node[step], rest, labels)
    else:
        known = ", ".join(str(key)[:40] for key in list(node)[:8])
        raise NoNumber(f"has no {step[:60]!r}; it has {known or 'nothing'}")


def _numbers(node: Any, labels: Labels) -> Iterator[Found]:
    number = _as_number(node)
    if number is not None:
        yield Found(number, labels)
    elif isinstance(node, str):
        raise NoNumber(f"{node[:40]!r} is no number and no word of health that is known")
    elif isinstance(node, dict):
        if amount := _amount(node):
            yield Found(amount[0], labels, amount[1])
            return
        for key, child in node.items():
            if (number := _as_number(child)) is not None:
                yield Found(number, {**labels, "key": key})


def _amount(node: Mapping[str, Any]) -> tuple[float, str] | None:
    number = next((n for key in _AMOUNTS if (n := _as_number(node.get(key))) is not None), None)
    unit = next((node[key] for key in _CURRENCIES if isinstance(node.get(key), str)), None)
    return None if number is None or unit is None else (number, unit)


def _status(part: Any, labels: Labels) -> Found:
    status = next((part[key] for key in _STATUS if key in part), None) if isinstance(part, dict) else part
    number = _as_number(status)
    if number is None:
        whose = labels.get("component", "the whole")
        raise NoNumber(f"the status of {whose[:60]!r} is {str(status)[:40]!r}, no word of health that is known")
    return Found(number, labels)


def _as_number(node: Any) -> float | None:
    if isinstance(node, bool | int | float):
        try:
            return float(node)
        except OverflowError:
            return math.nan
    if isinstance(node, str):
        text = node.strip()
        return float(text) if _NUMBER.fullmatch(text) else HEALTH.get(text.lower())
    return None


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
