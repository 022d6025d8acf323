"""How is memory kept? As plain lists and numbers that survive JSON, so that a restart changes nothing.

Each array is stored under its name, each of its columns as a list; NaN is null. `grown` gives rings room for one more
step, because who steps outside a replay may do so more often than the policy states.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from plimsoll.domain.errors import InputError
from plimsoll.policy.kernel import layout

Columns = dict[str, list[float | None]]
_BY_RULE = ("runs", "acted_s")


@dataclass(frozen=True)
class Kept:
    """The memory of a policy between two steps: `arrays` by name, each by column; empty before the first step.

    `rules` are the rules it was stored for: if they have changed since, the state of each rule starts anew, while
    cooldowns, rates and windows persist.
    """

    policy: str
    rules: tuple[str, ...] = ()
    arrays: dict[str, Columns] = field(default_factory=dict)


def kept(policy: str, rules: tuple[str, ...], memory: layout.Memory) -> Kept:
    """Write memory down as plain data."""
    return Kept(policy, rules, {name: _columns(array) for name, array in zip(memory._fields, memory, strict=True)})


def restored(saved: Kept, rules: tuple[str, ...], empty: layout.Memory) -> layout.Memory:
    """Read memory back; `empty` gives the shapes.

    Raises InputError for data that `kept` did not write.
    """
    if not saved.arrays:
        return empty
    found: dict[str, Any] = {}
    try:
        for name, like in zip(empty._fields, empty, strict=True):
            stays = like.size == 0 or (name in _BY_RULE and saved.rules != rules)
            found[name] = like.copy() if stays else _array(saved.arrays[name], like)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"the memory of policy {saved.policy} cannot be read: {error!r}") from error
    if found["hits"].size != empty.hits.size:
        found["hits"] = empty.hits
        for column in ("hit_head", "hit_size", "hit_sum"):
            found["clock"][column] = 0
    return layout.Memory(**found)


def grown(memory: layout.Memory) -> layout.Memory:
    """Give every ring room for at least one more sample."""
    clock = memory.clock
    rings = {}
    for name, which in (("ups", "up"), ("downs", "down"), ("loads", "load"), ("events", "event")):
        ring, head, size = getattr(memory, name), int(clock[f"{which}_head"]), int(clock[f"{which}_size"])
        if size >= ring.size:
            rings[name] = np.concatenate([np.roll(ring, -head), np.zeros(ring.size, layout.RING)])
            clock[f"{which}_head"] = 0
    return memory._replace(**rings)


def _columns(rows: Any) -> Columns:
    array = np.atleast_1d(rows)
    if array.dtype.names is None:
        return {"": [_plain(value) for value in array.tolist()]}
    return {name: [_plain(value) for value in array[name].tolist()] for name in array.dtype.names}


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


def _array(columns: Columns, like: Any) -> Any:
    numbers = {key: [math.nan if value is None else value for value in column] for key, column in columns.items()}
    if like.dtype.names is None:
        return np.array(numbers[""], dtype=like.dtype)
    array = np.zeros(len(numbers[like.dtype.names[0]]), like.dtype)
    for key in like.dtype.names:
        array[key] = numbers[key]
    return array if like.ndim else array[0]
