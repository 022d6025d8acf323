"""OpenSLO documents as objectives of the model (https://github.com/OpenSLO/OpenSLO, apiVersion openslo/v1).

`SLO` becomes one entry of `slos` per objective, with a referenced `SLI` inlined. `DataSource`, `Service`, `AlertPolicy`
and the other kinds contain nothing that the model keeps: they are skipped with a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plimsoll.app.model.yaml_reader import FieldPath, Tree
from plimsoll.domain.errors import InputError
from plimsoll.domain.finding import Finding

_WINDOW_UNITS = {"m": "min", "h": "h", "d": "d", "w": "w"}
_SIDES = {"lt": "below", "lte": "below", "gt": "above", "gte": "above"}


def is_openslo(document: Tree) -> bool:
    """Recognize an OpenSLO document by its apiVersion."""
    return isinstance(document.value, dict) and str(document.value.get("apiVersion", "")).startswith("openslo/")


def objectives(documents: Sequence[Tree]) -> tuple[Tree, list[Finding]]:
    """Turn the OpenSLO documents of one file into a tree with a section `slos`, keeping the original places."""
    indicators = {
        _at(document.value, "metadata", "name"): document
        for document in documents
        if document.value.get("kind") == "SLI"
    }
    out = Tree(documents[0].file, value={"slos": []})
    findings: list[Finding] = []
    for document in documents:
        out.faults.extend(document.faults)
        kind = document.value.get("kind")
        if document.value.get("apiVersion") != "openslo/v1":
            version = str(document.value.get("apiVersion"))[:40]
            out.faults.append(InputError(f"{version!r} is not openslo/v1", document.place(("apiVersion",))))
        elif kind == "SLO":
            _take(document, indicators, out)
        elif kind != "SLI":
            message = f"OpenSLO kind {str(kind)[:40]} has no place in the model"
            findings.append(Finding("openslo-kind", message, "read past", (document.place(("kind",)),)))
    return out, findings


def _take(document: Tree, indicators: dict[Any, Tree], out: Tree) -> None:
    goals = _at(document.value, "spec", "objectives")
    if not isinstance(goals, list) or not goals:
        out.faults.append(InputError("an SLO needs spec.objectives", document.place(("spec",))))
        return
    for index, goal in enumerate(goals):
        spot: FieldPath = ("spec", "objectives", index)
        if not isinstance(goal, dict):
            out.faults.append(InputError("is to be a mapping", document.place(spot)))
            continue
        entry = _entry(document, goal, indicators, out)
        if len(goals) > 1:
            entry["name"] = f"{entry['name']}/{goal.get('displayName', index)}"
        position = len(out.value["slos"])
        out.value["slos"].append(entry)
        mark = document.values.get(spot)
        if mark is not None:
            out.values[("slos", position)] = mark
            out.values.update({("slos", position, key): mark for key in entry})


def _entry(document: Tree, goal: dict[str, Any], indicators: dict[Any, Tree], out: Tree) -> dict[str, Any]:
    value = document.value
    entry: dict[str, Any] = {"name": _at(value, "metadata", "name")}
    if _at(value, "spec", "service") is not None:
        entry["component"] = _at(value, "spec", "service")
    if _at(value, "spec", "description"):
        entry["description"] = _at(value, "spec", "description")
    percent = goal.get("targetPercent")
    if isinstance(percent, int | float):
        entry["target"] = f"{percent}%"
    elif "target" in goal:
        entry["target"] = goal["target"]
    windows = _at(value, "spec", "timeWindow")
    if isinstance(windows, list) and windows and isinstance(windows[0], dict):
        entry["window"] = _duration(windows[0].get("duration"))
        entry["rolling"] = bool(windows[0].get("isRolling", True))
    method = _at(value, "spec", "budgetingMethod")
    if method is not None:
        entry["budgeting"] = str(method).lower()
    indicator = _indicator(document, goal, indicators, out)
    return {**entry, "indicator": indicator} if indicator else entry


def _indicator(document: Tree, goal: dict[str, Any], indicators: dict[Any, Tree], out: Tree) -> dict[str, Any]:
    spec = _at(document.value, "spec", "indicator", "spec")
    reference = _at(document.value, "spec", "indicatorRef")
    if reference is not None:
        if reference not in indicators:
            message = f"no SLI {str(reference)[:60]!r} in this file"
            out.faults.append(InputError(message, document.place(("spec", "indicatorRef"))))
            return {}
        spec = indicators[reference].value.get("spec")
    result: dict[str, Any] = {}
    for part in ("good", "bad", "total"):
        query = _query(_at(spec, "ratioMetric", part))
        if query:
            result[part] = query
    query = _query(_at(spec, "thresholdMetric"))
    if query:
        result |= {"value": query, "threshold": goal.get("value"), "side": _SIDES.get(str(goal.get("op")), "below")}
    return {key: item for key, item in result.items() if item is not None}


def _query(metric: Any) -> str | None:
    spec = _at(metric, "metricSource", "spec")
    query = spec.get("query") or spec.get("promql") if isinstance(spec, dict) else None
    return query if isinstance(query, str) else None


def _duration(text: Any) -> Any:
    """Write an OpenSLO duration (`5m`, `4w`, `1M`, `1Q`, `1Y`) as ours; a month is 30 days, a quarter 90."""
    if not isinstance(text, str) or not text[:-1].isdigit():
        return text
    number, unit = int(text[:-1]), text[-1]
    days = {"M": 30, "Q": 90, "Y": 365}.get(unit)
    return f"{number * days}d" if days else f"{number}{_WINDOW_UNITS.get(unit, unit)}"


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
