"""How are the limits of a model's components shown?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plimsoll.domain.model_limits import ComponentLimits, Consumed, ModelLimits, Packing, Sizing, Stated
from plimsoll.domain.quantity import format_quantity
from plimsoll.domain.table import Table
from plimsoll.render import load_line as load_line_form
from plimsoll.render import unit_cost as unit_cost_form
from plimsoll.render.estimate import curve_notes, estimate_text


def tables(document: ModelLimits) -> tuple[Table, ...]:
    """Lay out each component's answers as tables, including its load test."""
    return tuple(table for item in document.components for table in _component(item))


def _component(item: ComponentLimits) -> Iterator[Table]:
    if item.stated is not None:
        yield _stated(item.component, item.stated)
    if item.packing:
        yield _packing(item.component, item.packing)
    if item.consumption:
        yield _consumption(item.component, item.consumption)
    if item.sizing is not None:
        yield _sizing(item.component, item.sizing)
    for growth in item.growth:
        for table in unit_cost_form.growth_tables(growth):
            yield Table(table.columns, table.rows, f"{item.component}: growth", table.numeric, table.notes)
    if item.load_test is not None:
        for table in load_line_form.tables(item.load_test):
            title = f"{item.component}: {table.title}" if table.title else item.component
            yield Table(table.columns, table.rows, title, table.numeric, table.notes)


def _stated(name: str, stated: Stated) -> Table:
    words = (
        ("one replica carries", stated.per_replica),
        ("the whole is designed for", stated.designed_for),
        ("one replica takes at once", stated.concurrency),
    )
    rows = tuple((word, f"{value:g}") for word, value in words if value is not None)
    notes = (f"source: {stated.source}",) if stated.source else ()
    return Table(("WHAT", "VALUE"), rows, f"{name}: stated", frozenset({"VALUE"}), notes)


def _packing(name: str, packing: Sequence[Packing]) -> Table:
    rows = tuple(
        (one.unit, fit.resource, f"{fit.units:.4g}", fit.source, "yes" if fit.resource == one.binding else "")
        for one in packing
        for fit in one.fits
    )
    columns = ("UNIT", "RESOURCE", "FIT", "RECKONED FROM", "BINDING")
    notes = tuple(
        f"{one.unit}: {one.units:.4g} by {one.binding}; {one.practical_units:.4g} of them used before acting"
        for one in packing
    )
    return Table(columns, rows, f"{name}: what fits on one replica", frozenset({"FIT"}), notes)


def _consumption(name: str, consumption: Sequence[Consumed]) -> Table:
    rows = tuple(
        (
            one.of,
            one.by,
            one.model,
            _percent(one.error),
            "; ".join(f"{parameter} {estimate_text(value)}" for parameter, value in one.parameters.items()),
            "" if one.best == one.model else f"{one.best} predicts held-out samples better: {_percent(one.best_error)}",
        )
        for one in consumption
    )
    columns = ("OF", "BY", "MODEL", "ERROR", "PARAMETERS", "BETTER")
    notes = tuple(note for one in consumption for note in curve_notes(f"{one.of}, {one.model}", one.parameters))
    return Table(columns, rows, f"{name}: what load takes", frozenset({"ERROR"}), notes)


def _sizing(name: str, sizing: Sizing) -> Table:
    rows = tuple(
        (
            one.of,
            f"{one.at_load:g}",
            format_quantity(one.predicted, one.unit),
            format_quantity(one.target, one.unit),
            "met" if one.met else "missed",
        )
        for one in sizing.sized
    )
    notes = (f"cores times {sizing.cores_factor:.3g}: {sizing.why}", *sizing.beyond_samples)
    columns = ("OF", "AT LOAD", "PREDICTED", "TARGET", "VERDICT")
    return Table(columns, rows, f"{name}: sized to", frozenset(columns[1:4]), notes)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
