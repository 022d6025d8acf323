"""How are the limits of a load test shown? The load line first, then its basis, then every model with its excuse."""

from __future__ import annotations

from collections.abc import Mapping

from plimsoll.domain.estimate import Estimate
from plimsoll.domain.load_line import LoadTestLimits, ModelFit, ObjectiveLimit, PeakState, error_text
from plimsoll.domain.quantity import format_duration
from plimsoll.render.estimate import bound_notes, coverage_notes, curve_notes, estimate_text
from plimsoll.render.load_steps import law_table, steps_table
from plimsoll.render.table import Table

_VERDICTS = {
    "identified": "",
    "beyond_tested": "past the tested loads",
    "never_met": "never met",
    "cannot_tell": "cannot tell",
}


def tables(document: LoadTestLimits) -> tuple[Table, ...]:
    """The answer, the objectives, the thresholds, the steps, the scalability law, the models."""
    objectives = (_objectives(document.objectives),) if document.objectives else ()
    law = (law_table(document),) if any(step.efficiency is not None for step in document.steps) else ()
    return _answer(document), *objectives, _thresholds(document), steps_table(document), *law, _models(document)


def _answer(document: LoadTestLimits) -> Table:
    unit = document.tested.load_unit
    rows = [*_line_rows(document, unit), _peak_row(document, unit)]
    ceiling = document.ceiling
    rows.append(("ceiling", _with_unit(ceiling.throughput, "/s") if ceiling.throughput else "-", ceiling.why))
    tested = f"{document.tested.low:g} to {document.tested.high:g} {unit}"
    rows.append(("tested", tested, f"{document.tested.steps} steps"))
    if document.next_test is not None:
        loads = ", ".join(f"{load:g}" for load in document.next_test.loads)
        step = format_duration(document.next_test.step_s)
        rows.append(("test next", f"{loads} {unit}, {step} each", document.next_test.why))
    noise = (f"noise: {document.noise}",) if document.noise else ()
    notes = (*coverage_notes(_shown(document)), *document.tested.notes, *noise)
    return Table(("WHAT", "VALUE", "WHY"), tuple(rows), title="Load line", notes=notes)


def _shown(document: LoadTestLimits) -> tuple[Estimate | None, ...]:
    """Gather the estimates of the first table."""
    line, peak = document.load_line, document.peak
    return (
        *((line.load, line.throughput) if line is not None else ()),
        *((peak.load, peak.throughput) if peak.state is PeakState.IDENTIFIED else ()),
        document.ceiling.throughput,
    )


def _line_rows(document: LoadTestLimits, unit: str) -> list[tuple[str, str, str]]:
    line = document.load_line
    if line is None:
        return [("load line", "none", document.load_line_reason)]
    shown = f"past {line.at_least:g} {unit}" if line.load is None else _with_unit(line.load, f" {unit}")
    rows = [("load line", shown, line.why)]
    if line.throughput is not None:
        rows.append(("throughput there", _with_unit(line.throughput, "/s"), ""))
    if line.safe_load is not None:
        why = f"every objective holds with probability {line.safety_probability:g}"
        rows.append(("safe load", f"{line.safe_load:.4g} {unit}", why))
    return rows


def _peak_row(document: LoadTestLimits, unit: str) -> tuple[str, str, str]:
    peak = document.peak
    if peak.state is not PeakState.IDENTIFIED:
        return ("peak", peak.state.value.replace("_", " "), peak.why)
    return ("peak", f"{_with_unit(peak.load, f' {unit}')}; {_with_unit(peak.throughput, '/s')}", peak.why)


def _objectives(limits: tuple[ObjectiveLimit, ...]) -> Table:
    rows = tuple(
        (
            limit.objective,
            _number(limit.load) if limit.load is not None else _VERDICTS[limit.state],
            limit.model or "-",
            limit.why,
        )
        for limit in limits
    )
    notes = coverage_notes(limit.load for limit in limits)
    return Table(("OBJECTIVE", "UP TO LOAD", "MODEL", "WHY"), rows, title="What binds", notes=notes)


def _thresholds(document: LoadTestLimits) -> Table:
    marks = document.thresholds
    names = ("optimal", "warning", "critical", "maximum", "scale_out", "scale_in", "emergency")
    row = tuple("-" if (value := getattr(marks, name)) is None else f"{value:g}" for name in names)
    notes = tuple(
        f"{plan.load:g} takes {plan.needed} replicas, {plan.with_buffer} with buffer" for plan in document.instances
    )
    columns = tuple(name.upper().replace("_", " ") for name in names)
    return Table(
        columns, (row,), title=f"Thresholds by the rules '{document.rules}'", numeric=frozenset(columns), notes=notes
    )


def _models(document: LoadTestLimits) -> Table:
    tried = [model for model in document.models if model.error is not None or model.parameters]
    rows = tuple(_model_row(model) for model in sorted(tried, key=_order))
    note = "error: root mean square on steps left out in turn, as a ratio of the mean; intervals are 95 %"
    marked = [
        note
        for model in sorted(tried, key=_order)
        for note in curve_notes(f"{model.of}, {model.name}", model.parameters)
    ]
    narrow = bound_notes(
        {f"{model.of}, {model.name}, {name}": one for name, one in model.parameters.items()} for model in tried
    )
    columns = ("OF", "MODEL", "CHOSEN", "ERROR", "PARAMETERS", "EXCUSE")
    return Table(columns, rows, title="Models", numeric=frozenset({"ERROR"}), notes=(note, *narrow, *marked))


def _order(model: ModelFit) -> tuple[str, bool, float]:
    return model.of, not model.chosen, model.error if model.error is not None else float("inf")


def _model_row(model: ModelFit) -> tuple[str, ...]:
    return (
        model.of,
        model.name,
        "yes" if model.chosen else "",
        error_text(model.error),
        _parameters(model.parameters),
        model.excuse,
    )


def _parameters(parameters: Mapping[str, Estimate]) -> str:
    return "; ".join(f"{name} {_number(value)}" for name, value in parameters.items())


def _with_unit(estimate: Estimate | None, unit: str) -> str:
    return "-" if estimate is None else f"{_number(estimate)}{unit}"


def _number(estimate: Estimate | None) -> str:
    return "-" if estimate is None else estimate_text(estimate)
