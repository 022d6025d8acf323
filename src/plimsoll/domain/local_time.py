"""What do the clocks of a time zone show?"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from plimsoll.domain.series import Times
from plimsoll.domain.time_spans import DAY_MS

_DAY_S, _QUARTER_S = DAY_MS // 1000, 900


def local_ms(times_ms: Times, zone: str) -> Times:
    """Turn UTC milliseconds (n,) into those of a zone's own clock.

    Clocks change at whole quarters of an hour. The offset is looked up for the first and the last quarter of each day;
    on a day on which these differ it is looked up for each time.
    """
    if zone == "UTC" or not times_ms.size:
        return times_ms
    known = ZoneInfo(zone)
    days, where = np.unique(times_ms // DAY_MS, return_inverse=True)
    early = np.array([_offset_ms(int(day) * _DAY_S, known) for day in days], dtype=np.int64)
    late = np.array([_offset_ms((int(day) + 1) * _DAY_S - _QUARTER_S, known) for day in days], dtype=np.int64)
    offsets = early[where]
    for index in np.flatnonzero((early != late)[where]):
        offsets[index] = _offset_ms(int(times_ms[index]) // 1000, known)
    return np.asarray(times_ms + offsets, dtype=np.int64)


def weekdays(local_times_ms: Times) -> Times:
    """Return the day of the week at each local time (n,), 0 for Monday; the epoch was a Thursday."""
    return np.asarray((local_times_ms // DAY_MS + 3) % 7, dtype=np.int64)


def _offset_ms(time_s: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(time_s, tz=zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() * 1000)
