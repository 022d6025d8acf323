"""How do the results of a query become arrays?

Matrix and vector results hold pairs of time (seconds, as a number) and value (as text: `NaN`, `+Inf` and `-Inf` are
values too). A native histogram is under `histogram(s)` instead, and contains no single number.

A series is identified by its labels; the metric's name is dropped, so that a query whose result changes its name (`new
or old`) is one series. Metrics with the same labels side by side (`{__name__=~"node_load.*"}`) keep their names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from plimsoll.domain.series import Times, Values, tidy

_LATEST_S = 2.5e11  # about the year 9999

Labels = tuple[tuple[str, str], ...]


class NotAResult(ValueError):
    """The data of a query do not follow the API's documentation."""


@dataclass
class Pieces:
    """The results of the parts of one query so far, by labels; native histograms only by name."""

    samples: dict[Labels, list[tuple[Times, Values]]] = field(default_factory=dict)
    histograms: set[str] = field(default_factory=set)

    def add(self, data: Any) -> int:
        """Take the data of one reply; return the number of series. Raises NotAResult."""
        if not isinstance(data, dict):
            raise NotAResult("no object of results")
        kind, result = data.get("resultType"), data.get("result")
        if kind == "scalar":
            self._keep((), [result])
            return 1
        if kind not in ("matrix", "vector") or not isinstance(result, list):
            raise NotAResult(f"a result of type {str(kind)[:20]!r} where numbers over time were asked")
        for item in result:
            self._add_result(item)
        return len(result)

    def joined(self) -> Iterable[tuple[Labels, Times, Values]]:
        """Each series with its pieces put together in order of time."""
        alike: dict[Labels, dict[Labels, tuple[Times, Values]]] = {}
        for labels, parts in self.samples.items():
            times = np.concatenate([times for times, _ in parts])
            values = np.concatenate([values for _, values in parts])
            times, values, _, _ = tidy(times, values)
            alike.setdefault(_nameless(labels), {})[labels] = (times, values)
        for nameless, by_labels in alike.items():
            times = np.concatenate([times for times, _ in by_labels.values()])
            if np.unique(times).size < times.size:
                yield from ((labels, *samples) for labels, samples in by_labels.items())
            else:
                times, values, _, _ = tidy(times, np.concatenate([values for _, values in by_labels.values()]))
                yield nameless, times, values

    def _add_result(self, item: Any) -> None:
        metric = item.get("metric") if isinstance(item, dict) else None
        if not isinstance(metric, dict) or not all(isinstance(value, str) for value in metric.values()):
            raise NotAResult("a result without labels")
        if "histogram" in item or "histograms" in item:
            self.histograms.add(metric.get("__name__", "a series without a name"))
        pairs = item["values"] if "values" in item else [item["value"]] if "value" in item else []
        if pairs:
            self._keep(tuple(sorted(metric.items())), pairs)

    def _keep(self, labels: Labels, pairs: Any) -> None:
        try:
            times_s = np.array([pair[0] for pair in pairs], dtype=np.float64)
            values = np.array([pair[1] for pair in pairs], dtype=np.str_).astype(np.float64)
        except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
            raise NotAResult("a sample that is no pair of time and number") from error
        if values.shape != times_s.shape:
            raise NotAResult("a sample that is no pair of time and number")
        if times_s.ndim != 1 or not np.isfinite(times_s).all() or np.abs(times_s).max(initial=0) > _LATEST_S:
            raise NotAResult("a sample whose time is no number")
        self.samples.setdefault(labels, []).append((np.round(times_s * 1000).astype(np.int64), values))


def _nameless(labels: Labels) -> Labels:
    return tuple((key, value) for key, value in labels if key != "__name__")
