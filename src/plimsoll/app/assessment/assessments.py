"""How is the system doing? Combine the model, the current readings, and the knowledge base into an assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np

from plimsoll.app.readings import stale_after_s
from plimsoll.assess.bottlenecks import actions_of, bottlenecks_of, priority_of
from plimsoll.assess.evidence import connections_idle, database_slow, memory_rises, sequential_scans
from plimsoll.assess.standing import standing_of
from plimsoll.domain.assessment import Advice, Assessment, Level, Resource, Severity, Term, resource_label
from plimsoll.domain.observation import Missing, Reading, Stale, Value
from plimsoll.domain.series import Harvest, MetricKind, Series, as_datetime


@dataclass(frozen=True)
class AdviceBase:
    """The knowledge base of recommendations: advice in order, impacts by topic, and how names are understood."""

    advice: tuple[Advice, ...]
    impacts: Mapping[str, str]
    severities: Mapping[str, Severity]
    topic_words: Mapping[str, tuple[str, ...]]
    share_levels: tuple[Level, ...]

    def topics_of(self, signal: str) -> tuple[str, ...]:
        """Name the topics that a signal's name implies, most specific first."""
        name = signal.lower().replace("-", "_")
        return tuple(topic for topic, words in self.topic_words.items() if any(word in name for word in words))


def advice_base(known: Any) -> AdviceBase:
    """Build the knowledge base from its parsed YAML (`knowledge/advice/advice.yaml`)."""
    return AdviceBase(
        advice=tuple(
            Advice(
                item["id"],
                item["text"],
                tuple(item["topics"]),
                Term(item["term"]),
                tuple(item.get("needs", ())),
                tuple(item.get("unless", ())),
            )
            for item in known["advice"]
        ),
        impacts=known["impacts"],
        severities={name: Severity(value) for name, value in known["severities"].items()},
        topic_words={topic: tuple(words) for topic, words in known["topics"].items()},
        share_levels=tuple(Level(value, Severity(name)) for name, value in known["share_levels"].items()),
    )


def assess(
    system: str, resources: Sequence[Resource], base: AdviceBase, as_of_ms: int, facts: frozenset[str]
) -> Assessment:
    """Judge all resources at one moment; `facts` are those that the series support."""
    facts |= {"database_slow"} if database_slow(resources) else frozenset()
    bottlenecks = bottlenecks_of(resources, base.advice, base.impacts, facts)
    standings = tuple(standing_of(resource) for resource in resources)
    return Assessment(
        system=system,
        as_of=as_datetime(as_of_ms),
        standings=standings,
        bottlenecks=bottlenecks,
        actions=actions_of(resources, bottlenecks, base.advice, facts),
        priority=priority_of(bottlenecks),
        unknown=tuple(
            f"{resource_label(item.component, item.resource)}: {item.why if item.now is None else resource.unread}"
            for item, resource in zip(standings, resources, strict=True)
            if item.now is None or resource.unread
        ),
        facts=tuple(sorted(facts)),
    )


def last_reading(series: Series, as_of_ms: int, stale_s: float | None = None) -> Reading:
    """Read the newest finite sample of a series; one older than `stale_s` is stale, else one too old for the runway."""
    usable = np.flatnonzero(np.isfinite(series.values) & (series.times_ms <= as_of_ms))
    if not usable.size:
        return Missing("no finite sample")
    value, age_s = float(series.values[usable[-1]]), (as_of_ms - int(series.times_ms[usable[-1]])) / 1000
    oldest_s = stale_after_s(series) if stale_s is None else stale_s
    return Value(value, age_s) if age_s <= oldest_s else Stale(value, age_s)


def readings_of(harvest: Harvest, as_of_ms: int, stale_s: float | None = None) -> dict[str, Reading]:
    """Read every series, in base units, by its name; a gap without a series is missing, with the gap's reason."""
    found: dict[str, Reading] = {str(series.id): last_reading(series, as_of_ms, stale_s) for series in harvest.series}
    for gap in harvest.gaps:
        found.setdefault(str(gap.id), Missing(gap.reason))
    return found


def facts_of(series: Sequence[Series], readings: Mapping[str, Reading], demanded: AbstractSet[str]) -> frozenset[str]:
    """Gather the facts that series and their newest readings support; `demanded` names the series of demand."""
    demands = [item for item in series if item.id.name.rpartition("/")[2] in demanded]
    memory = [item for item in series if "mem" in item.id.name.lower() and item.kind is not MetricKind.COUNTER]
    read = {item.id: readings.get(str(item.id)) for item in series}
    now = {key: reading.value for key, reading in read.items() if isinstance(reading, Value)}
    facts = {
        "memory_rises": any(memory_rises(item, demands) for item in memory),
        "connections_idle": connections_idle(now),
        "sequential_scans": sequential_scans(now),
    }
    return frozenset(name for name, is_so in facts.items() if is_so)
