"""Which rows of a JTL in CSV are parts of the request before them?

Since version 5.0 JMeter writes the parts of a sample (redirects, what a page embeds) as rows after its own, in the same
thread and within its time: `Home`, `Home-0`, `Home-1` (jmeter.save.saveservice.subresults, on by default;
`CSVSaveService.saveSampleResult` and `SampleResult.storeSubResult` of apache/jmeter). A part's own parts follow it:
`Home-0`, `Home-0-0`, `Home-1`. The request is the first of them, and its time includes theirs.

Where parts keep their own labels (subresults.disable_renaming), a sample within another of its thread may be one. It
may also be of another run that was merged into the file, so it counts as a request, and is noted.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_NUMBERED = r"(?s)^(?P<label>.*)-(?P<number>\d{1,4})$"
_NEEDED = ("label", "threadName")
_SPAN_MS = 1 << 43  # more than any time since 1970

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Parts:
    """Finds parts in blocks of rows, of which a request and its parts span two at most."""

    def __init__(self) -> None:
        self._before: pa.RecordBatch | None = None
        self._left_out = self._unnamed = 0

    def find(self, batch: pa.RecordBatch, begun_ms: Rows, elapsed_ms: Rows) -> Mask:
        """Find the rows of the next block that are parts; none where labels or threads were not saved."""
        if not set(_NEEDED) <= set(batch.schema.names):
            return np.zeros(batch.num_rows, dtype=np.bool_)
        times = [pa.array(begun_ms), pa.array(begun_ms + elapsed_ms)]
        rows = pa.record_batch(
            [*(batch[name].fill_null("") for name in _NEEDED), *times], names=[*_NEEDED, "begun", "ended"]
        )
        earlier = 0 if self._before is None else self._before.num_rows
        both = rows if self._before is None else pa.concat_batches([self._before, rows])
        is_part, within = _parts(both)
        self._before = rows
        self._left_out += int(np.count_nonzero(is_part[earlier:]))
        self._unnamed += int(np.count_nonzero(within[earlier:]))
        return is_part[earlier:]

    def notes(self) -> tuple[str, ...]:
        """Note what was left out, and what may be a part and was not."""
        notes = []
        if self._left_out:
            notes.append(f"{self._left_out} parts of requests (redirects, embedded resources) left out")
        if self._unnamed:
            notes.append(
                f"{self._unnamed} samples lie within another of the same thread, and count as requests: parts that "
                "keep their labels (subresults.disable_renaming), or several runs in one file"
            )
        return tuple(notes)


def _parts(rows: pa.RecordBatch) -> tuple[Mask, Mask]:
    """Find the rows that are numbered parts of a row before, and the others that lie within one of their thread."""
    thread = _codes(rows["threadName"])
    order = np.argsort(thread, kind="stable")
    thread, begun, ended = thread[order], rows["begun"].to_numpy()[order], rows["ended"].to_numpy()[order]
    split = pc.extract_regex(rows["label"], _NUMBERED)
    numbered = split.is_valid().to_numpy(zero_copy_only=False)[order]
    is_part = np.zeros(order.size, dtype=np.bool_)
    if numbered.any():
        parents, numbers = (pc.fill_null(pc.struct_field(split, name), "0") for name in ("label", "number"))
        label, parent = np.split(_codes(pa.concat_arrays([rows["label"], parents])), 2)
        number = pc.cast(numbers, pa.int64()).to_numpy()[order]
        of = _last_before(thread, label[order], parent[order])
        of[~numbered] = -1
        of_row = np.maximum(of, 0)
        within = (begun >= begun[of_row]) & (ended <= ended[of_row])
        is_part = (of >= 0) & within & (_rank(of) == number)
    latest = np.maximum.accumulate(np.where(is_part, 0, ended) + thread * _SPAN_MS)
    before = np.concatenate([[0], latest[:-1]]) - thread * _SPAN_MS  # below zero for the first row of a thread
    within = ~is_part & (begun < before) & (ended <= before)
    by_row = np.empty((2, order.size), dtype=np.bool_)
    by_row[:, order] = is_part, within
    return by_row[0], by_row[1]


def _last_before(thread: Rows, label: Rows, wanted: Rows) -> Rows:
    """Find the last row before each one that has the wanted label in its thread, (n,); -1 where there is none."""
    size, most = thread.size, int(max(label.max(), wanted.max())) + 1
    groups, rows = thread * most, np.arange(size)
    keys = (groups + label) * size + rows
    by_key = np.argsort(keys)
    place = np.searchsorted(keys[by_key], (groups + wanted) * size + rows) - 1
    last = by_key[np.maximum(place, 0)]
    is_there = (place >= 0) & (thread[last] == thread) & (label[last] == wanted)
    return np.where(is_there, last, -1)


def _rank(groups: Rows) -> Rows:
    """Count the rows before each one that are in its group, (n,)."""
    order = np.argsort(groups, kind="stable")
    ranked = groups[order]
    rank = np.empty_like(groups)
    rank[order] = np.arange(groups.size) - np.searchsorted(ranked, ranked)
    return rank


def _codes(texts: pa.Array) -> Rows:
    return np.asarray(texts.dictionary_encode().indices.to_numpy(), dtype=np.int64)
