"""What does a metric's name say about its unit and kind?

The rules are the Prometheus naming practices (base unit as the last word, `_total` for counters), and a few words from
cloud and spreadsheet exports. A name without any of them has no unit and the kind UNKNOWN.
"""

from __future__ import annotations

import re

from plimsoll.domain.series import MetricKind

_BY_LAST_WORD: dict[str, tuple[str, MetricKind]] = {
    "ratio": ("ratio", MetricKind.RATIO),
    "percent": ("percent", MetricKind.PERCENT),
    "pct": ("percent", MetricKind.PERCENT),
    "bytes": ("bytes", MetricKind.BYTES),
    "seconds": ("seconds", MetricKind.SECONDS),
    "rps": ("per second", MetricKind.RATE),
    "cores": ("cores", MetricKind.GAUGE),
    "count": ("", MetricKind.COUNT),
}
_WORDS = re.compile(r"[^0-9A-Za-z]+")


def unit_and_kind(name: str) -> tuple[str, MetricKind]:
    """Read unit and kind from a metric's name.

    >>> unit_and_kind("node_network_receive_bytes_total")
    ('bytes', <MetricKind.COUNTER: 'counter'>)
    >>> unit_and_kind("disk_read_bytes_per_second")
    ('bytes per second', <MetricKind.RATE: 'rate'>)
    """
    lowered = name.lower()
    if lowered.endswith("_per_second"):
        unit = unit_and_kind(lowered.removesuffix("_per_second"))[0]
        return (f"{unit} per second".strip(), MetricKind.RATE)
    counter = lowered.endswith("_total")
    last = _WORDS.split(lowered.removesuffix("_total"))[-1]
    unit, kind = _BY_LAST_WORD.get(last, ("", MetricKind.UNKNOWN))
    return unit, MetricKind.COUNTER if counter else kind


def kind_named(text: str) -> MetricKind:
    """Read a kind as written in a file; an unknown word is UNKNOWN."""
    try:
        return MetricKind(text.strip().lower())
    except ValueError:
        return MetricKind.UNKNOWN
