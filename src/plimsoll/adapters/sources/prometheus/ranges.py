"""How is a long window read from a server that answers 11,000 points at once?

The grid of times is start, start + step, ... with start rounded up to a whole step, so that reads of adjacent windows
meet without a gap or a duplicate. It is queried in parts of at most 10,000 points (the server's own bound is 11,000 per
series, https://github.com/prometheus/prometheus/blob/main/web/api/v1/api.go); a part that the server finds too large is
halved, and later parts are as short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plimsoll.adapters.sources.prometheus.api import PrometheusApi, QueryTooLarge, Reply
from plimsoll.domain.errors import SourceError, UsageError
from plimsoll.domain.series import Window

MAX_POINTS = 10_000
_MOST_POINTS = 5_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """The moments to query: from `first_ms` to `last_ms` inclusive, every `step_ms`."""

    first_ms: int
    last_ms: int
    step_ms: int

    @property
    def points(self) -> int:
        """The number of moments."""
        return (self.last_ms - self.first_ms) // self.step_ms + 1

    @property
    def window(self) -> Window:
        """The span that the moments cover."""
        return Window(self.first_ms, self.last_ms + self.step_ms)

    def split(self, points: int) -> tuple[Grid, Grid]:
        """Cut after the first `points` moments."""
        cut = self.first_ms + points * self.step_ms
        return Grid(self.first_ms, cut - self.step_ms, self.step_ms), Grid(cut, self.last_ms, self.step_ms)


def grid_of(window: Window, step_s: float) -> Grid:
    """Return the grid over a window; a window shorter than its step, or without a step, has only its last moment.

    Raises UsageError where the grid would have more than five million points.

    >>> grid_of(Window(1_000, 600_000), 60).first_ms, grid_of(Window(0, 600_000), 60).points
    (60000, 10)
    """
    step = round(step_s * 1000)
    first = -(-window.start_ms // step) * step if step > 0 else window.end_ms
    if first >= window.end_ms:
        return Grid(window.end_ms - 1, window.end_ms - 1, 1)
    grid = Grid(first, first + (window.end_ms - 1 - first) // step * step, step)
    if grid.points > _MOST_POINTS:
        raise UsageError(f"{grid.points:,} points in the window at a step of {step_s:g}s; take a longer step")
    return grid


def sweep(api: PrometheusApi, promql: str, grid: Grid) -> Iterator[tuple[Window, Reply | SourceError]]:
    """Query the grid part by part; an error takes the place of its part, or of all the rest if it ends the sweep."""
    longest = MAX_POINTS
    rest: Grid | None = grid
    while rest is not None:
        part, rest = rest.split(longest) if rest.points > longest else (rest, None)
        try:
            yield part.window, _request(api, promql, part)
        except QueryTooLarge as error:
            if part.points == 1:
                yield Window(part.first_ms, grid.window.end_ms), error
                return
            longest = part.points // 2
            rest = Grid(part.first_ms, grid.last_ms, grid.step_ms)
        except SourceError as error:
            yield Window(part.first_ms, grid.window.end_ms), error
            return


def _request(api: PrometheusApi, promql: str, part: Grid) -> Reply:
    if part.points == 1:
        return api.query(promql, part.first_ms)
    return api.query_range(promql, part.first_ms, part.last_ms, part.step_ms)
