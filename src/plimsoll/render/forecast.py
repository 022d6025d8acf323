"""How is a forecast shown? How far to trust each series, then its quantiles over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from plimsoll.domain.forecast import Accuracy, ForecastReport, ForecastRow, ForecastState, SeriesForecast
from plimsoll.domain.quantity import format_quantity
from plimsoll.render.table import Table

METHODS_SHOWN, ROWS_SHOWN = 2, 24
_SUMMARY = ("SERIES", "GRADE", "MASE", "NAIVE", "SKILL", "IN 80 %", "WINDOWS", "METHODS", "WHY")


def tables(document: ForecastReport) -> tuple[Table, ...]:
    """The accuracy of every series, then a table of quantiles for each, thinned to some rows."""
    return (_summary(document), *(_quantiles(item) for item in document.forecasts if item.rows))


def plain_tables(document: ForecastReport) -> tuple[Table, ...]:
    """The accuracy of every series, then every step of all in one table, whose rows name their series."""
    answered = [item for item in document.forecasts if item.rows]
    if not answered:
        return (_summary(document),)
    rows = tuple((cells[0], item.series, *cells[1:]) for item in answered for cells in _steps(item, item.rows))
    return (_summary(document), Table(("TIME", "SERIES", *answered[0].rows[0].quantiles), rows))


def _summary(document: ForecastReport) -> Table:
    return Table(
        _SUMMARY,
        tuple(_summary_cells(item) for item in document.forecasts),
        numeric=frozenset({"MASE", "NAIVE", "SKILL", "IN 80 %", "WINDOWS"}),
        notes=(_legend(document), *document.notes),
    )


def _legend(document: ForecastReport) -> str:
    source = f"{document.source}, scenario {document.scenario}" if document.scenario else document.source
    return f"{source}; MASE and NAIVE: error of the forecast and of seasonal naive in the backtest on the series itself"


def _summary_cells(item: SeriesForecast) -> tuple[str, ...]:
    methods = "; ".join(f"{part.method} {part.weight:.0%}" for part in item.methods[:METHODS_SHOWN])
    why = item.why
    if item.state is not ForecastState.OK:
        why = f"{item.state.value.replace('_', ' ')}: {why}"
    if item.ready_at:
        why = f"{why}; ready on {_moment(item.ready_at)}"
    return (item.series, item.grade.value, *_measured(item.accuracy), methods, why)


def _measured(accuracy: Accuracy | None) -> tuple[str, str, str, str, str]:
    if accuracy is None:
        return "-", "-", "-", "-", "0"
    inside = f"{accuracy.coverage80:.0%}" if accuracy.coverage80 == accuracy.coverage80 else "-"
    return f"{accuracy.mase:.3f}", f"{accuracy.naive_mase:.3f}", f"{accuracy.skill:.0%}", inside, str(accuracy.windows)


def _quantiles(item: SeriesForecast) -> Table:
    every = -(-len(item.rows) // ROWS_SHOWN)
    names = tuple(item.rows[0].quantiles)
    rows = _steps(item, item.rows[every - 1 :: every])
    notes = (f"every {every} steps; -o json has all {len(item.rows)}",) if every > 1 else ()
    return Table(("TIME", *names), rows, title=item.series, numeric=frozenset(names), notes=notes)


def _steps(item: SeriesForecast, rows: Sequence[ForecastRow]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (_moment(row.time), *(format_quantity(value, item.unit) for value in row.quantiles.values())) for row in rows
    )


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}Z".replace(":00Z", "Z")
