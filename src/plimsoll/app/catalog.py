"""What can run out, and which of it can this server measure?"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence

from plimsoll.app.runway.resource_names import bare_name
from plimsoll.domain.errors import UsageError
from plimsoll.domain.saturation import Catalog, CatalogMatch, SaturationPoint


def list_catalog(points: Sequence[SaturationPoint], words: Sequence[str] = (), group: str = "") -> Catalog:
    """List the points that hold every one of `words`, of one group or of all.

    Raises UsageError for a group that does not exist.
    """
    groups = sorted({point.group for point in points})
    if group and group not in groups:
        raise UsageError(f"no group {group!r} in the catalog; there are {', '.join(groups)}")
    kept = [point for point in points if group in ("", point.group) and all(_mentions(point, word) for word in words)]
    return Catalog(tuple(kept))


def find_point(points: Sequence[SaturationPoint], name: str) -> SaturationPoint | None:
    """The point of that name, or the one that a source of ours measures under it, or None."""
    return next((point for point in points if name == point.name or bare_name(name) in point.signals), None)


def near_names(points: Sequence[SaturationPoint], name: str) -> tuple[str, ...]:
    """Names that a misspelled one may mean, nearest first."""
    return tuple(difflib.get_close_matches(name, [point.name for point in points], n=3, cutoff=0.5))


def match_catalog(points: Sequence[SaturationPoint], metrics: Collection[str]) -> tuple[CatalogMatch, ...]:
    """Say for each point whether a server that offers `metrics` can measure it, and which names are missing.

    Where a point can be measured in several ways, the missing names are those of the way that lacks fewest.
    """
    offered = set(metrics)
    return tuple(_match(point, offered) for point in points)


def _match(point: SaturationPoint, offered: set[str]) -> CatalogMatch:
    lacking = sorted((tuple(sorted(set(names) - offered)) for names in point.alternatives), key=len)
    return CatalogMatch(point, not lacking[0], lacking[0])


def _mentions(point: SaturationPoint, word: str) -> bool:
    text = " ".join((point.name, point.group, point.title, point.resource, point.exporter, *point.metrics, point.why))
    resource = word.partition("/")[2].partition(":")[0]  # of a name in the runway, as host/disk:/var
    return word.lower() in text.lower() or resource == point.resource
