"""How is a resource's runway explained? As a table of all its evidence."""

from __future__ import annotations

from datetime import datetime

from plimsoll.domain.quantity import counted, format_duration, format_quantity
from plimsoll.domain.runway import Evidence, RunwayExplanation, RunwayRow
from plimsoll.render.runway import limit_text, record_line
from plimsoll.render.table import Table


def tables(document: RunwayExplanation) -> tuple[Table, ...]:
    """Show its state, its limit and the limit's source, and what was read, tried and left out."""
    row, evidence = document.row, document.evidence
    facts = [*_standing(row), *_limit(row), *_looked_at(row.source, evidence), *_tried(evidence)]
    facts += [("left out", text) for text in evidence.left_out]
    facts += [("option", text) for text in evidence.options]
    facts.append(("past", record_line(evidence.past) if evidence.past else "no prediction of it has come due"))
    return (Table(("WHAT", "VALUE"), tuple(facts), title=row.resource),)


def _standing(row: RunwayRow) -> list[tuple[str, str]]:
    facts = [("state", row.state.value.replace("_", " ")), ("why", row.why)]
    if row.now is not None:
        facts.insert(1, ("now", format_quantity(row.now, row.unit)))
    if row.breach is not None:
        dates = ", ".join(_moment(part) for part in (row.breach.early, row.breach.p50, row.breach.late))
        facts.append(("early, breach, late", dates))
    if row.probability_none is not None:
        horizon = f" within {format_duration(row.horizon_s)}" if row.horizon_s else ""
        facts.append(("probability of none", f"{_chance(row.probability_none)}{horizon}"))
    if row.act_by is not None:
        facts.append(("act by", f"{_moment(row.act_by)}, a {row.act_by:%A}"))
    return facts


def _limit(row: RunwayRow) -> list[tuple[str, str]]:
    if row.limit is None:
        return [("limit", "none known")]
    facts = [("limit", limit_text(row)), ("limit from", row.limit.source)]
    if row.soft is not None:
        when = "passed" if row.soft.breached else _moment(row.soft.breach.p50) if row.soft.breach else "none in sight"
        facts.append(("soft limit", f"{format_quantity(row.soft.value, row.unit)}: {when}"))
    if row.lead_time_s is not None:
        facts.append(("lead time", format_duration(row.lead_time_s)))
    return facts


def _looked_at(source: str, evidence: Evidence) -> list[tuple[str, str]]:
    facts = [("source", source)] if source else []
    facts.append(("query", evidence.query))
    if evidence.window_start is not None and evidence.window_end is not None:
        span = f"{_moment(evidence.window_start)} to {_moment(evidence.window_end)}"
        step = f", a sample each {format_duration(evidence.step_s)}" if evidence.step_s else ""
        facts.append(("window", f"{span}: {counted(evidence.samples, 'sample')}{step}"))
    return facts


def _tried(evidence: Evidence) -> list[tuple[str, str]]:
    if not evidence.methods:
        return []
    step = format_duration(evidence.simulated_step_s or 0.0)
    facts = [("simulated", f"{evidence.paths} futures in steps of {step}")]
    facts += [("method", f"{item.method}: {item.weight:.0%} of the futures") for item in evidence.methods]
    accuracy = evidence.accuracy
    if accuracy is None:
        return [*facts, ("accuracy", "history too short to try on its own past")]
    verdict = "no better than" if accuracy.skill <= 0 else f"{_chance(accuracy.skill)} better than"
    text = f"error {accuracy.mase:.3g}, last value {accuracy.naive_mase:.3g} (in mean steps): {verdict} the last value"
    tried = f"{accuracy.windows} origins, {accuracy.points} points; {accuracy.coverage80:.0%} inside the 80 % interval"
    return [*facts, ("accuracy", text), ("backtest", tried)]


def _chance(share: float) -> str:
    """Format a share in whole percent; a share that only rounds to 0 or 100 % is not shown as certain.

    >>> _chance(0.0), _chance(0.12), _chance(0.997)
    ('<1%', '12%', '>99%')
    """
    return "<1%" if share < 0.005 else ">99%" if share > 0.995 else f"{share:.0%}"


def _moment(moment: datetime | None) -> str:
    return "past the horizon" if moment is None else f"{moment:%Y-%m-%d %H:%MZ}"
