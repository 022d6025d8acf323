"""Which gaps are still open? Later samples fill gaps; adjacent gaps with the same reason become one.

A stretch between two samples is a gap when it is longer than one and a half steps of the series.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from plimsoll.domain.series import Gap, Series, SeriesId, Window

_STEPS = 1.5


def unfilled(gaps: Iterable[Gap], series: Sequence[Series]) -> tuple[Gap, ...]:
    """Cut gaps down to the parts without samples, and join adjacent ones.

    A gap without labels stands for every series of its name; samples of any of these series fill it.
    """
    by_id = {item.id: item for item in series}
    by_name: dict[str, list[Series]] = {}
    for item in series:
        by_name.setdefault(item.id.name, []).append(item)
    left: list[Gap] = []
    for gap in gaps:
        known = [by_id[gap.id]] if gap.id in by_id else [] if gap.id.labels else by_name.get(gap.id.name, [])
        left.extend(_remains(gap, known))
    return join(left)


def join(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Join gaps of one series and reason that touch or overlap; sorted by series and time."""
    open_ends: dict[tuple[SeriesId, str], Gap] = {}
    joined: list[Gap] = []
    for gap in sorted(gaps, key=lambda g: g.window.start_ms):
        key = (gap.id, gap.reason)
        last = open_ends.get(key)
        if last is not None and gap.window.start_ms <= last.window.end_ms:
            end_ms = max(last.window.end_ms, gap.window.end_ms)
            open_ends[key] = Gap(gap.id, Window(last.window.start_ms, end_ms), gap.reason)
            continue
        if last is not None:
            joined.append(last)
        open_ends[key] = gap
    joined.extend(open_ends.values())
    return tuple(sorted(joined, key=lambda g: (g.id.name, g.id.labels, g.window.start_ms)))


def _remains(gap: Gap, series: Sequence[Series]) -> list[Gap]:
    start_ms, end_ms = gap.window.start_ms, gap.window.end_ms
    inside = [item.times_ms[(item.times_ms >= start_ms) & (item.times_ms < end_ms)] for item in series]
    times = np.unique(np.concatenate([np.empty(0, np.int64), *inside]))
    if not times.size:
        return [gap]
    step_ms = max(item.step_ms or 0 for item in series)
    edges = np.concatenate([[start_ms], times, [end_ms]])
    holes = np.flatnonzero(np.diff(edges) > _STEPS * step_ms)
    spans = [Window(start_ms if hole == 0 else int(edges[hole]) + 1, int(edges[hole + 1])) for hole in holes]
    return [Gap(gap.id, span, gap.reason) for span in spans if span.start_ms < span.end_ms]
