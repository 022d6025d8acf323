"""Clocks of a zone show what its rules say, at any time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from plimsoll.domain.local_time import local_ms
from plimsoll.domain.series import as_datetime, as_ms
from plimsoll.domain.time_spans import HOUR_MS, MINUTE_MS


def test_clocks_that_change_keep_the_hours_of_the_day() -> None:
    times = as_ms(datetime(2024, 3, 30, 12, tzinfo=UTC)) + HOUR_MS * np.arange(24, dtype=np.int64)
    hours = local_ms(times, "Europe/Madrid") // HOUR_MS % 24
    assert hours.tolist() == [*range(13, 24), 0, 1, *range(3, 14)]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana"])
def test_times_in_any_order_over_years_read_as_the_zone_has_them(zone: str) -> None:
    first = as_ms(datetime(2023, 1, 1, tzinfo=UTC))
    times = first + np.random.default_rng(1).integers(0, 3 * 8766, 4000) * (HOUR_MS // 4) * 4 + 7 * MINUTE_MS
    shown = [as_datetime(int(time)).astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) for time in times]
    assert local_ms(times, zone).tolist() == [as_ms(moment) for moment in shown]
