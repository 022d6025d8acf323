"""An assessment and the rhythms of a workload, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.domain.assessment import Assessment, Bottleneck, Condition, Standing, Term, resource_label
from plimsoll.domain.pattern import Pattern, Patterns, PatternState
from plimsoll.domain.quantity import format_duration, format_quantity, some_of
from plimsoll.domain.table import Table

_NONE = "-"
_TERMS = {Term.IMMEDIATE: "Now", Term.SHORT_TERM: "Soon", Term.LONG_TERM: "Later"}


def tables(assessment: Assessment) -> tuple[Table, ...]:
    """Set an assessment as tables: every resource, the bottlenecks, what to do."""
    when = f"{assessment.as_of:%Y-%m-%d %H:%M} UTC"
    found = [_standings(assessment, when)]
    if assessment.bottlenecks:
        found.append(_bottlenecks(assessment))
    if assessment.conditions:
        found.append(_conditions(assessment))
    if assessment.actions:
        found.append(_actions(assessment))
    return tuple(found)


def pattern_tables(patterns: Patterns) -> tuple[Table, ...]:
    """Set the rhythms of several series as tables: one line each, then what to size for."""
    answered = [pattern for pattern in patterns.patterns if pattern.state is PatternState.OK]
    columns = ("SERIES", "PEAK HOUR", "QUIET HOUR", "PEAK DAY", "PEAK/MEAN", "PEAK/QUIET", "WEEKDAY", "WEEKEND", "WHY")
    rows = tuple(_pattern_row(pattern) for pattern in patterns.patterns)
    numeric = frozenset({"PEAK/MEAN", "PEAK/QUIET", "WEEKDAY", "WEEKEND"})
    sizes = tuple(
        (pattern.series, size.name, format_quantity(size.value, pattern.unit), size.good_for)
        for pattern in answered
        for size in pattern.scenarios
    )
    found = [Table(columns, rows, "Rhythm", numeric, patterns.notes)]
    if answered:
        of_sizes = ("SERIES", "SIZE FOR", "VALUE", "GOOD FOR")
        found.append(Table(of_sizes, sizes, "What to size for", frozenset({"VALUE"}), _advice(answered)))
    if any(pattern.trends for pattern in patterns.patterns):
        found.append(_trends(patterns))
    return tuple(found)


def _advice(patterns: Sequence[Pattern]) -> tuple[str, ...]:
    """The advice, each piece once for all its series; the series are named unless it applies to all."""
    series: dict[str, list[str]] = {}
    for pattern in patterns:
        series.setdefault("; ".join(pattern.recommendations), []).append(pattern.series)
    if len(series) == 1:
        return tuple(series)
    return tuple(f"{some_of(names)}: {advice}" for advice, names in series.items())


def _trends(patterns: Patterns) -> Table:
    """Plain trends: the current value of the line, its growth over each span, and the variance it explains."""
    every = [(pattern, trend) for pattern in patterns.patterns for trend in pattern.trends]
    spans = tuple(dict.fromkeys(span for _, trend in every for span in trend.growth))
    fit = ("R2",) if any(trend.r_squared is not None for _, trend in every) else ()
    columns = ("SERIES", "TREND", "STANDS AT", *(f"A {span.upper()}" for span in spans), *fit, "OF")
    rows = tuple(
        (
            pattern.series,
            trend.model,
            format_quantity(trend.last, pattern.unit),
            *(_quantity(trend.growth.get(span), pattern.unit) for span in spans),
            *(_number(trend.r_squared) for _ in fit),
            f"{trend.samples} samples over {trend.span_days:.3g} d",
        )
        for pattern, trend in every
    )
    note = "plain lines through the past, as a spreadsheet draws them; plimsoll forecast measures its own error"
    return Table(columns, rows, "Growth", frozenset(columns[2:-1]), (note,))


def _standings(assessment: Assessment, when: str) -> Table:
    return Table(
        ("RESOURCE", "NOW", "BAND", "LIMIT", "USED", "OF PRACTICAL", "HEADROOM", "VERDICT", "WHY"),
        tuple(_standing_row(item) for item in assessment.standings),
        f"Where {assessment.system} stands, {when}",
        frozenset({"NOW", "LIMIT", "USED", "OF PRACTICAL", "HEADROOM"}),
        (_priority(assessment), *(f"Good: {line}." for line in assessment.good), *assessment.notes),
    )


def _conditions(assessment: Assessment) -> Table:
    rows = tuple(
        (
            item.name,
            item.subject,
            _bound(item),
            format_duration(item.for_s) if item.for_s else "-",
            item.severity,
            item.holds.value,
            item.why,
        )
        for item in assessment.conditions
    )
    columns = ("ALERT", "OF", "WHEN", "FOR", "SEVERITY", "HOLDS", "WHY")
    return Table(columns, rows, "Alert rules, over the whole of their time", frozenset({"FOR"}))


def _bound(item: Condition) -> str:
    if item.above is not None:
        return f"above {format_quantity(item.above, item.unit)}"
    if item.expr:
        return item.expr
    return "down" if item.below is None else f"below {format_quantity(item.below, item.unit)}"


def _priority(assessment: Assessment) -> str:
    called = assessment.priority_name or assessment.priority.value
    unknown = sum(1 for item in assessment.standings if item.now is None)
    if not unknown:
        return f"Priority: {called}."
    if unknown == len(assessment.standings):
        return "Priority: cannot tell; not one resource was read."
    return f"Priority: {called}, of what was read; {unknown} of {len(assessment.standings)} were not."


def _standing_row(item: Standing) -> tuple[str, ...]:
    return (
        resource_label(item.component, item.resource),
        _quantity(item.now, item.unit),
        item.band or _NONE,
        _quantity(item.theoretical_limit, item.unit),
        _percent(item.theoretical_utilization),
        _percent(item.practical_utilization),
        _quantity(item.headroom, item.unit),
        item.verdict.value,
        item.why,
    )


def _bottlenecks(assessment: Assessment) -> Table:
    return Table(
        ("RESOURCE", "SEVERITY", "URGENCY", "NOW", "THRESHOLD", "IMPACT"),
        tuple(_bottleneck_row(item) for item in assessment.bottlenecks),
        "Bottlenecks",
        frozenset({"NOW", "THRESHOLD"}),
    )


def _bottleneck_row(item: Bottleneck) -> tuple[str, ...]:
    return (
        resource_label(item.component, item.resource),
        item.severity.value,
        "high" if item.urgent else "normal",
        format_quantity(item.utilization, item.unit),
        format_quantity(item.threshold, item.unit),
        item.impact if not item.action else f"{item.impact}; its owner: {item.action}",
    )


def _actions(assessment: Assessment) -> Table:
    rows = tuple(
        (words, action.text, some_of(action.for_resources), ", ".join(action.evidence).replace("_", " ") or _NONE)
        for term, words in _TERMS.items()
        for action in assessment.actions
        if action.term is term
    )
    return Table(("WHEN", "WHAT TO DO", "FOR", "EVIDENCE"), rows, "What to do")


def _pattern_row(pattern: Pattern) -> tuple[str, ...]:
    return (
        pattern.series,
        pattern.peak_hour or _NONE,
        pattern.trough_hour or _NONE,
        pattern.peak_day or _NONE,
        _number(pattern.peak_to_average),
        _number(pattern.peak_to_trough),
        _quantity(pattern.weekday_mean, pattern.unit),
        _quantity(pattern.weekend_mean, pattern.unit),
        "" if pattern.state is PatternState.OK else pattern.why,
    )


def _quantity(value: float | None, unit: str) -> str:
    return _NONE if value is None else format_quantity(value, unit)


def _percent(value: float | None) -> str:
    return _NONE if value is None else f"{value * 100:.1f}%"


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.2f}"
