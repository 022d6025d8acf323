"""Where do the catalog's saturation points come from? Read the shipped YAML, check every field, name every fault.

A file gives a group, defaults for its points, and the points. PromQL is parsed, so that a template that Prometheus
would refuse is refused here, and the metric names it needs are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from plimsoll.adapters.knowledge import knowledge, knowledge_names
from plimsoll.domain.errors import InputError, Place, PlimsollError
from plimsoll.domain.limit import DEFAULT_HORIZON_S, Direction
from plimsoll.domain.quantity import Dimension, duration, quantity
from plimsoll.domain.saturation import SaturationPoint

_DIMENSIONS = {
    "ratio": Dimension.RATIO,
    "seconds": Dimension.TIME,
    "bytes": Dimension.BYTES,
    "count": Dimension.COUNT,
}
_REQUIRED = ("name", "title", "resource", "query", "lead_time", "why", "remedies", "source", "labels", "exporter")
_OPTIONAL = ("unit", "current", "capacity", "soft", "hard", "direction", "horizon", "needs", "signals")
_NATURE = ("self_limiting", "noisy")
_OF_THE_FILE = ("exporter", "labels", "unit", "direction")


@cache
def limit_catalog() -> tuple[SaturationPoint, ...]:
    """Read every saturation point that is shipped, by group and name.

    Raises InputError naming file and field for the first fault.
    """
    lead_times = {name: duration(entry["time"]) for name, entry in knowledge("lead_times.yaml")["classes"].items()}
    points: list[SaturationPoint] = []
    for path in knowledge_names("limits", ".yaml"):
        points += saturation_points(path, knowledge(path), lead_times)
    names = [point.name for point in points]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{name!r} stands twice in the catalog", Place("limits", field=name))
    return tuple(points)


def saturation_points(path: str, document: Any, lead_times: Mapping[str, float]) -> list[SaturationPoint]:
    """Read the points of one file; `path` is what errors call it."""
    unknown = set(document) - {"group", "limits", *_OF_THE_FILE}
    if unknown:
        raise InputError(f"unknown keys: {', '.join(sorted(unknown))}", Place(path))
    defaults = {key: document[key] for key in _OF_THE_FILE if key in document}
    return [_point(path, document["group"], {**defaults, **entry}, lead_times) for entry in document["limits"]]


def metric_alternatives(query: str) -> tuple[tuple[str, ...], ...]:
    """Name the metrics a PromQL query reads: one set for each arm of a top-level `or`; a set is needed as a whole.

    Raises InputError for a query that is not PromQL.

    >>> metric_alternatives("a / on (x) b or rate(c[5m])")
    (('a', 'b'), ('c',))
    """
    import promql_parser

    try:
        tree: Any = promql_parser.parse(query)
    except ValueError as error:
        raise InputError(f"not PromQL: {error}") from error
    return tuple(_names(arm) for arm in _arms(tree))


def _arms(tree: Any) -> list[Any]:
    while type(tree).__name__ == "ParenExpr":
        tree = tree.expr
    if type(tree).__name__ == "BinaryExpr" and str(tree.op) == "or":
        return [*_arms(tree.lhs), *_arms(tree.rhs)]
    return [tree]


def _names(tree: Any) -> tuple[str, ...]:
    import promql_parser

    found: set[str] = set()

    def look(node: Any) -> bool:
        if type(node).__name__ == "VectorSelector" and node.name:
            found.add(node.name)
        return True

    promql_parser.walk(tree, look)
    return tuple(sorted(found))


def _point(path: str, group: str, entry: Mapping[str, Any], lead_times: Mapping[str, float]) -> SaturationPoint:
    name = str(entry.get("name", "?"))
    missing = [key for key in _REQUIRED if key not in entry]
    unknown = set(entry) - {*_REQUIRED, *_OPTIONAL, *_NATURE}
    if missing or unknown:
        fault = f"lacks {', '.join(missing)}" if missing else f"has unknown keys {', '.join(sorted(unknown))}"
        raise InputError(fault, Place(path, field=name))
    try:
        return _checked(_built(group, entry, lead_times))
    except (PlimsollError, KeyError, ValueError) as error:
        raise InputError(str(error), Place(path, field=name)) from error


def _built(group: str, entry: Mapping[str, Any], lead_times: Mapping[str, float]) -> SaturationPoint:
    unit = entry.get("unit", "ratio")
    for field in ("current", "capacity"):
        if entry.get(field):
            metric_alternatives(entry[field].replace("$window", "5m"))
    return SaturationPoint(
        name=entry["name"],
        group=group,
        title=entry["title"],
        resource=entry["resource"],
        unit=unit,
        query=entry["query"],
        current=entry.get("current", ""),
        capacity=entry.get("capacity", ""),
        alternatives=metric_alternatives(entry["query"].replace("$window", "5m")),
        labels=tuple(entry["labels"]),
        soft=_threshold(entry.get("soft"), unit),
        hard=_threshold(entry.get("hard"), unit),
        direction=Direction(entry.get("direction", Direction.HIGH_IS_BAD.value)),
        horizon_s=duration(entry["horizon"]) if "horizon" in entry else DEFAULT_HORIZON_S,
        lead_time_class=entry["lead_time"],
        lead_time_s=lead_times[entry["lead_time"]],
        self_limiting=bool(entry.get("self_limiting", False)),
        noisy=bool(entry.get("noisy", False)),
        needs=entry.get("needs", ""),
        why=entry["why"],
        remedies=tuple(entry["remedies"]),
        exporter=entry["exporter"],
        source=entry["source"],
        signals=tuple(entry.get("signals", ())),
    )


def _threshold(text: Any, unit: str) -> float | None:
    return None if text is None else quantity(text, _DIMENSIONS[unit])


def _checked(point: SaturationPoint) -> SaturationPoint:
    if point.soft is not None and point.hard is not None:
        if point.direction.sign * (point.hard - point.soft) <= 0:
            raise InputError("the soft threshold must come before the hard one")
    elif not point.needs:
        raise InputError("needs both thresholds, or `needs` to say which one the user must give")
    if not all(point.alternatives):
        raise InputError("the query reads no metric")
    return point
