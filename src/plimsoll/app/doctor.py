"""Is this source fit to plan on? Its own checks, and the limits of the catalog that it can measure."""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.app.catalog import match_catalog
from plimsoll.app.runway.inputs import Ask, file_inputs
from plimsoll.domain.diagnosis import Diagnosis, MeasurableLimit
from plimsoll.domain.errors import SourceError
from plimsoll.domain.ports import Check, CheckState, Source
from plimsoll.domain.saturation import SaturationPoint
from plimsoll.domain.series import Window


def examine(source: Source, window: Window, points: Sequence[SaturationPoint], own_signals: Sequence[str]) -> Diagnosis:
    """Check a source and which of `points` it can measure over `window`; a fault of the source is a failed check.

    Points are matched by the metrics of exporters. With `own_signals` (name prefixes) they are matched by the source's
    own signals with such a prefix, and points without one are left out. Points are matched only if the source is
    usable.
    """
    checks = source.diagnose(window)
    if not _usable(checks) or not points:
        return Diagnosis(source.name, _usable(checks), checks)
    try:
        offered = {signal.name for signal in source.discover(window)}
    except SourceError as error:
        unmatched = Check("limits", CheckState.UNKNOWN, str(error), "ask again; its metrics could not be listed")
        return Diagnosis(source.name, _usable(checks), (*checks, unmatched))
    limits = _by_signals(points, tuple(own_signals), offered) if own_signals else _by_metrics(points, offered)
    return Diagnosis(source.name, True, (*checks, _summary(limits)) if limits else checks, limits)


def examine_file(source: Source, window: Window, points: Sequence[SaturationPoint]) -> Diagnosis:
    """Check a file, and count its series with a known limit, by their name or from `points`."""
    checks = source.diagnose(window)
    if not _usable(checks):
        return Diagnosis(source.name, False, checks)
    resources = file_inputs(source, points, Ask(window)).resources
    known = sum(resource.limit is not None for resource in resources)
    remedy = "" if known == len(resources) else f"for a date{' of the others' if known else ''}: --limit NAME=VALUE"
    state = CheckState.OK if known else CheckState.WARNING
    limits = Check("limits", state, f"{known} of {len(resources)} series have one", remedy)
    return Diagnosis(source.name, True, (*checks, limits))


def _by_metrics(points: Sequence[SaturationPoint], offered: set[str]) -> tuple[MeasurableLimit, ...]:
    return tuple(
        MeasurableLimit(match.point.name, match.point.title, match.matched, match.missing, match.point.exporter)
        for match in match_catalog(points, offered)
    )


def _by_signals(
    points: Sequence[SaturationPoint], own: tuple[str, ...], offered: set[str]
) -> tuple[MeasurableLimit, ...]:
    found = []
    for point in points:
        names = {name for name in point.signals if name.startswith(own)}
        if names:
            missing = () if names & offered else tuple(sorted(names))
            found.append(MeasurableLimit(point.name, point.title, not missing, missing))
    return tuple(found)


def _usable(checks: Sequence[Check]) -> bool:
    return bool(checks) and all(check.state is not CheckState.FAILED for check in checks)


def _summary(limits: Sequence[MeasurableLimit]) -> Check:
    matched = sum(1 for limit in limits if limit.matched)
    summary = f"{matched} of {len(limits)} limits of the catalog can be measured"
    if matched:
        return Check("limits", CheckState.OK, summary)
    return Check(
        "limits", CheckState.WARNING, summary, "add an exporter (the list names it), or give limits with --limit"
    )
