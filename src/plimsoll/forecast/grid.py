"""How do samples at any times become one value a step, with gaps left open?

The grid ends at the last sample. A series whose spacing is near the requested step is put on that step; one that
clearly has another step keeps its own, and one of calendar months is put on months. Of several samples in one cell the
last counts; an empty cell is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.domain.panel import NO_TIME
from plimsoll.domain.quantity import counted, format_duration
from plimsoll.domain.series import Times, Values, once_a_step, tidy
from plimsoll.forecast.steps import Step, calendar_step, is_near

MOST_CELLS = 100_000
CELLS_PER_SAMPLE = 50  # a grid emptier than this is cut to its newest part


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Values one step apart, NaN in gaps; `end_ms` is the time of the last cell; `remarks` say what was corrected."""

    values: Values
    end_ms: int
    step: Step
    remarks: tuple[str, ...] = ()


def on_grid(times_ms: Times, values: Values, step_ms: int) -> Grid:
    """Put samples on a grid; times may be unsorted, duplicate and (all but one) `NO_TIME`."""
    dated = times_ms != NO_TIME
    endless = int(np.count_nonzero(np.isinf(values[dated])))
    times_ms, values = times_ms[dated], np.where(np.isfinite(values), values, np.nan)[dated]
    times_ms, values, doubles, unsorted = tidy(times_ms, values)
    remarks = []
    if endless:
        remarks.append(f"{endless} infinite value{'s' * (endless > 1)} taken as unknown")
    if not dated.all():
        remarks.append(f"{int(np.count_nonzero(~dated))} rows without a time within the years 1 to 9999 were dropped")
    if doubles:
        remarks.append(f"{doubles} samples with a repeated time were dropped")
    if unsorted:
        remarks.append("rows were out of order")
    own = own_step(times_ms, step_ms)
    if not is_near(own.ms, step_ms):
        remarks.append(f"has its own step, {format_duration(own.ms / 1000)}")
    cells = own.numbers(times_ms)
    if shared := int(np.count_nonzero(np.diff(cells) == 0)):
        remarks.append(f"{counted(shared, 'sample')} left out for a later one in the same step")
    reach = min(MOST_CELLS, CELLS_PER_SAMPLE * times_ms.size)
    newest = cells > -reach
    if not newest.all():
        remarks.append(f"{int(np.count_nonzero(~newest))} samples before a long gap were left out")
        cells, values = cells[newest], values[newest]
    on_steps = np.full(1 - int(cells[0]), np.nan)
    on_steps[cells - cells[0]] = values
    return Grid(on_steps, int(times_ms[-1]), own, tuple(remarks))


def own_step(times_ms: Times, step_ms: int) -> Step:
    """Choose the step of sorted times: calendar months where they fit, `step_ms` where the usual spacing is near it.

    Otherwise the most common spacing if at least half share it, else the median one. Several readers count as one.
    """
    times_ms = once_a_step(times_ms)
    if times_ms.size < 3:
        return Step(step_ms)
    if (months := calendar_step(times_ms)) is not None:
        return months
    spacing = np.diff(times_ms)
    middle = int(np.median(spacing))
    if is_near(middle, step_ms):
        return Step(step_ms)
    steps, counts = np.unique(spacing, return_counts=True)
    common = int(np.argmax(counts))
    return Step(int(steps[common]) if 2 * counts[common] >= spacing.size else max(1, middle))
