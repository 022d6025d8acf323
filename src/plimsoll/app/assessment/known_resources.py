"""Which resources are judged without a model, and by what? Those of the runway, by the limits that it knows of them.

A limit that the caller gives comes before that of the catalog, which comes before that by nature. A resource is tight
from the soft limit on, without one from its practical share, 80 % of the hard one. Of a share that is limited by nature
alone, nobody said where it is tight: it has the levels of the knowledge base.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from plimsoll.app.assessment.assessments import AdviceBase, last_reading
from plimsoll.app.assessment.limited import PRACTICAL_SHARE, between
from plimsoll.app.runway.inputs import Inputs
from plimsoll.app.runway.natural_limits import is_natural
from plimsoll.app.runway.resource_names import bare_name
from plimsoll.domain.assessment import Level, Resource, Threshold
from plimsoll.domain.limit import Direction, Limit
from plimsoll.domain.observation import Missing
from plimsoll.planning.runway import Resource as Known


def known_resources(
    parts: Sequence[Inputs], base: AdviceBase, as_of_ms: int, stale_s: float | None = None
) -> tuple[Resource, ...]:
    """List the resources with a limit, under the names that the runway gives them, and those that were not read."""
    held = (one for part in parts for one in part.resources)
    failed = (Resource("", row.resource, row.unit, Missing(row.why)) for part in parts for row in part.failed)
    return (*_limited(held, base, as_of_ms, stale_s), *failed)


def _limited(
    known: Iterable[Known], base: AdviceBase, as_of_ms: int, stale_s: float | None = None
) -> Iterator[Resource]:
    for one in known:
        if one.limit is None or (one.limit.binding is None and not one.limit.self_limiting):
            continue
        reading = last_reading(one.series, as_of_ms, stale_s)
        topics = base.topics_of(bare_name(one.name.removeprefix(f"{one.component}/")))
        plain = Resource("", one.name, one.limit.unit, reading, topics=topics)
        yield (
            _by_nature(plain, one.limit, base) if is_natural(one.limit) else between(plain, one.limit, PRACTICAL_SHARE)
        )


def _by_nature(resource: Resource, limit: Limit, base: AdviceBase) -> Resource:
    if limit.direction is Direction.LOW_IS_BAD:
        left = tuple(Level(round(1 - level.value, 9), level.severity) for level in base.share_levels)  # 1 - 0.8 < 0.2
        return replace(resource, threshold=Threshold(left, Direction.LOW_IS_BAD))
    return replace(between(resource, limit, PRACTICAL_SHARE), threshold=Threshold(base.share_levels))
