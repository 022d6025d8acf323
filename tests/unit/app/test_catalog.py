"""The points of the catalog, and which of them a server can measure."""

from __future__ import annotations

import pytest

from plimsoll.adapters.limit_catalog import limit_catalog
from plimsoll.app.catalog import find_point, list_catalog, match_catalog, near_names
from plimsoll.domain.errors import UsageError

POINTS = limit_catalog()


def test_words_narrow_the_list_and_all_must_be_there() -> None:
    assert {point.name for point in list_catalog(POINTS, ["redis", "memory"]).limits} >= {"redis-memory"}
    assert "redis-clients" not in {point.name for point in list_catalog(POINTS, ["redis-memory"]).limits}


def test_a_group_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="host"):
        list_catalog(POINTS, group="hosts")


def test_a_misspelled_name_finds_its_neighbor() -> None:
    assert "host-disk" in near_names(POINTS, "host-disc")


def test_a_server_with_all_names_matches_and_one_with_some_is_told_what_is_missing() -> None:
    whole = {match.point.name: match for match in match_catalog(POINTS, {"a", "node_nf_conntrack_entries"})}
    assert not whole["network-conntrack"].matched
    assert whole["network-conntrack"].missing == ("node_nf_conntrack_entries_limit",)
    point = find_point(POINTS, "network-conntrack")
    assert point is not None
    assert match_catalog([point], point.metrics)[0].matched


def test_one_alternative_is_enough_and_the_nearest_is_reported() -> None:
    point = find_point(POINTS, "kafka-partitions")
    assert point is not None
    assert match_catalog([point], {"kafka_server_replicamanager_partitioncount_value"})[0].matched
    assert match_catalog([point], set())[0].missing == ("kafka_server_replicamanager_partitioncount",)
