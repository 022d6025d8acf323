"""How does a rules file become rules? From YAML to the rules for thresholds; every fault names its key."""

from __future__ import annotations

from typing import Any

from plimsoll.capacity.thresholds import MARKS, SHARES, InstanceRule, Rules, Share
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.objective import Objective, objective

_MOST_POWER = "throughput_per_latency"
_MOST = 1e9
_KEYS = {"name", *MARKS, *SHARES, "instances"}


def load_rules(content: Any, source: str) -> Rules:
    """Build rules from what a YAML file holds; raises InputError with the key of a fault."""
    if not isinstance(content, dict):
        raise InputError(f"{source}: rules are a mapping with the keys {', '.join(sorted(_KEYS))}")
    if unknown := sorted(str(key) for key in set(content) - _KEYS):
        raise InputError(f"unknown key; known are {', '.join(sorted(_KEYS))}", Place(source, field=unknown[0]))
    return Rules(
        name=str(content.get("name", source)),
        marks={name: _mark(content[name], source, name) for name in MARKS if name in content},
        shares={name: _share(content, source, name) for name in SHARES if name in content},
        instances=_instances(content.get("instances", {}), source),
    )


def _mark(content: Any, source: str, name: str) -> tuple[Objective, ...] | None:
    if content == {"most": _MOST_POWER}:
        return None
    if isinstance(content, dict) and set(content) == {"any"} and isinstance(content["any"], list) and content["any"]:
        return tuple(_bound(str(text), Place(source, field=name)) for text in content["any"])
    form = f"write {{most: {_MOST_POWER}}} or {{any: [latency > 300ms, cpu > 80%]}}"
    raise InputError(form, Place(source, field=name))


def _bound(text: str, place: Place) -> Objective:
    try:
        bound = objective(text)
    except InputError as error:
        raise InputError(error.message, place) from error
    if bound.is_roof and bound.kind in ("latency", "errors"):
        raise InputError(f"{text!r} holds from the lowest load on: a mark is where it is passed, so write a >", place)
    return bound


def _share(rules: Any, source: str, name: str) -> Share:
    content = rules[name]
    if not isinstance(content, dict) or set(content) != {"of", "times"} or content["of"] not in MARKS:
        raise InputError(f"write {{of: {' | '.join(MARKS)}, times: NUMBER}}", Place(source, field=name))
    if content["of"] not in rules:
        raise InputError(f"is a share of {content['of']}, for which there is no rule", Place(source, field=name))
    return Share(content["of"], _number(content["times"], source, f"{name}.times"))


def _instances(content: Any, source: str) -> InstanceRule:
    defaults = {"per": "optimal", "buffer_ratio": 0.2, "buffer_at_least": 1}
    if not isinstance(content, dict) or not set(content) <= set(defaults) or content.get("per", "optimal") not in MARKS:
        form = "write {per: optimal, buffer_ratio: 0.2, buffer_at_least: 1}"
        raise InputError(form, Place(source, field="instances"))
    rule = {**defaults, **content}
    ratio = _number(rule["buffer_ratio"], source, "instances.buffer_ratio")
    least = _number(rule["buffer_at_least"], source, "instances.buffer_at_least")
    if least != int(least):
        raise InputError(f"{least:g} is no number of replicas", Place(source, field="instances.buffer_at_least"))
    return InstanceRule(str(rule["per"]), ratio, int(least))


def _number(value: Any, source: str, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST:
        raise InputError(f"{value!r} is not a number from 0 up to {_MOST:g}", Place(source, field=field))
    return float(value)
