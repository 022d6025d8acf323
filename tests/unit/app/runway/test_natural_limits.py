"""The natural limit of a series."""

from __future__ import annotations

import shlex

import numpy as np
import pytest

from plimsoll.app.runway.natural_limits import natural_limit
from plimsoll.domain.limit import Direction
from plimsoll.domain.series import MetricKind, Series, SeriesId


def series(name: str, *values: float, kind: MetricKind = MetricKind.UNKNOWN) -> Series:
    found = np.array(values or (10.0, 20.0))
    return Series(SeriesId(name), np.arange(found.size, dtype=np.int64), found, kind=kind)


@pytest.mark.parametrize(
    ("name", "values", "last", "hard", "direction"),
    [
        pytest.param("cpu_percent", (10, 50), 0.5, 1.0, Direction.HIGH_IS_BAD, id="percent"),
        pytest.param("CPU %", (10, 50), 0.5, 1.0, Direction.HIGH_IS_BAD, id="percent_sign"),
        pytest.param("disk_used_ratio", (0.1, 0.5), 0.5, 1.0, Direction.HIGH_IS_BAD, id="ratio"),
        pytest.param("cpu_utilization", (10, 50), 0.5, 1.0, Direction.HIGH_IS_BAD, id="utilization_in_percent"),
        pytest.param("cpu_utilization", (0.1, 0.5), 0.5, 1.0, Direction.HIGH_IS_BAD, id="utilization_as_ratio"),
        pytest.param("CPUUtilization", (10, 50), 0.5, 1.0, Direction.HIGH_IS_BAD, id="of_cloudwatch"),
        pytest.param("CPUUtilization", (0.4, 0.5), 0.005, 1.0, Direction.HIGH_IS_BAD, id="of_cloudwatch_idle"),
        pytest.param("disk_free_percent", (90, 50), 0.5, 0.0, Direction.LOW_IS_BAD, id="free_share"),
        pytest.param("cpu_idle_pct", (90, 50), 0.5, 0.0, Direction.LOW_IS_BAD, id="idle_share"),
    ],
)
def test_a_share_is_full_at_all_or_empty_at_none(
    name: str, values: tuple[float, ...], last: float, hard: float, direction: Direction
) -> None:
    natural = natural_limit(series(name, *values))
    assert natural.limit is not None
    assert natural.series.values[-1] == last
    assert natural.series.unit == "ratio"
    assert (natural.limit.hard, natural.limit.direction) == (hard, direction)


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        pytest.param("requests", (10, 50), "no limit is known", id="no_share"),
        pytest.param("cache_hit_ratio", (0.1, 0.5), "no limit of such a share", id="quality"),
        pytest.param("error_percent", (0.1, 0.5), "no limit of such a share", id="errors"),
        pytest.param("cpu_percent", (10, 380), "not where it is full", id="several_cores"),
        pytest.param("duration", (10, 50), "no limit is known", id="word_that_ends_like_ratio"),
    ],
)
def test_anything_else_has_none_and_is_told_what_would_mend_it(name: str, values: tuple[float, ...], says: str) -> None:
    natural = natural_limit(series(name, *values))
    assert natural.limit is None
    assert says in natural.no_limit
    assert "--limit" in natural.no_limit


@pytest.mark.parametrize("name", ["disk_free_bytes", "FreeStorageSpace", "Memory available (MB)"])
def test_of_a_remainder_it_is_a_floor_that_mends_it(name: str) -> None:
    """With 20 GB as the --limit of 46 GB that are free, a disk that is filling up would be past it since ever."""
    assert natural_limit(series(name)).no_limit == f"no limit is known; give it with --floor {shlex.quote(name)}=VALUE"


def test_what_was_taken_for_granted_is_said() -> None:
    natural = natural_limit(series("cpu_utilization", 10, 50))
    assert natural.limit is not None
    assert "taken to be in percents" in natural.limit.source


def test_a_kind_that_the_source_states_goes_before_the_name() -> None:
    assert natural_limit(series("level", 0.1, 0.5, kind=MetricKind.RATIO)).limit is not None


def test_a_series_of_nothing_but_gaps_does_not_fail() -> None:
    assert natural_limit(series("cpu_percent", np.nan, np.nan)).limit is not None


@pytest.mark.parametrize("name", ["queue depth", "a;reboot", "$(id)", "disk 'data'", 'jobs{queue="mail"}', "requests"])
def test_the_limit_that_is_asked_for_is_one_word_to_a_shell(name: str) -> None:
    words = shlex.shlex(natural_limit(series(name, 4, 12)).no_limit, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    assert list(words)[-2:] == ["--limit", f"{name}=VALUE"]
