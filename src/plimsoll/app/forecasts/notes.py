"""What was applied to a forecast beside its samples, in words; and which scenarios cannot be applied at all?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from plimsoll.domain.errors import UsageError
from plimsoll.domain.forecast import Annotations, Changepoint, Event, IgnoreWindow, Scenario
from plimsoll.domain.quantity import some_of
from plimsoll.domain.series import MetricKind, Series, as_datetime
from plimsoll.forecast.grid import own_step

_SHOWN = 3
_AROUND = (
    3  # steps from the one before an event's start within which its first step lies, months of any length included
)


def check_scenario(scenario: Scenario | None, wanted: Sequence[Series]) -> None:
    """Raise UsageError where a scenario applies to none of the series, or would restart a counter's total."""
    if scenario is None:
        return
    concerned = [series for series in wanted if scenario.concerns(series.id.name)]
    if not concerned:
        names = some_of(sorted(scenario.only), _SHOWN)
        raise UsageError(
            f"scenario {scenario.name} is a course of {names}, which no series that is forecast measures; name the "
            "driver's signal in the model, or let every series grow with --growth"
        )
    counter = next((series for series in concerned if series.kind is MetricKind.COUNTER), None)
    if scenario.initial is not None and counter is not None:
        raise UsageError(
            f"{counter.id} is a counter, which cannot start from a stated number; leave it out by --series"
        )


def scenario_notes(scenario: Scenario | None, wanted: Sequence[Series]) -> tuple[str, ...]:
    """Say to which series a scenario of a driver was applied, and to which it was not."""
    if scenario is None or not scenario.only:
        return ()
    applied = [str(series.id) for series in wanted if scenario.concerns(series.id.name)]
    left = [str(series.id) for series in wanted if not scenario.concerns(series.id.name)]
    rest = f"; not on {some_of(left, _SHOWN)}, which its driver does not move" if left else ""
    return (f"scenario {scenario.name}: laid on {some_of(applied, _SHOWN)}{rest}",)


def annotation_notes(known: Annotations, wanted: Sequence[Series], horizon_ms: int) -> tuple[str, ...]:
    """Say which events, change points and ignore windows were applied, and which have no effect."""
    return (
        *(f"event {one.name}: {_event_note(one, wanted, horizon_ms)}{_scope(one.only)}" for one in known.events),
        *(f"{_change_note(one, wanted)}{_scope(one.only)}" for one in known.changepoints),
        *(f"{_ignore_note(one, wanted)}{_scope(one.only)}" for one in known.ignore),
    )


def idle_notes(known: Annotations, wanted: Sequence[Series], horizon_ms: int) -> tuple[str, ...]:
    """Say which of them touch none of the series that they apply to; of those that apply to none, nothing."""

    def applies(one: Event | Changepoint | IgnoreWindow) -> bool:
        return any(_spans(wanted, one.only))

    idle = Annotations(
        tuple(one for one in known.events if applies(one) and not _touches(one, wanted, horizon_ms)),
        tuple(one for one in known.changepoints if applies(one) and not _cuts(one, wanted)),
        tuple(one for one in known.ignore if applies(one) and not _holds(one, wanted)),
    )
    return annotation_notes(idle, wanted, horizon_ms)


def _touches(event: Event, wanted: Sequence[Series], horizon_ms: int) -> bool:
    """Whether the event falls into a history or the horizon; one between two samples changes the later in a runway."""
    spans = ((first_ms, last_ms + horizon_ms) for first_ms, last_ms in _spans(wanted, event.only))
    ends_ms = math.inf if event.end_ms is None else event.end_ms
    return any(event.start_ms <= last_ms and first_ms < ends_ms for first_ms, last_ms in spans)


def _acts(event: Event, series: Series, horizon_ms: int) -> bool:
    """Whether a sample, or a step of the horizon, lies within the event; of a counter, the middle of its step."""
    if not len(series):
        return False
    step, last_ms = own_step(series.times_ms, series.step_ms or horizon_ms), int(series.times_ms[-1])
    nearest = max(1, (event.start_ms - last_ms) // step.ms)
    most = max(1, round(horizon_ms / step.ms))
    ahead = step.after(last_ms, np.arange(nearest, min(nearest + _AROUND, most) + 1, dtype=np.int64))
    moments = np.concatenate([series.times_ms, ahead])
    if series.kind is MetricKind.COUNTER:
        moments -= step.ms // 2
    return bool(((moments >= event.start_ms) & (moments < (math.inf if event.end_ms is None else event.end_ms))).any())


def _event_note(event: Event, wanted: Sequence[Series], horizon_ms: int) -> str:
    if not any(_acts(event, series, horizon_ms) for series in _concerned(wanted, event.only)):
        return "touches no sample and no step that is forecast; nothing is changed"
    return " ".join(_changes(event, wanted))


def _cuts(change: Changepoint, wanted: Sequence[Series]) -> bool:
    return any(first_ms < change.at_ms <= last_ms for first_ms, last_ms in _spans(wanted, change.only))


def _change_note(change: Changepoint, wanted: Sequence[Series]) -> str:
    if _cuts(change, wanted):
        return f"history before {_shown(change.at_ms)} is left out"
    side = "past" if any(change.at_ms > last_ms for _, last_ms in _spans(wanted, change.only)) else "before"
    return f"the change of {_shown(change.at_ms)} lies {side} every sample: no history is left out for it"


def _holds(ignored: IgnoreWindow, wanted: Sequence[Series]) -> bool:
    start_ms, end_ms = ignored.window.start_ms, ignored.window.end_ms
    every = (one.times_ms for one in _concerned(wanted, ignored.only))
    return any(bool(((times_ms >= start_ms) & (times_ms < end_ms)).any()) for times_ms in every)


def _ignore_note(ignored: IgnoreWindow, wanted: Sequence[Series]) -> str:
    span = f"{_shown(ignored.window.start_ms)} to {_shown(ignored.window.end_ms)}"
    return f"{span} is ignored" if _holds(ignored, wanted) else f"{span} holds no sample: nothing is ignored"


def _spans(wanted: Sequence[Series], only: frozenset[str]) -> Iterator[tuple[int, int]]:
    """First and last sample of each series that they apply to."""
    return ((int(one.times_ms[0]), int(one.times_ms[-1])) for one in _concerned(wanted, only) if len(one))


def _concerned(wanted: Sequence[Series], only: frozenset[str]) -> list[Series]:
    return [one for one in wanted if not only or one.id.name.rpartition("/")[2] in only]


def _changes(event: Event, wanted: Sequence[Series]) -> Iterator[str]:
    """The effect of an event: its factor, and its offset with the unit of its series; no effect is stated as such."""
    if event.factor != 1.0 or event.offset == 0.0:
        yield f"x {event.factor:g}"
    if event.offset != 0.0:
        unit = _unit(_concerned(wanted, event.only))
        yield f"{'+' if event.offset > 0 else '-'} {abs(event.offset):g}{unit}"


def _unit(concerned: Sequence[Series]) -> str:
    """The unit that all series have in common, or none."""
    units = {"points" if one.unit in ("percent", "%") else one.unit for one in concerned}
    kinds = {one.kind is MetricKind.COUNTER for one in concerned}
    unit = units.pop() if len(units) == 1 else ""
    return f"{' ' if unit else ''}{unit}{' a step' if kinds == {True} else ''}"


def _scope(only: frozenset[str]) -> str:
    return f", on {', '.join(sorted(only))}" if only else ""


def _shown(time_ms: int) -> str:
    return f"{as_datetime(time_ms):%Y-%m-%d %H:%MZ}"
