"""What is taken for now where a user says so?"""

from __future__ import annotations

import pytest

from plimsoll.domain.errors import UsageError
from plimsoll.entrypoints.cli.moments import as_of_ms, moment_ms


@pytest.mark.parametrize(
    ("text", "tz", "expected_ms"),
    [
        pytest.param("", "", None, id="not_given"),
        pytest.param("1970-01-01T00:00:00Z", "", 0, id="the_epoch_is_a_moment"),
        pytest.param("2026-07-30", "", 1785369600000, id="a_date_is_utc_midnight"),
        pytest.param("2026-07-30", "Europe/Berlin", 1785362400000, id="a_date_in_the_zone_given"),
        pytest.param("2026-07-30T12:00:00Z", "Europe/Berlin", 1785412800000, id="a_zone_of_its_own_wins"),
    ],
)
def test_a_moment_without_a_zone_is_in_the_one_given(text: str, tz: str, expected_ms: int | None) -> None:
    assert as_of_ms(text, tz) == expected_ms


@pytest.mark.parametrize(
    ("text", "tz", "said"),
    [
        pytest.param("soon", "", "--event wants a time like", id="a_word"),
        pytest.param("2026-02-30", "", "--event wants a time like", id="a_day_that_is_not"),
        pytest.param("2026-07-30", "Mars/Base", "--tz 'Mars/Base' is not a time zone", id="a_zone_that_is_not"),
    ],
)
def test_what_is_no_moment_is_said_with_its_option(text: str, tz: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        moment_ms(text, tz, option="--event")
