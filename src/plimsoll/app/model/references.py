"""Does every reference in a model file resolve, and is every name unique?

The checks run on the plain values, so they work even if other faults prevent the model from being built.
Paths are written with `*` for every item of a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plimsoll.app.model.faults import spelling_hint
from plimsoll.app.model.yaml_reader import FieldPath, Tree
from plimsoll.domain.errors import InputError

UNIQUE = (
    "components.*.name",
    "components.*.policies.*.name",
    "components.*.sizes.*.name",
    "drivers.*.name",
    "signals.*.name",
    "sources.*.name",
    "slos.*.name",
    "scenarios.*.name",
    "tiers.*.name",
    "alerts.channels.*.name",
    "recovery.classes.*.name",
)
REFERENCES = (
    ("components.*.depends_on.*", "components.*.name"),
    ("components.*.demand.driver", "drivers.*.name"),
    ("components.*.recovery_class", "recovery.classes.*.name"),
    ("components.*.executor.notify.*", "alerts.channels.*.name"),
    ("slos.*.component", "components.*.name"),
    ("slos.*.indicator.source", "sources.*.name"),
    ("drivers.*.of", "drivers.*.name"),
    ("drivers.*.signal", "signals.*.name"),
    ("scenarios.*.driver", "drivers.*.name"),
    ("events.*.driver", "drivers.*.name"),
    ("signals.*.source", "sources.*.name"),
    ("signals.*.component", "components.*.name"),
    ("limits.*.component", "components.*.name"),
    ("bands.*.component", "components.*.name"),
    ("transitions.*.from", "tiers.*.name"),
    ("transitions.*.to", "tiers.*.name"),
    ("recovery.backups.*.component", "components.*.name"),
    ("recovery.survive.*.component", "components.*.name"),
    ("alerts.rules.*.component", "components.*.name"),
    ("alerts.rules.*.to.*", "alerts.channels.*.name"),
    ("alerts.events.*.to.*", "alerts.channels.*.name"),
    ("budget.to.*", "alerts.channels.*.name"),
    ("reports.*.to.*", "alerts.channels.*.name"),
    ("scrape.jobs.*.component", "components.*.name"),
)
AFTER = "components.*.policies.*.after"  # a policy of the same component


def broken_references(tree: Tree) -> Iterator[InputError]:
    """Find duplicate names, and references to missing names."""
    for pattern in UNIQUE:
        yield from _doubles(pattern, tree)
    for pattern, target in REFERENCES:
        names = [str(name) for _, name in _found(tree.value, target.split("."))]
        for path, name in _found(tree.value, pattern.split(".")):
            if isinstance(name, str) and name not in names:
                what = target.split(".")[-3].rstrip("s")
                hint = spelling_hint(name, names) or f"; there are no {target.removesuffix('.*.name')}"
                yield InputError(f"there is no {what} {name[:60]!r}{hint}", tree.place(path))
    for path, name in _found(tree.value, AFTER.split(".")):
        policies = tree.value[path[0]][path[1]]["policies"]
        named = {place[0]: str(known) for place, known in _found(policies, ["*", "name"])}
        if isinstance(name, str) and name not in named.values():
            others = [known for place, known in named.items() if place != path[3]]
            hint = spelling_hint(name, others) or "; it has no other"
            yield InputError(f"the component has no policy {name[:60]!r}{hint}", tree.place(path))


def _doubles(pattern: str, tree: Tree) -> Iterator[InputError]:
    first: dict[tuple[FieldPath, Any], FieldPath] = {}
    for path, name in _found(tree.value, pattern.split(".")):
        if not isinstance(name, str):
            continue
        known = first.setdefault((path[:-2], name), path)
        if known != path:
            place = tree.place(known)
            yield InputError(
                f"the name {name[:60]!r} is taken; it first stands in {place.file}, line {place.line}", tree.place(path)
            )


def _found(value: Any, parts: list[str], path: FieldPath = ()) -> Iterator[tuple[FieldPath, Any]]:
    if not parts:
        yield path, value
    elif parts[0] == "*":
        for index, item in enumerate(value if isinstance(value, list) else []):
            yield from _found(item, parts[1:], (*path, index))
        if isinstance(value, str) and parts[1:] == []:
            yield path, value
    elif isinstance(value, dict) and parts[0] in value:
        yield from _found(value[parts[0]], parts[1:], (*path, parts[0]))
