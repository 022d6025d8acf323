"""How is a suggestion shown? Current, suggested and perfect knowledge side by side, and the front as a chart."""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.domain.chart import Chart, Drawing, Line
from plimsoll.domain.replay import PolicyScore
from plimsoll.domain.suggestion import FrontPoint, Suggestion, Verdict
from plimsoll.render.replay import interval, over_optimum
from plimsoll.render.table import Table

_COLUMNS = (
    "POLICY", "LOAD OUTSIDE SLO", "95 %", "REPLICA-HOURS", "OVER OPTIMUM", "CHANGES", "FLAPS", "THETA_U", "TAU_U",
)  # fmt: skip
_FRONT = ("FAMILY", "SETTING", "REPLICA-HOURS", "LOAD OUTSIDE SLO", "FLAPS")
_SHOWN_MISSES, _SHOWN_HOURS = 2.0, 1.5  # times those of the policies in question
_WHO_RUNS_IT = "an HPA can be set to the targets of hpa; a priced policy decides by itself, and no platform runs it"
_WORDS = {
    Verdict.RECOMMENDED: "recommended",
    Verdict.KEEP_CURRENT: "keep the current policy",
    Verdict.NOT_RECOMMENDED: "not recommended",
}


def tables(document: Suggestion) -> tuple[Table, ...]:
    """Lay a suggestion out as tables."""
    efficient = tuple(_front_row(point) for point in document.front if point.efficient)
    front = Table(_FRONT, efficient, "Efficient on the scored part", frozenset(_FRONT[1:]), (_WHO_RUNS_IT,))
    findings = tuple(str(finding) for finding in document.findings)
    return (_scores(document), front, *((Table((), (), "Findings", notes=findings),) if findings else ()))


def _scores(document: Suggestion) -> Table:
    scores = [score for score in (document.current, document.suggested) if score is not None]
    bounds = document.limits
    first = ("perfect knowledge", f"{bounds.optimum_miss_ratio:.3%}", "-", f"{scores[0].replica_hours:.0f}")
    optimum = (*first, *("-" for _ in _COLUMNS[len(first) :]))
    learned = (
        f"goal: {document.goal}; learned on {document.learned_steps} steps ({document.trials} trials), scored on the"
        f" {document.scored_steps} after them"
    )
    noise = (
        f"single steps lie {bounds.noise_ratio:.1%} around the level of the {bounds.level_steps} steps about them; who"
        f" knew the {bounds.level_known_steps} steps around each one, but not itself, and kept one headroom for all"
        f" would leave {bounds.level_known_miss_ratio:.3%} outside at the same replica-hours"
    )
    notes = (
        verdict_line(document),
        *_difference(document),
        *_flaps(document),
        learned,
        noise,
    )
    title = f"{document.trace} on {document.component}"
    return Table(_COLUMNS, (*(_row(score) for score in scores), optimum), title, frozenset(_COLUMNS[1:]), notes)


def verdict_line(document: Suggestion) -> str:
    """Say what is recommended, and why."""
    return f"{_WORDS[document.verdict]}: {document.reason}"


def _difference(document: Suggestion) -> tuple[str, ...]:
    """Say by how much the suggestion differs from the current policy, with its uncertainty."""
    found = document.misses_difference
    if found is None:
        return ()
    sure = "too few blocks for an interval"
    if found.low is not None and found.high is not None:
        sure = f"95 %: {found.low * 100:+.2f} to {found.high * 100:+.2f}"
    return (f"load outside the SLO differs by {found.value * 100:+.2f} points ({sure})",)


def _flaps(document: Suggestion) -> tuple[str, ...]:
    """Say how often both flap, and whether the number was bounded."""
    now, new = document.current, document.suggested
    if now is None:
        return ()
    allowed = "any were allowed; --flaps current bounds them" if document.flaps_allowed is None else "no more allowed"
    return (f"flaps: {new.flaps} against {now.flaps} of {now.name} ({allowed})",)


def _row(score: PolicyScore) -> tuple[str, ...]:
    return (
        score.name,
        f"{score.slo_miss_load_ratio:.3%}",
        interval(score.miss_interval),
        f"{score.replica_hours:.0f}",
        over_optimum(score),
        str(score.changes),
        str(score.flaps),
        f"{score.theta_u:.2%}",
        f"{score.tau_u:.2%}",
    )


def _front_row(point: FrontPoint) -> tuple[str, ...]:
    setting = f"price {point.setting:g}" if point.family == "priced" else f"target {point.setting:.0%}"
    return (point.family, setting, f"{point.replica_hours:.0f}", f"{point.slo_miss_load_ratio:.3%}", str(point.flaps))


def front_chart(document: Suggestion) -> Chart:
    """Draw the front: replica-hours against the share of load outside the SLO, one line a family.

    The families reach far beyond the two policies. They are drawn up to twice the misses and one and a half times the
    replica-hours of these, so that the two can be distinguished; the document holds all points.
    """
    scores = [score for score in (document.current, document.suggested) if score is not None]
    most_misses = _SHOWN_MISSES * max(score.slo_miss_load_ratio for score in scores) or 1.0
    most_hours = _SHOWN_HOURS * max(score.replica_hours for score in scores)
    near = [p for p in document.front if p.slo_miss_load_ratio <= most_misses and p.replica_hours <= most_hours]
    lines = [_family_line(family, near) for family in sorted({point.family for point in near})]
    for score in scores:
        at = (score.replica_hours,), (score.slo_miss_load_ratio * 100,)
        lines.append(Line(score.name, *at, Drawing.POINTS))
    return Chart(
        title=f"{document.trace}: what a replica-hour buys",
        says="Lower and further left is better; a family's line is its one setting from dear to cheap, near the two.",
        x_title="replica-hours",
        y_title="% of load outside the SLO",
        lines=tuple(lines),
    )


def _family_line(family: str, front: Sequence[FrontPoint]) -> Line:
    points = sorted((p.replica_hours, p.slo_miss_load_ratio) for p in front if p.family == family)
    return Line(family, tuple(hours for hours, _ in points), tuple(misses * 100 for _, misses in points))
