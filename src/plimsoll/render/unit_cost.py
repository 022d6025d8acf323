"""How are costs by kind of request, the benefit of a cache, and the needs of growth shown?"""

from __future__ import annotations

from plimsoll.domain.estimate import Estimate
from plimsoll.domain.growth import GrowthPrediction
from plimsoll.domain.quantity import format_duration
from plimsoll.domain.unit_cost import CacheBenefit, ResourceCost, UnitCosts
from plimsoll.render.estimate import bound_notes, coverage_notes, estimate_text
from plimsoll.render.table import Table


def tables(document: UnitCosts) -> tuple[Table, ...]:
    """One row a resource and kind."""
    rows = [row for cost in document.costs for row in _rows(cost)]
    per_request = "of one request: cores per request a second are core-seconds, bytes/s per request a second are bytes"
    coverage = coverage_notes(value for cost in document.costs for value in (cost.idle, *cost.per_unit.values()))
    narrow = bound_notes(
        {f"{cost.resource} {of}": one for of, one in _estimates(cost).items()} for cost in document.costs
    )
    notes = (*document.notes, per_request, "intervals are 95 %", *narrow, *coverage)
    return (Table(("RESOURCE", "OF", "COST", "UNIT", "WHY"), tuple(rows), notes=notes),)


def _rows(cost: ResourceCost) -> list[tuple[str, ...]]:
    if not cost.per_unit and cost.idle is None:
        return [(cost.resource, "-", "cannot tell", cost.unit, cost.why)]
    explained = "" if cost.explained_ratio is None else f"explains {cost.explained_ratio:.0%} of the variation"
    rows = [
        (cost.resource, of, _number(one), cost.unit, "" if number else explained)
        for number, (of, one) in enumerate(_estimates(cost).items())
    ]
    return [*rows, *((cost.resource, of, "cannot tell", cost.unit, why) for of, why in cost.untold.items())]


def _estimates(cost: ResourceCost) -> dict[str, Estimate]:
    return {**({} if cost.idle is None else {"idle": cost.idle}), **cost.per_unit}


def cache_tables(document: CacheBenefit) -> tuple[Table, ...]:
    """One row a number."""
    rows = [
        ("latency of a miss", _seconds(document.miss_s)),
        ("latency of a hit", _seconds(document.hit_s)),
        ("benefit of a hit", _seconds(document.benefit_s)),
    ]
    if document.hit_ratio is not None and document.saved_now_s is not None:
        rows.append((f"saved at a hit ratio of {document.hit_ratio:.0%}", _seconds(document.saved_now_s)))
    coverage = coverage_notes((document.miss_s, document.hit_s, document.benefit_s, document.saved_now_s))
    return (
        Table(
            ("WHAT", "VALUE"),
            tuple(rows),
            notes=(*((document.why,) if document.why else ()), *document.notes, *coverage),
        ),
    )


def growth_tables(document: GrowthPrediction) -> tuple[Table, ...]:
    """Today's resources times their factors."""
    rows = tuple((name, f"{document.factors[name]:.3g}", f"{value:.4g}") for name, value in document.resources.items())
    verdict = "missed" if document.target_missed else "met"
    predicted = f"{document.request_rate_rps:g}/s at p95 {format_duration(document.p95_s)}"
    note = f"growth {document.growth:g}: {predicted}, target {format_duration(document.target_s)} {verdict}"
    columns = ("RESOURCE", "FACTOR", "NEEDED")
    return (Table(columns, rows, numeric=frozenset(columns[1:]), notes=(note, document.label)),)


def _number(estimate: Estimate) -> str:
    return estimate_text(estimate, "{:.4g}".format)


def _seconds(estimate: Estimate | None) -> str:
    return "cannot tell" if estimate is None else estimate_text(estimate, format_duration, format_duration)
