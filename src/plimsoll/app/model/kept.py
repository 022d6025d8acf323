"""Which keys of a model file does no command act on, and what is their purpose?

Some are for people: `show` and `schema` display them, nothing is computed from them. Others describe what is executed,
generated or reviewed outside of the existing commands; they are validated, kept, and listed here, so that nobody
believes that they are monitored. Every other key is read by at least one command. A test enforces both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plimsoll.app.model.section import Section
from plimsoll.app.model.yaml_reader import FieldPath

PEOPLE = "for people"
FILES = "for generated files"
LOOP = "for carrying decisions out"
NOTICES = "for telling people"
COSTS = "for reviews of cost"
RECOVERY = "for recovery plans"

ALL = "*"
KEPT: dict[str, dict[str, str]] = {
    "MetadataSection": dict.fromkeys(("description", "owner", "labels", "aims"), PEOPLE),
    "ComponentSection": {
        **dict.fromkeys(("kind", "scaling"), PEOPLE),
        **dict.fromkeys(("engine", "parts", "duties", "becomes", "measures", "baseline", "sessions"), PEOPLE),
        **dict.fromkeys(("team", "feature"), COSTS),
        **dict.fromkeys(("algorithm", "cache", "resources", "deploy"), FILES),
        **dict.fromkeys(("health", "executor"), LOOP),
        "recovery_class": RECOVERY,
    },
    "InstanceSection": {"clock_ghz": PEOPLE, "memory_per_process": FILES},
    "GrowthFactorsSection": {"load": PEOPLE},
    "GrowthSection": {"note": PEOPLE},
    "SessionsSection": {ALL: PEOPLE},
    "CacheSection": {ALL: FILES},
    "PoolSection": {"mode": FILES, "size": FILES, "max_clients": FILES},
    "ResourcesSection": {ALL: FILES},
    "ResourceAmountsSection": {ALL: FILES},
    "VpaSection": {"min": FILES, "max": FILES},
    "HealthSection": {ALL: LOOP},
    "DeploySection": {ALL: FILES},
    "RestartSection": {ALL: FILES},
    "ExecutorSection": {ALL: LOOP},
    "QuotaSection": {"source": PEOPLE},
    "PhaseSection": {"from_day": PEOPLE},
    "PauseSection": {"reason": PEOPLE},
    "RungSection": {"name": PEOPLE, "cores": LOOP, "memory": LOOP, "storage": LOOP},
    "PolicySection": {"note": PEOPLE},
    "TriggerSection": {"note": PEOPLE},
    "DriverSection": {"description": PEOPLE},
    "HistorySection": {"time": PEOPLE},
    "ScenarioSection": {"description": PEOPLE, "factors": PEOPLE},
    "SourceSection": {"time": PEOPLE, "tables": PEOPLE},
    "SignalSection": {"group": FILES, "description": PEOPLE},
    "ScrapeSection": {ALL: FILES},
    "ScrapeJobSection": {ALL: FILES},
    "ObjectiveSection": {ALL: FILES},
    "IndicatorSection": {ALL: FILES},
    "TierSection": dict.fromkeys(("title", "purpose", "infrastructure", "targets", "monitored", "recovery"), PEOPLE),
    "TierSizeSection": {"reserve": FILES},
    "TransitionSection": {"note": PEOPLE},
    "CostGroupSection": {"team": COSTS, "feature": COSTS},
    "BudgetSection": {"to": NOTICES, "daily_at": NOTICES, "by": COSTS},
    "CostReviewSection": dict.fromkeys(
        (
            *("cpu", "memory", "storage_oversized_below", "storage_undersized_above"),
            *("cdn_above", "balance_window", "checks"),
        ),
        COSTS,
    ),
    "ChannelSection": {ALL: NOTICES},
    "InformationSection": {ALL: NOTICES},
    "ReportSection": {ALL: NOTICES},
    "ReviewSection": {ALL: PEOPLE},
    "DashboardSection": {ALL: FILES},
    "ModelFile": {
        "scrape": FILES,
        "slos": FILES,
        "reports": NOTICES,
        "reviews": PEOPLE,
        "dashboards": FILES,
    },
    "AlertsSection": {"channels": NOTICES, "events": NOTICES},
    "RecoverySection": {"notes": PEOPLE},
    "RecoveryClassSection": {"rto": RECOVERY},
    "BackupSection": {"component": RECOVERY, "keep": RECOVERY},
}


def kept_for(section: type[Section] | Section, field: str) -> str:
    """Return the purpose of a key that no command reads, empty for any other key.

    >>> from plimsoll.app.model.document import MetadataSection
    >>> kept_for(MetadataSection, "owner"), kept_for(MetadataSection, "name")
    ('for people', '')
    """
    name = section.__name__ if isinstance(section, type) else type(section).__name__
    fields = KEPT.get(name, {})
    return fields.get(field, fields.get(ALL, ""))


def kept_keys(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    """Find the keys that a model states and no command reads, each with its purpose."""
    if isinstance(value, Section):
        for field in sorted(value.model_fields_set):
            key = type(value).model_fields[field].alias or field
            purpose = kept_for(value, field)
            if purpose:
                yield (*path, key), purpose
            else:
                yield from kept_keys(getattr(value, field), (*path, key))
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from kept_keys(item, (*path, index))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from kept_keys(item, (*path, name))
