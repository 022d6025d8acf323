"""k6, `--out json=FILE`: one JSON object a line, a sample of one metric each, times in RFC 3339 and latency in ms.

Format: https://grafana.com/docs/k6/latest/results-output/real-time/json/ . Arrow reads it as a stream of blocks; only
the needed fields are kept.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.adapters.loadtests.json_lines import objects
from plimsoll.adapters.loadtests.k6_samples import WANTED, K6Tally
from plimsoll.adapters.loadtests.times import rfc3339_s
from plimsoll.domain.load_test import Recording

_TAGS = pa.struct([("expected_response", pa.string()), ("status", pa.string())])
_DATA = pa.struct([("time", pa.string()), ("value", pa.float64()), ("tags", _TAGS)])
_SCHEMA = pa.schema([("metric", pa.string()), ("type", pa.string()), ("data", _DATA)])
_LINE = re.compile(rb'\s*\{.*"type"\s*:\s*"(?:Point|Metric)"')


def recognize(head: bytes) -> bool:
    """Whether the first line is an object with the type Point or Metric."""
    first = head.lstrip().split(b"\n", 1)[0]
    return _LINE.match(first) is not None and b'"metric"' in first


def read(path: Path) -> Recording:
    """Read a file into a recording."""
    tally, metrics = K6Tally(str(path)), pa.array(WANTED)
    for batch in objects(path, _SCHEMA, "k6 JSON lines"):
        wanted = pc.and_(pc.is_in(batch["metric"], value_set=metrics), pc.equal(batch["type"], "Point"))
        points = batch.filter(wanted)
        if points.num_rows:
            time, value, tags = (pc.struct_field(points["data"], name) for name in ("time", "value", "tags"))
            outcome = [pc.struct_field(tags, name) for name in ("expected_response", "status")]
            values = value.to_numpy(zero_copy_only=False).astype(np.float64)
            tally.add(points["metric"], rfc3339_s(time, str(path)), values, outcome)
    return tally.recording("k6 JSON lines")
