"""What does a scaling policy of Nomad say, as `nomad scaling policy info -json ID` prints it?

Its `Policy` is the `policy` block of the job's `scaling` block: blocks of HCL become lists of one mapping. Source:
nomad-autoscaler, "Scaling policies". Nomad's own metrics are in percent of the allocation; here they are ratios.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from plimsoll.app.manifests.fields import Fields
from plimsoll.app.manifests.spelling import plain_number
from plimsoll.domain.errors import InputError
from plimsoll.domain.finding import Finding
from plimsoll.domain.imported import ImportedPolicy
from plimsoll.domain.quantity import duration

_OWN = re.compile(r"^(?:avg|max|min|sum)_(cpu|memory)(?:-allocated)?$")
_SPANS = (
    ("cooldown", "cooldown"),
    ("cooldown_on_scale_up", "cooldown_on_scale_up"),
    ("every", "evaluation_interval"),
)
_WHOLE = ("max_scale_up", "max_scale_down", "delta", "value", "within_bounds_trigger")


def is_nomad(value: dict[str, Any]) -> bool:
    """Tell whether a document is a scaling policy of Nomad."""
    return isinstance(value.get("Policy"), dict) and "Target" in value and "Max" in value


def nomad_policy(document: Fields) -> tuple[ImportedPolicy, tuple[Finding, ...]]:
    """Read a scaling policy. Raises InputError at the field that is wrong."""
    rules, target = document.child("Policy"), document.child("Target")
    checks, findings = [], []
    for name, check in _named(rules, "check"):
        one, found = _check(name, check)
        checks.append(one)
        findings += found
    if not checks:
        raise document.error("holds no check", "Policy")
    form: dict[str, Any] = {"checks": checks, "min": document.whole("Min"), "max": document.whole("Max")}
    for key, field in _SPANS:
        if rules.value.get(field) is not None:
            form[key] = _time(rules, field)
    if rules.value.get("on_check_error") is not None:
        form["on_error"] = rules.text("on_check_error")
    words = [target.text(key, "") for key in ("Job", "Group")]
    name = "-".join(word for word in words if word) or document.text("ID")
    policy = {"name": name, "nomad": form}
    file = {"apiVersion": "plimsoll/v1", "kind": "Policy", "policy": policy}
    return ImportedPolicy(name, f"nomad-autoscaler {document.text('ID')}", file), tuple(findings)


def _check(name: str, check: Fields) -> tuple[dict[str, Any], list[Finding]]:
    query, findings = check.text("query", name), []
    own = _OWN.match(query)
    signal = own.group(1) if own else name
    if not own:
        message = f"check {name} queries {query!r}, which is read as the signal {signal}"
        findings.append(Finding("query-as-signal", message, "name a column or a derived signal so", (check.place(),)))
    strategies = list(_named(check, "strategy"))
    if len(strategies) != 1 or strategies[0][0] not in ("target-value", "threshold"):
        raise check.error("is to hold one strategy, target-value or threshold", "strategy")
    kind, how = strategies[0]
    form: dict[str, Any] = {"name": name, "signal": signal}
    form[kind.replace("-", "_")] = _strategy(how, percent=own is not None)
    if check.value.get("group"):
        form["group"] = check.text("group")
    if check.value.get("query_window") is not None:
        form["window"] = _time(check, "query_window")
    if check.value.get("on_error"):
        form["on_error"] = check.text("on_error")
    return form, findings


def _strategy(how: Fields, *, percent: bool) -> dict[str, Any]:
    measured = ("target", "lower_bound", "upper_bound") if percent else ()
    words = {"lower_bound": "lower", "upper_bound": "upper"}
    form: dict[str, Any] = {}
    for field in how.value:
        number = how.number(field)
        if field in _WHOLE:
            form[field] = int(number)
        else:
            form[words.get(field, field)] = plain_number(number / 100.0 if field in measured else number)
    return form


def _named(source: Fields, name: str) -> Iterator[tuple[str, Fields]]:
    """Iterate over labeled blocks: [{label: [{...}]}], or {label: {...}}."""
    value = source.value.get(name) or []
    blocks = list(source.children(name)) if isinstance(value, list) else [source.child(name)]
    for block in blocks:
        for label, inner in block.value.items():
            if isinstance(inner, dict):
                yield label, block.child(label)
            else:
                yield from ((label, one) for one in block.children(label))


def _time(source: Fields, name: str) -> str:
    """Read a duration, which the API also writes as whole nanoseconds."""
    found = source.value[name]
    try:
        return f"{found / 1e9:g}s" if isinstance(found, int) else f"{duration(source.text(name)):g}s"
    except InputError as error:
        raise source.error(error.message, name) from error
