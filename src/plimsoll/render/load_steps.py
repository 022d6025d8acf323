"""How are the steps of a load test shown? The measurements, and the efficiency by the scalability law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from plimsoll.domain.estimate import Estimate
from plimsoll.domain.load_line import LoadTestLimits
from plimsoll.domain.quantity import format_quantity
from plimsoll.render.estimate import coverage_notes, estimate_text
from plimsoll.render.table import Table

_SHOWN = 40  # steps, as many as are readable on a terminal
_LAW = "usl"


def steps_table(document: LoadTestLimits) -> Table:
    """Show the measurements; latencies without a fitted model and columns without a value are left out."""
    steps, modeled = document.steps[:_SHOWN], {model.of for model in document.models}
    columns = {
        "LASTS": [_written(step.duration_s, "seconds") for step in steps],
        "THROUGHPUT": [_written(step.throughput, "1/s") for step in steps],
        **{
            name.upper(): [_written(step.latency_s[name], "seconds") for step in steps]
            for name in _names(step.latency_s for step in steps)
            if name in modeled
        },
        "ERRORS": [_written(step.error_ratio, "ratio") for step in steps],
        **{
            name.upper(): [_written(step.resources[name], document.resource_units.get(name, "")) for step in steps]
            for name in _names(step.resources for step in steps)
        },
        "THROUGHPUT/LATENCY": [_written(step.throughput_per_latency, "") for step in steps],
        "SET ASIDE": [", ".join(step.set_aside) or "-" for step in steps],
    }
    known = {name: cells for name, cells in columns.items() if set(cells) != {"-"}}
    return _by_load("Steps", document, known, ())


def law_table(document: LoadTestLimits) -> Table:
    """Show the efficiency of a unit of load, and where its time goes, by the scalability law."""
    steps = document.steps[:_SHOWN]
    parts = [step.overhead for step in steps]
    columns = {
        "EFFICIENCY": [_share(step.efficiency) for step in steps],
        "IDEAL": ["-" if part is None else _percent(part.ideal) for part in parts],
        "CONTENTION": [_share(None if part is None else part.contention) for part in parts],
        "COHERENCY": [_share(None if part is None else part.coherency) for part in parts],
    }
    (law,) = (model for model in document.models if (model.of, model.name) == ("throughput", _LAW))
    notes = (
        "efficiency: measured throughput / (rate x load), what a unit of load gives of what it would give alone",
        "ideal + contention + 2 x coherency: what a unit of work takes, of what it takes alone (a pair counts once)",
        *(() if law.chosen else (f"throughput is better described by another model: {law.excuse}",)),
        *coverage_notes(step.efficiency for step in steps),
    )
    return _by_load("Steps by the scalability law", document, columns, notes)


def _by_load(
    title: str, document: LoadTestLimits, columns: Mapping[str, Sequence[str]], notes: tuple[str, ...]
) -> Table:
    """Make a table of one row a step."""
    loads = [f"{step.load:g}" for step in document.steps[:_SHOWN]]
    names = ("LOAD", *columns)
    hidden = len(document.steps) - len(loads)
    more = (f"and {hidden} more; -o json lists all",) if hidden else ()
    rows = tuple(zip(loads, *columns.values(), strict=True))
    return Table(names, rows, title, frozenset(names) - {"SET ASIDE"}, (*more, *notes))


def _names(of_steps: Iterable[Mapping[str, float | None]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in of_steps for name in one))


def _written(value: float | None, unit: str) -> str:
    return "-" if value is None else format_quantity(value, unit)


def _share(estimate: Estimate | None) -> str:
    return "-" if estimate is None else estimate_text(estimate, _percent, _percent)


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"
