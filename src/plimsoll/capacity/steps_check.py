"""Can these steps be true, and can anything be learned from them? If not, say so clearly.

- One step is no curve, and neither is one load many times (or one arrival rate, apart from its scatter).
- A latency of zero was not measured. Latencies three hundred times apart at neighboring loads are in two units, unless
  more requests of the slower step failed: that is overload. So are throughputs, or shares of a resource, that from one
  step on all rise thirty times more than the load.
- Steps at the same loads whose throughputs differ by half come from two tests.
- Little's law holds for every system in a steady state: throughput times mean latency is the number of requests in
  flight, which cannot be a hundred times the number of users.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plimsoll.capacity.stairs import are_whole, listed, stairs
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.quantity import PAST_MEASURE

_LOADS = 7  # for a curve with its interval
_LOWER_LOADS = 4
_JUMP = 300.0
_FAILS_MORE = 0.01  # of requests: a jump of latency with so many more failures is overload, not another unit
_SAME_RATE = 1.02  # times the least: a load generator holds its set rate more closely than that
_RISE = 30.0  # times the rise of the load, of all later steps over all earlier ones
_TWO_TESTS = 1.5
_IN_FLIGHT_A_MINUTE = 30.0
_IN_FLIGHT_IMPOSSIBLE = 100.0
_IN_FLIGHT_ODD = 1.25


def checked(steps: Steps) -> Steps:
    """Return the steps, with oddities added to their notes.

    Raises InputError where they cannot be true, NothingToAnswer where nothing can be learned from them.
    """
    steps = _with_load(_known_loads(steps))
    _possible(steps)
    _enough(steps)
    _all_errors(steps)
    for name, latency in steps.latency_s.items():
        _latency(steps, name, latency)
    for name, values in steps.resources.items():
        if steps.resource_units.get(name) == "ratio":
            _rise(steps, name, values)
    if steps.throughput is not None:
        _rise(steps, "throughput", steps.throughput)
    return replace(steps, notes=(*steps.notes, *_in_flight(steps), *_two_tests(steps)))


def _with_load(steps: Steps) -> Steps:
    """Drop latencies at zero load: nothing was served there, whatever the file says."""
    served = steps.load > 0
    return replace(steps, latency_s={name: np.where(served, one, np.nan) for name, one in steps.latency_s.items()})


def _known_loads(steps: Steps) -> Steps:
    if np.all(np.isfinite(steps.load)):
        return steps
    raise InputError(f"{steps.source}: a step has no load")


def _possible(steps: Steps) -> None:
    throughput = {} if steps.throughput is None else {"throughput": steps.throughput}
    for name, values in {"load": steps.load, **throughput, **steps.latency_s, **steps.resources}.items():
        if np.nanmax(values, initial=0.0) > PAST_MEASURE:
            raise InputError(f"{steps.source}: {name} reaches {np.nanmax(values):g}, beyond any real measurement")


def _enough(steps: Steps) -> None:
    least, most = float(np.min(steps.load)), float(np.max(steps.load))
    if most > least * (_SAME_RATE if steps.load_unit is LoadUnit.ARRIVALS_PER_S else 1.0):
        return
    load = float(np.mean(steps.load))
    what = "one step only" if len(steps) == 1 else f"constant load: {len(steps)} steps, all"
    whole = are_whole(steps)
    loads = stairs(load / 4, max(2 * load, _LOADS if whole else 0.0), _LOADS, whole)
    raise NothingToAnswer(
        f"{steps.source}: {what} at {load:g} {steps.load_unit.value}: no curve can be fitted to it; "
        f"test next {listed(loads)} {steps.load_unit.value}, 60 s each"
    )


def _all_errors(steps: Steps) -> None:
    errors = steps.error_ratio
    if errors is not None and np.all(errors[np.isfinite(errors)] >= 1) and np.any(np.isfinite(errors)):
        raise NothingToAnswer(
            f"{steps.source}: every request failed, so there is nothing to learn about capacity; {_lower(steps)}"
        )
    if steps.throughput is not None and np.all(np.nan_to_num(steps.throughput) <= 0):
        raise NothingToAnswer(f"{steps.source}: throughput is zero in every step; {_lower(steps)}")


def _lower(steps: Steps) -> str:
    """Say which loads to test next where even the lowest was too much."""
    low = float(np.min(steps.load[steps.load > 0]))
    loads = stairs(low / 8, low, _LOWER_LOADS, are_whole(steps))
    return f"fix what fails, then test next {listed(loads)} {steps.load_unit.value}, 60 s each"


def _latency(steps: Steps, name: str, latency: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    zero = np.flatnonzero(latency == 0)
    if zero.size:
        load = float(steps.load[zero[0]])
        raise InputError(f"{steps.source}: {name} is 0 at load {load:g}: no request takes zero time (a rounded unit?)")
    known = np.isfinite(latency)
    values, loads = latency[known], steps.load[known]
    if values.size < 2:
        return
    jump = np.maximum(values[1:] / values[:-1], values[:-1] / values[1:])
    if steps.error_ratio is not None:
        errors = steps.error_ratio[known]
        slower = np.where(values[1:] > values[:-1], errors[1:] - errors[:-1], errors[:-1] - errors[1:])
        jump = np.where(slower >= _FAILS_MORE, 1.0, jump)
    worst = int(np.argmax(jump))
    if jump[worst] > _JUMP:
        raise InputError(
            f"{steps.source}: {name} changes by a factor of {jump[worst]:.0f} between loads {loads[worst]:g} and "
            f"{loads[worst + 1]:g}: are units mixed up in the column?"
        )


def _rise(steps: Steps, name: str, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    known = (values > 0) & (steps.load > 0)
    values, loads = values[known], steps.load[known]
    if values.size < 2:
        return
    before, after = np.maximum.accumulate(values)[:-1], np.minimum.accumulate(values[::-1])[::-1][1:]
    rise = after / before
    worst = int(np.argmax(rise * loads[:-1] / loads[1:]))
    if rise[worst] * loads[worst] / loads[worst + 1] > _RISE:
        raise InputError(
            f"{steps.source}: {name} rises by a factor of {rise[worst]:.0f} between loads {loads[worst]:g} and "
            f"{loads[worst + 1]:g}: are units mixed up in the column?"
        )


def _two_tests(steps: Steps) -> list[str]:
    """Report that most loads tested more than once show different throughputs."""
    if steps.throughput is None:
        return []
    repeated = [steps.throughput[steps.load == load] for load in np.unique(steps.load)]
    ratios = [float(np.max(values) / np.min(values)) for values in repeated if values.size > 1 and np.all(values > 0)]
    if len(ratios) < 2 or float(np.median(ratios)) < _TWO_TESTS:
        return []
    most = f"throughput at the same load differs by a factor of up to {max(ratios):.1f}"
    return [f"{most}: are there two tests in one file? A curve through both describes neither"]


def _in_flight(steps: Steps) -> list[str]:
    """Compare the number of requests in flight, by Little's law, with the number of users."""
    latency = next((steps.latency_s[name] for name in ("mean", "p50", "latency") if name in steps.latency_s), None)
    if latency is None or steps.throughput is None or steps.load_unit is not LoadUnit.USERS:
        return []
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = steps.throughput * latency / steps.load
    worst = int(np.argmax(np.nan_to_num(ratio)))
    in_flight, users = float(ratio[worst] * steps.load[worst]), float(steps.load[worst])
    law = f"throughput x latency is {in_flight:.0f} requests in flight at {users:g} users (Little's law)"
    if ratio[worst] > _IN_FLIGHT_IMPOSSIBLE:
        raise InputError(f"{steps.source}: {law}: is one of the two in another unit? Write latency=COLUMN:ms")
    if ratio[worst] > _IN_FLIGHT_ODD:
        note = f"{law}: right only if a user has several requests at once"
        minute = f", and {ratio[worst]:.0f} per user may mean that throughput is per minute (throughput=COLUMN:/min)"
        return [note + (minute if ratio[worst] > _IN_FLIGHT_A_MINUTE else "")]
    return []
