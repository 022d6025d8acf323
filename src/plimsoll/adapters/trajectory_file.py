"""How is a trajectory written? As a Parquet file with one row per step and policy, zstd-compressed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from plimsoll.adapters.unfinished import Unfinished
from plimsoll.domain.series import Times, Values

Course = tuple[str, Times, Times, Sequence[str]]


def write_trajectory(path: Path, times_s: Values, demand: Values, courses: Sequence[Course]) -> None:
    """Write time (UTC), policy, demand, ready, desired, reason; policies follow one another in their order."""
    steps, count = times_s.size, len(courses)
    stamps = pa.array((times_s * 1000).round().astype("int64"), pa.timestamp("ms", tz="UTC"))
    table = pa.table(
        {
            "time": pa.concat_arrays([stamps] * count),
            "policy": pa.array([name for name, *_ in courses for _ in range(steps)]).dictionary_encode(),
            "demand": pa.concat_arrays([pa.array(demand)] * count),
            "ready": pa.concat_arrays([pa.array(ready) for _, ready, _, _ in courses]),
            "desired": pa.concat_arrays([pa.array(desired) for _, _, desired, _ in courses]),
            "reason": pa.array([word for *_, words in courses for word in words]).dictionary_encode(),
        }
    )
    place = Unfinished(path)
    try:
        pq.write_table(table, place.path, compression="zstd")
    except OSError as error:
        place.drop()
        raise place.refused(os.strerror(error.errno).lower() if error.errno else str(error)) from None
    place.finish()
