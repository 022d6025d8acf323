"""What does a window of production telemetry say about one replica? Demand per replica, in classes, against the rest.

Each moment gives demand per replica and what was seen then. Moments are put into classes of equal width over the demand
that was seen; a class with enough moments becomes a step, its values the medians (a restart or a deployment in it does
no harm). Production goes where its users take it: what it never carried is not in here, and no step is made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.model import Values
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.load_test import LoadUnit, Steps

CLASSES = 15
FEWEST_MOMENTS = 10


@dataclass(frozen=True, eq=False)
class Moments:
    """Columns of equal length (n,), NaN where nothing was measured.

    `demand` is that of the whole fleet, per second; `replicas` those that served it. `latency_s`, `error_ratio` and
    `resources` are what one replica, or the average replica, showed.
    """

    source: str
    demand: Values
    replicas: Values
    latency_s: Mapping[str, Values]
    error_ratio: Values | None
    resources: Mapping[str, Values]
    resource_units: Mapping[str, str]
    notes: tuple[str, ...] = ()


def telemetry_steps(moments: Moments) -> Steps:
    """Make steps of demand per replica.

    Raises NothingToAnswer where demand hardly moved, or fewer than two classes hold enough moments; InputError for
    demand below zero.
    """
    if np.any(moments.demand < 0):
        raise InputError(f"{moments.source}: demand is below zero at some moments: is it a rate, and of requests?")
    with np.errstate(divide="ignore", invalid="ignore"):
        each = moments.demand / np.where(moments.replicas > 0, moments.replicas, np.nan)
    usable = np.isfinite(each)
    there, needed = int(np.count_nonzero(usable)), 2 * FEWEST_MOMENTS
    if there < needed:
        raise NothingToAnswer(
            f"{moments.source}: {there} moments have demand and replicas; needs {needed}: "
            "take a longer window (--history)"
        )
    low, high = float(np.min(each[usable])), float(np.max(each[usable]))
    classes = np.clip(((each - low) / max(high - low, 1e-300) * CLASSES), 0, CLASSES - 1)
    number = np.where(usable, classes, -1).astype(np.int64)
    counts = np.bincount(number[usable], minlength=CLASSES)
    kept = [i for i in range(CLASSES) if counts[i] >= FEWEST_MOMENTS]
    if len(kept) < 2:
        stairs = ", ".join(f"{high * part:.3g}" for part in (0.5, 0.75, 1, 1.25, 1.5, 2))
        raise NothingToAnswer(
            f"{moments.source}: demand per replica stays between {low:.4g} and {high:.4g}: too little to see a curve; "
            f"take a longer window (--history), or test next {stairs} per replica, 60 s each"
        )
    return _steps(moments, each, [number == i for i in kept], int(counts.sum()), int(counts[kept].sum()))


def _steps(moments: Moments, each: Values, rows: list[Values], seen: int, used: int) -> Steps:
    notes = (
        f"{len(rows)} classes of demand per replica from {used} of {seen} moments; values are medians",
        "from production: nothing is known past the demand that was seen",
        *moments.notes,
    )

    def medians(values: Values) -> Values:
        return np.array(
            [float(np.nanmedian(values[row])) if np.any(np.isfinite(values[row])) else np.nan for row in rows]
        )

    errors = moments.error_ratio
    return Steps(
        load=medians(each),
        load_unit=LoadUnit.ARRIVALS_PER_S,
        latency_s={name: medians(values) for name, values in moments.latency_s.items()},
        error_ratio=None if errors is None else medians(errors),
        resources={name: medians(values) for name, values in moments.resources.items()},
        resource_units=dict(moments.resource_units),
        source=moments.source,
        notes=notes,
    )
