"""A day with more samples than fit in memory is merged range by range, and loses and doubles none of them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from plimsoll.adapters.store import segment
from plimsoll.adapters.store.samples import Samples, merge
from plimsoll.adapters.store.segment import SegmentReader, ranges, write_segment

SIZES = (3, 130, 2, 25, 25, 25, 1)  # samples by series; the second fills several parts


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 50 samples where 4 million are usual, and groups of 20."""
    monkeypatch.setattr(segment, "_ROWS_PER_PART", 50)
    monkeypatch.setattr(segment, "_ROWS_PER_GROUP", 20)


def samples(step: int, value: float, sizes: tuple[int, ...] = SIZES) -> Samples:
    series = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    times = np.concatenate([step * np.arange(size, dtype=np.int64) for size in sizes])
    return Samples(series, times, value + times / 10)


def content(held: Samples) -> list[tuple[int, int, float]]:
    return list(zip(held.series.tolist(), held.times_ms.tolist(), held.values.tolist(), strict=True))


def test_segments_are_merged_in_ranges_of_whole_series(tmp_path: Path) -> None:
    older, later = samples(2, 0.0), samples(3, 1000.0, (*SIZES, 60, 1))
    for name, part in (("older", older), ("later", later)):
        write_segment(tmp_path / name, [part])
    readers = [SegmentReader(tmp_path / name) for name in ("older", "later")]
    cuts = ranges(readers)
    assert len(cuts) > 2
    assert (cuts[0][0], cuts[-1][1]) == (0, len(SIZES) + 1)
    assert all(after[0] == before[1] + 1 for before, after in pairwise(cuts))
    parts = [merge([reader.range(low, high) for reader in readers]) for low, high in cuts]
    written = write_segment(tmp_path / "merged", parts)
    wanted = content(merge([older, later]))
    assert (written.rows, written.first_ms, written.last_ms) == (len(wanted), 0, 3 * 129)
    assert content(SegmentReader(tmp_path / "merged").range(0, len(SIZES) + 1)) == wanted
    assert content(readers[0].range(1, 1)) == [row for row in content(older) if row[0] == 1]
