"""What does a metric's name say about its unit and kind?

The rules are the Prometheus naming practices (base unit as the last word, `_total` for counters), and a few words from
cloud and spreadsheet exports, units of time and size among them (`p95_ms`, `heap_mb`, `Memory (GB)`). A name without
any of them has no unit and the kind UNKNOWN.
"""

from __future__ import annotations

import re

from plimsoll.domain.series import MetricKind
from plimsoll.domain.unit_names import SIZES, TIMES, per_second, tells_unit

_BY_LAST_WORD: dict[str, tuple[str, MetricKind]] = {
    **{word: (unit, MetricKind.SECONDS) for word, unit in TIMES.items()},
    **{word: (unit, MetricKind.BYTES) for word, unit in SIZES.items()},
    "ratio": ("ratio", MetricKind.RATIO),
    "percent": ("percent", MetricKind.PERCENT),
    "pct": ("percent", MetricKind.PERCENT),
    "bytes": ("bytes", MetricKind.BYTES),
    "seconds": ("seconds", MetricKind.SECONDS),
    "rps": ("per second", MetricKind.RATE),
    "cores": ("cores", MetricKind.GAUGE),
    "count": ("", MetricKind.COUNT),
}
_NO_UNIT = ("", MetricKind.UNKNOWN)
_PER_SECOND = re.compile(r"(?:_per_|\s*/\s*)(?:second|sec|s)$")
_CLOSING = " )]"  # after the unit of a heading: `Memory (GB)`
_WORDS = re.compile(r"[^0-9A-Za-z]+")


def unit_and_kind(name: str) -> tuple[str, MetricKind]:
    """Read unit and kind from a metric's name.

    >>> unit_and_kind("node_network_receive_bytes_total")
    ('bytes', <MetricKind.COUNTER: 'counter'>)
    >>> unit_and_kind("disk_read_bytes_per_second")
    ('bytes per second', <MetricKind.RATE: 'rate'>)
    >>> unit_and_kind("disk_read_mb_per_second"), unit_and_kind("p95_ms")
    (('MB/s', <MetricKind.RATE: 'rate'>), ('ms', <MetricKind.SECONDS: 'seconds'>))
    """
    name = name.rstrip(_CLOSING)
    lowered = name.lower()
    if rate := _PER_SECOND.search(lowered):
        return per_second(unit_and_kind(name[: rate.start()])[0]), MetricKind.RATE
    counter = lowered.endswith("_total")
    measured = name[: -len("_total")] if counter else name
    last = _WORDS.split(measured.lower())[-1]
    unit, kind = _BY_LAST_WORD.get(last, _NO_UNIT) if tells_unit(measured) else _NO_UNIT
    return unit, MetricKind.COUNTER if counter else kind


def kind_named(text: str) -> MetricKind:
    """Read a kind as written in a file; an unknown word is UNKNOWN."""
    try:
        return MetricKind(text.strip().lower())
    except ValueError:
        return MetricKind.UNKNOWN
