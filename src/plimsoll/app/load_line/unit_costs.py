"""What does a request of each kind cost, what does a cache save, and what does growth need?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.growth import GrowthRules, predict_growth
from plimsoll.capacity.unit_cost import IDLE, cache_benefit, resource_cost
from plimsoll.domain.errors import InputError, UsageError
from plimsoll.domain.growth import GrowthPrediction
from plimsoll.domain.load_test import Column
from plimsoll.domain.quantity import PAST_MEASURE, Dimension, quantity
from plimsoll.domain.unit_cost import CacheBenefit, UnitCosts

_UNITS = {"cpu": "cores", "memory": "bytes", "network": "bytes/s", "disk": "bytes"}


@dataclass(frozen=True, eq=False)
class Used:
    """The use of each resource over time; its unit, where it is not the usual one; what was assumed."""

    values: Mapping[str, Column]
    units: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def in_cores(used: Used, cores: float | None) -> Used:
    """Turn a share of the CPU into cores, given `cores`; without them one core is assumed, with a note.

    Raises UsageError where cores are given although CPU is already measured in cores, or not measured.
    """
    if cores is not None and ("cpu" not in used.values or used.units.get("cpu") == "count"):
        why = "cpu is in cores already" if "cpu" in used.values else "no cpu is among --resources"
        raise UsageError(f"--cores is for a cpu that is a share of them: {why}")
    units = {name: unit for name, unit in used.units.items() if name != "cpu"}
    values = dict(used.values)
    if cores is not None:
        values["cpu"] = values["cpu"] * cores
    is_share = cores is None and used.units.get("cpu") == "ratio"
    notes = ("cpu is a share, taken as that of one core (--cores says of how many)",) if is_share else ()
    return Used(values, units, (*used.notes, *notes))


def unit_costs(source: str, used: Used, kinds: Mapping[str, Column], seed: int) -> UnitCosts:
    """Regress each resource on the rates of all kinds.

    Raises UsageError for a kind with a name that is taken, InputError for rates and amounts that cannot be.
    """
    if IDLE in kinds:
        raise UsageError(f"no kind can be called {IDLE}: that is what is used when nothing is asked")
    for name, column in (*kinds.items(), *used.values.items()):
        _possible(source, name, column)
    normals, units = normals_of(seed), {**_UNITS, **used.units}
    costs = (resource_cost(name, units.get(name, ""), one, kinds, normals) for name, one in used.values.items())
    return UnitCosts(source, tuple(costs), used.notes)


def cache(source: str, columns: Mapping[str, Column], notes: tuple[str, ...], seed: int) -> CacheBenefit:
    """Estimate what each hit of a cache saves, from the columns hit_ratio and latency; `notes` say what was assumed.

    Raises InputError for ratios outside 0 to 1 and impossible latencies.
    """
    hit_ratio, latency_s = columns["hit_ratio"], columns["latency"]
    if np.any((hit_ratio < 0) | (hit_ratio > 1)):
        raise InputError(f"{source}: a hit ratio lies outside 0 to 1: write hit_ratio=COLUMN:% where it is in percent")
    _possible(source, "latency", latency_s)
    if np.any(latency_s == 0):
        raise InputError(f"{source}: latency is 0 in a row: no request takes zero time (a rounded unit?)")
    return replace(cache_benefit(source, hit_ratio, latency_s, normals_of(seed)), notes=notes)


def _possible(source: str, name: str, column: Column) -> None:
    if np.any(column < 0):
        raise InputError(f"{source}: {name} lies below zero ({np.nanmin(column):g}): there is no such rate or amount")
    if np.any(column > PAST_MEASURE):
        raise InputError(f"{source}: {name} is {np.nanmax(column):g}: there is no such rate or amount")


def growth(
    factor: float | None, request_rate_rps: float, p95_s: float, target_s: float | None, knowledge: Mapping[str, Any]
) -> GrowthPrediction:
    """Predict the needs of a growth factor by the shipped rules; raises UsageError for an invalid factor."""
    times = float(knowledge["default_growth"]) if factor is None else factor
    target = quantity(knowledge["target_p95"], Dimension.TIME) if target_s is None else target_s
    for name, value in (
        ("--factor", times),
        ("--request-rate", request_rate_rps),
        ("--p95", p95_s),
        ("--target", target),
    ):
        if not 0 < value < 1e12:
            raise UsageError(f"{name} must be above zero" if not value > 0 else f"{name} is {value:g}: that is none")
    rules = GrowthRules(
        float(knowledge["memory_of_cores"]), float(knowledge["database_extra"]), dict(knowledge["base"])
    )
    needs = predict_growth(times, request_rate_rps, p95_s, target, rules)
    today = ", ".join(f"{amount:g} {name}" for name, amount in rules.base.items())
    return replace(needs, label=f"{needs.label}; needed: of the guide's {today} (a model tells your own)")
