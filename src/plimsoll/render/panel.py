"""How is a run over a fleet shown? Series by state, and the series behind their intervals."""

from __future__ import annotations

from plimsoll.domain.panel import PanelRun
from plimsoll.render.table import Table


def tables(document: PanelRun) -> tuple[Table, ...]:
    """Lay out a run over a fleet."""
    rows = tuple((state, str(count)) for state, count in sorted(document.states.items()))
    pools = "; ".join(f"{count} of {name}" for name, count in document.pools.items()) or "the shipped prior alone"
    notes = (f"{document.series} series; intervals measured on: {pools}",)
    return (Table(("STATE", "SERIES"), rows, numeric=frozenset({"SERIES"}), notes=notes),)
