"""Which column of the steps matches a name: a latency statistic, errors, a resource, throughput?"""

from __future__ import annotations

import numpy as np

from plimsoll.capacity.model import Kind, Quantity, Values
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.objective import Objective

UNNAMED = "latency"  # a latency column whose statistic the file does not name
THROUGHPUT = "throughput"
_EXAMPLES = {"ratio": "80%", "bytes": "4Gi", "bytes/s": "50MB/s"}
_ORDER_OF_TRUST = ("p95", UNNAMED, "p99", "p90", "mean", "p50")


def column_of(steps: Steps, objective: Objective) -> tuple[Quantity, Values] | str:
    """Find the quantity that an objective bounds, with its values (n,); or say what the file lacks."""
    if objective.kind == "latency":
        return _latency(steps, objective)
    if objective.kind == "errors":
        if steps.error_ratio is None:
            return "the file has no errors"
        return Quantity("errors", Kind.ERRORS, steps.load_unit, unit="ratio"), steps.error_ratio
    values = steps.resources.get(objective.name)
    if values is None and objective.name == THROUGHPUT:
        return "the load line itself is stated in throughput: bound a latency, errors or a resource"
    if values is None:
        has = ", ".join(sorted(steps.resources)) or "no resources at all"
        return f"the file has no {objective.name} (it has {has})"
    unit = steps.resource_units.get(objective.name, "")
    in_cores = unit == "count" and objective.unit == "ratio" and not objective.text.endswith("%")  # cpu<0.5
    if unit != objective.unit and not in_cores:
        example = _EXAMPLES.get(unit, "0.5" if objective.name == "cpu" else "500")
        kind, like = unit or "a plain number", f"{objective.name}{objective.relation}{example}"
        return f"{objective.name} is measured as {kind}, the objective is in {objective.unit}; write it like {like}"
    return Quantity(objective.name, Kind.RESOURCE, steps.load_unit, unit=unit), values


def is_measured(steps: Steps, objective: Objective) -> bool:
    """Whether anything was measured that the objective could bound, in whatever unit."""
    return objective.name in (*steps.resources, THROUGHPUT) or not isinstance(column_of(steps, objective), str)


def quantities(steps: Steps) -> list[tuple[Quantity, Values]]:
    """List everything that was measured over load."""
    listed: list[tuple[Quantity, Values]] = []
    if steps.throughput is not None and steps.load_unit is LoadUnit.USERS:
        # Throughput at zero load is zero for any curve: a step without noise that would test neither curve nor noise.
        of_someone = np.where(steps.load > 0, steps.throughput, np.nan)
        listed.append((Quantity(THROUGHPUT, Kind.THROUGHPUT, steps.load_unit, unit="1/s"), of_someone))
    for name, values in steps.latency_s.items():
        listed.append((_latency_quantity(name, steps), values))
    if steps.error_ratio is not None and np.nanmax(steps.error_ratio, initial=0.0) > 0:
        listed.append((Quantity("errors", Kind.ERRORS, steps.load_unit, unit="ratio"), steps.error_ratio))
    for name, values in steps.resources.items():
        unit = steps.resource_units.get(name, "")
        listed.append((Quantity(name, Kind.RESOURCE, steps.load_unit, unit=unit), values))
    return listed


def any_latency(steps: Steps) -> tuple[str, Values] | None:
    """Pick the latency for rules that name no statistic: p95 where there is one."""
    for name in (*_ORDER_OF_TRUST, *steps.latency_s):
        if name in steps.latency_s:
            return name, steps.latency_s[name]
    return None


def _latency(steps: Steps, objective: Objective) -> tuple[Quantity, Values] | str:
    if objective.name in steps.latency_s:
        return _latency_quantity(objective.name, steps), steps.latency_s[objective.name]
    if UNNAMED in steps.latency_s:
        quantity = Quantity(objective.name, Kind.LATENCY, steps.load_unit, objective.quantile, "seconds")
        return quantity, steps.latency_s[UNNAMED]
    if objective.name == UNNAMED and (found := any_latency(steps)) is not None:
        return _latency_quantity(found[0], steps), found[1]
    has = ", ".join(steps.latency_s) or "no latency at all"
    why = steps.absent.get(objective.name)
    return f"no {objective.name}: {why}" if why else f"the file has no {objective.name} (it has {has})"


def _latency_quantity(name: str, steps: Steps) -> Quantity:
    quantile = round(float(name[1:]) / 100, 9) if name[:1] == "p" and name[1:2].isdigit() else None
    return Quantity(name, Kind.LATENCY, steps.load_unit, quantile, "seconds")
