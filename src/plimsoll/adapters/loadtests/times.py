"""When did a request end? Times in the forms that load-test tools write, to Unix seconds.

RFC 3339 (k6, vegeta): `2026-03-01T10:00:00.123456789Z`. Whole numbers since 1970 in seconds, milliseconds, microseconds
or nanoseconds (k6, vegeta), distinguished by their size. Dates in a format that JMeter can be set to
(`jmeter.save.saveservice.timestamp_format`; `2026/03/01 10:00:00.123`), without a zone: only their differences matter.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from plimsoll.domain.errors import InputError

_OFFSET = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)$")
_FINER_THAN_SECONDS = 10**11  # as seconds, the year 5138


def rfc3339_s(times: pa.Array, source: str) -> NDArray[np.int64]:
    """Turn RFC 3339 texts into Unix seconds, rounded down; raises InputError where one is missing or another form."""
    if times.null_count:
        raise InputError(f"{source}: a sample has no time")
    if not len(times):
        return np.empty(0, dtype=np.int64)
    offset_s = _offset_s(times[0].as_py(), source)
    try:
        local = pc.cast(pc.utf8_slice_codeunits(times, 0, 19), pa.timestamp("s")).cast(pa.int64())
    except pa.ArrowInvalid as error:
        raise InputError(f"{source}: {str(error).splitlines()[0][:200]}") from error
    return np.asarray(local.to_numpy(zero_copy_only=False) - offset_s, dtype=np.int64)


def since_1970_s(stamps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn whole numbers since 1970, of one resolution, into seconds."""
    largest = int(stamps.max(initial=0))
    while largest > _FINER_THAN_SECONDS:
        stamps, largest = stamps // 1000, largest // 1000
    return stamps


def dates_ms(times: pa.Array, source: str) -> NDArray[np.int64]:
    """Turn dates (`2026/03/01 10:00:00.123`) into milliseconds as if they were UTC; raises InputError for others."""
    iso = pc.replace_substring(pc.replace_substring(times, pattern="/", replacement="-"), pattern=",", replacement=".")
    try:
        moments = pc.cast(iso, pa.timestamp("ms")).cast(pa.int64())
    except pa.ArrowInvalid as error:
        raise InputError(
            f"{source}: {times[0].as_py()[:40]!r} is no time that can be read; have JMeter write "
            "jmeter.save.saveservice.timestamp_format=ms"
        ) from error
    return np.asarray(moments.to_numpy(zero_copy_only=False), dtype=np.int64)


def _offset_s(text: str, source: str) -> int:
    """Read the offset from UTC; one file has one offset (a clock change would shift a step, no more)."""
    match = _OFFSET.match(text)
    if match is None:
        raise InputError(f"{source}: {text[:40]!r} is not a time in RFC 3339")
    if match[1] == "Z":
        return 0
    hours, minutes = int(match[1][1:3]), int(match[1][4:6])
    return (hours * 60 + minutes) * 60 * (-1 if match[1][0] == "-" else 1)
