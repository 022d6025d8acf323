"""Findings: a model that contradicts itself is understood, and the contradiction is reported."""

from __future__ import annotations

import pytest

from plimsoll.app.model import model_from_text

HEAD = "apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: x}\n"
SCHEDULE = "components: [{name: a, policies: [{name: p, limits: {min: 2}, schedules: [{at: '02:00', min: %d}]}]}]"
SIZES = (
    "components: [{name: a, sizes: [{name: s, up_to: 9, replicas: %d}], "
    "policies: [{name: p, hpa: {cpu: 70%%, max: 10}}]}]"
)
TIER = (
    "components: [{name: a, replicas: {max: 5}, policies: [{name: p, limits: {}}]}]\n"
    "tiers: [{name: t, up_to: {u: 1}, components: {a: {replicas: %d}}}]"
)
BACKUP = "recovery: {classes: [{name: db, rpo: 1h}], backups: [{protects: db, every: %s}]}"
TRANSITION = (
    "tiers: [{name: s, up_to: {u: 1000}}, {name: l, up_to: {u: 9000}}]\n"
    "transitions: [{from: s, to: l, starts_at: {u: %d}}]"
)
VPA = "components: [{name: a, vpa: {mode: %s, resources: [%s]}, policies: [{name: p, hpa: {cpu: 70%%}}]}]"
OPTIONS = (
    "cost_review: {options: [{name: r, risk: low, effort: low, excludes: [%s]}, {name: s, risk: low, effort: low}]}"
)
ADDITION = "prices: {groups: {g: {items: {i: 1}, additions: [{what: GB, quantity: 9%s, in_months: [1]}]}}}"
BANDS = "bands: [{signal: cpu, levels: {ok: [0%%, 50%%], bad: [%s, null]}}]"
TIERS = "tiers: [{name: s, up_to: {u: 5}}, {name: l, up_to: {u: %d}}]"
TABLE = "components: [{name: a, sizes: [{name: s, up_to: 5}, {name: l, up_to: %d}]}]"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (SCHEDULE % 1, "schedule-below-minimum"),
        (SCHEDULE % 2, None),
        (SIZES % 12, "maximum-below-need"),
        (SIZES % 10, None),
        (TIER % 6, "maximum-below-need"),
        (TIER % 5, None),
        (BACKUP % "24h", "backup-misses-rpo"),
        (BACKUP % "1h", None),
        ("recovery: {classes: [{name: db, rpo: 1h}]}", "no-backup"),
        ("recovery: {classes: [{name: c, rpo: 0s}], backups: [{protects: c, kind: on_change}]}", None),
        (TRANSITION % 701, "transition-after-readiness"),
        (TRANSITION % 700, None),
        (VPA % ("Auto", "cpu"), "two-autoscalers"),
        (VPA % ("Auto", "memory"), None),
        (VPA % ("Off", "cpu"), None),
        (OPTIONS % "s", "exclusive-options"),
        (OPTIONS % "other", None),
        (ADDITION % "", "addition-without-price"),
        (ADDITION % ", each: 2", None),
        (BANDS % "60%", "bands-not-adjacent"),
        (BANDS % "40%", "bands-not-adjacent"),
        (BANDS % "50%", None),
        (TABLE % 5, "sizes-out-of-order"),
        (TABLE % 6, None),
        (TIERS % 5, "tiers-out-of-order"),
        (TIERS % 6, None),
    ],
    ids=[
        "schedule_below", "schedule_at_the_minimum", "size_above_max", "size_at_max", "tier_above_max", "tier_at_max",
        "backup_too_rare", "backup_just_often_enough", "no_backup", "versioned_on_change", "start_after_readiness",
        "start_at_readiness", "vpa_on_the_same", "vpa_on_another", "vpa_that_only_advises", "exclusive",
        "exclusive_of_nothing_here", "addition_without_price", "addition_with_price", "bands_with_a_gap",
        "bands_that_overlap", "bands_that_meet", "sizes_equal", "sizes_rising",
        "tiers_equal", "tiers_rising",
    ],
)  # fmt: skip
def test_a_contradiction_is_a_finding_with_its_place_and_its_opposite_is_none(text: str, rule: str | None) -> None:
    found = model_from_text(HEAD + text + "\n", "m.yaml").findings
    assert [finding.rule for finding in found] == ([rule] if rule else [])
    assert all(place.file == "m.yaml" and place.line for finding in found for place in finding.places)


def test_a_finding_names_every_line_that_disagrees() -> None:
    text = (
        "components:\n  - name: a\n    policies:\n      - name: p\n        limits: {min: 2}\n"
        "        schedules:\n          - {at: '02:00', min: 1}\n"
    )
    (finding,) = model_from_text(HEAD + text, "m.yaml").findings
    assert [place.line for place in finding.places] == [10, 8]
    assert str(finding) == (
        "m.yaml:10:32: components[0].policies[0].schedules[0].min: "
        "schedule at 02:00 allows 1, policy 'p' no fewer than 2; the stricter wins: 2 "
        "(see also m.yaml:8:23: components[0].policies[0].limits.min) [schedule-below-minimum]"
    )
