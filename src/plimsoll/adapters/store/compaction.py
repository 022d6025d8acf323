"""When and how are the small files of a day merged, so that a crash at any point loses nothing?

Each append leaves one segment per day. When a day has many, the newest are merged, going back as long as the next older
segment is not much larger than all newer ones together. A sample is thus rewritten a few times, not at every merge (the
rule of log-structured merge trees, O'Neil et al. 1996, with the order in time kept). The merged file is written and
flushed first, then the manifest replaces its parts by it, and only then are the parts deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from plimsoll.adapters.store.manifest import SEGMENTS, Segment, segment_name
from plimsoll.adapters.store.samples import merge
from plimsoll.adapters.store.segment import SegmentReader, ranges, write_segment

MOST_SEGMENTS = 12
_GROWTH = 4


def first_to_merge(rows: Sequence[int]) -> int:
    """Return the index from which the segments of a day are merged, given their sizes, oldest first.

    >>> first_to_merge([5_000_000, 200, 80, 70]), first_to_merge([100, 90, 80])
    (1, 0)
    """
    total = rows[-1]
    for index in range(len(rows) - 2, -1, -1):
        if rows[index] > _GROWTH * total and index < len(rows) - 2:
            return index + 1
        total += rows[index]
    return 0


def merge_segments(folder: Path, segments: Sequence[Segment], day: int, generation: int) -> Segment:
    """Write one segment with the samples of `segments`, where later ones count; the parts stay as they are.

    The caller has checked the parts, so that damage is never merged in.
    """
    with ExitStack() as stack:
        readers = [stack.enter_context(closing(SegmentReader(folder / SEGMENTS / item.file))) for item in segments]
        parts = (merge([reader.range(low, high) for reader in readers]) for low, high in ranges(readers))
        return write_segment(folder / SEGMENTS / segment_name(day, generation), parts)
