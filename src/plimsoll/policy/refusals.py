"""Which policies cannot be carried out, and what in others is odd? Both lines of a contradiction are named.

A refusal stops a policy: a scale-in threshold above a scale-out threshold, a minimum above a maximum, a duration
shorter than the time between two evaluations. A remark is a finding about a policy that can be carried out; if one rule
is only stricter than another, the stricter one applies.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.finding import Finding
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import Condition, Direction, Form, Mode, Side, StepTable, TriggerRule
from plimsoll.domain.policy_restraints import Granularity
from plimsoll.domain.quantity import format_duration
from plimsoll.domain.time_zone import time_zone

_LEAST_EVERY_S = 0.1
_MOST_EVALUATIONS = 1_000_000  # the most evaluations that memory keeps of a window
Check = Callable[[Policy], Iterator[InputError]]


def refusals(policy: Policy) -> tuple[InputError, ...]:
    """List everything that keeps a policy from being carried out."""
    return tuple(error for check in _CHECKS for error in check(policy))


def _signals(policy: Policy) -> Iterator[InputError]:
    known = {use.name for use in policy.signals}
    used: list[tuple[str, Place | None]] = [
        *((one.signal, one.place) for _, one in _conditions(policy)),
        *((target.signal, target.place) for target in policy.targets),
        *((queue.depth_signal, queue.place) for queue in policy.queues),
        *((queue.arrivals_signal, queue.place) for queue in policy.queues if queue.arrivals_signal),
    ]
    if policy.drop_guard:
        used.append((policy.drop_guard.signal, policy.drop_guard.place))
    if policy.predictive:
        used.append((policy.predictive.demand_signal, policy.predictive.place))
    if policy.corroboration:
        used.extend((one.signal, one.place or policy.corroboration.place) for one in policy.corroboration.conditions)
    for name, place in used:
        if name not in known:
            yield InputError(f"signal {name!r} is not among the policy's signals", place)


def _limits(policy: Policy) -> Iterator[InputError]:
    limits = policy.limits
    if limits.min < 0:
        yield InputError(f"min {limits.min} is below zero", limits.place)
    if limits.min > limits.max:
        yield _both(f"min {limits.min} is above max {limits.max}", limits.place, limits.max_place)
    for count, place in ((limits.min, limits.place), (limits.max, limits.max_place)):
        if not _allowed(policy, count):
            yield InputError(f"{count} is not among the counts that the granularity allows", place or limits.place)
    steps = [step for step in (limits.max_step_out, limits.max_step_in) if step is not None]
    if limits.granularity is Granularity.MULTIPLE and steps and min(steps) < limits.granule:
        yield InputError(f"a step of {min(steps)} can never reach the next multiple of {limits.granule}", limits.place)
    for way, step in (("out", limits.max_step_out), ("in", limits.max_step_in)):
        stuck = None if step is None else _stuck_power(step, limits.min)
        if limits.granularity is Granularity.POWER_OF_TWO and stuck and 2 * stuck <= limits.max:
            near, far = (stuck, 2 * stuck) if way == "out" else (2 * stuck, stuck)
            text = f"a step of {step} never scales {way} from {near} to {far}, the next power of two"
            yield _both(text, limits.place, limits.max_place)


def _stuck_power(step: int, least: int) -> int:
    """The smallest power of two of at least `least` that differs from its double by more than a step.

    >>> _stuck_power(3, 1), _stuck_power(4, 1), _stuck_power(1, 16)
    (4, 8, 16)
    """
    return max(1 << step.bit_length(), least)


def _allowed(policy: Policy, count: int) -> bool:
    limits = policy.limits
    if limits.granularity is Granularity.MULTIPLE:
        return count % limits.granule == 0
    return limits.granularity is Granularity.ANY or count == 0 or count & (count - 1) == 0


def _thresholds(policy: Policy) -> Iterator[InputError]:
    outs = [one for way, one in _conditions(policy) if way is Direction.OUT and one.side is Side.ABOVE]
    ins = [one for way, one in _conditions(policy) if way is Direction.IN and one.side is Side.BELOW]
    for upper in outs:
        for lower in ins:
            if upper.signal == lower.signal and lower.threshold > upper.threshold:
                text = (
                    f"{lower.signal}: scale-in below {lower.threshold:g} overlaps scale-out above {upper.threshold:g}"
                )
                yield _both(text, lower.place, upper.place)


def _never_together(policy: Policy) -> Iterator[InputError]:
    """Conditions that must hold together but cannot: within one rule, or of a scale-in and its corroboration."""
    well = policy.corroboration.conditions if policy.corroboration else ()
    for rule in policy.triggers:
        joined = rule.conditions if rule.mode is Mode.ALL or len(rule.conditions) == 1 else ()
        others = well if rule.direction is Direction.IN else ()
        for one, other in itertools.combinations((*joined, *others), 2):
            above, below = (one, other) if one.side is Side.ABOVE else (other, one)
            apart = above.side is Side.ABOVE and below.side is Side.BELOW and below.threshold <= above.threshold
            if one.signal == other.signal and apart and one in joined:
                text = f"{rule.name}: {one.signal} is never above {above.threshold:g} and below {below.threshold:g}"
                yield _both(text, one.place or rule.place, other.place or policy.place)


def _after(policy: Policy) -> Iterator[InputError]:
    if policy.after and policy.after == policy.name:
        yield InputError(f"policy {policy.name!r} would wait for itself to reach its maximum", policy.place)


def _durations(policy: Policy) -> Iterator[InputError]:
    every_s = policy.evaluate_every_s
    if not every_s >= _LEAST_EVERY_S:
        text = f"{format_duration(every_s)} between two evaluations is less than {format_duration(_LEAST_EVERY_S)}"
        yield InputError(text, policy.place)
        return
    spans: list[tuple[str, float, Place | None]] = [
        (f"the duration of rule {rule.name!r}", rule.for_s, rule.place) for rule in policy.rules
    ]
    windows = policy.stabilization
    spans += [("a stabilization window", span_s, windows.place) for span_s in (windows.up_s, windows.down_s)]
    spans += [("the period of a rate", rate.period_s, rate.place) for rate in policy.rates]
    if policy.drop_guard:
        spans.append(("the drop guard's span", policy.drop_guard.over_s, policy.drop_guard.place))
    for name, span_s, place in spans:
        if 0 < span_s < every_s:
            text = (
                f"{name}, {format_duration(span_s)}, is shorter than the {format_duration(every_s)} between two "
                "evaluations"
            )
            yield _both(text, place, policy.place)
        if span_s > _MOST_EVALUATIONS * every_s:
            yield InputError(
                f"{name}, {format_duration(span_s)}, spans more than {_MOST_EVALUATIONS:,} evaluations", place
            )


def _sizes(policy: Policy) -> Iterator[InputError]:
    for target in policy.targets:
        use = policy.signal(target.signal)
        if target.setpoint <= 0:
            yield InputError(f"setpoint {target.setpoint:g} of {target.signal} is not above zero", target.place)
        if use is not None and use.form is Form.LEVEL:
            yield InputError(
                f"{target.signal} is a level and cannot be a target: it does not fall as replicas do", target.place
            )
    for queue in policy.queues:
        if queue.per_worker_per_s <= 0 or queue.drain_s <= 0:
            yield InputError(f"queue {queue.depth_signal}: rate and drain time must be above zero", queue.place)


def _forecast(policy: Policy) -> Iterator[InputError]:
    forecast = policy.predictive
    if forecast is None:
        return
    if not forecast.per_replica * forecast.utilization > 0:
        yield InputError(
            "what one replica carries, and the utilization it is to run at, must be above zero", forecast.place
        )
    if not 1 <= forecast.coverage_min <= forecast.coverage_window <= _MOST_EVALUATIONS:
        text = f"trust is judged from {forecast.coverage_min} of the last {forecast.coverage_window} demands"
        yield InputError(
            f"{text}; both must be 1 to {_MOST_EVALUATIONS:,}, the first not above the second", forecast.place
        )


def _times(policy: Policy) -> Iterator[InputError]:
    limits = policy.limits
    for schedule in policy.schedules:
        if time_zone(schedule.time_zone) is None:
            yield InputError(f"time zone {schedule.time_zone!r} is not known", schedule.place)
        least, most = schedule.min or limits.min, limits.max if schedule.max is None else schedule.max
        if least > most:
            text = f"schedule {schedule.name!r}: min {least} is above max {most}"
            yield _both(text, schedule.place, limits.max_place if schedule.max is None else limits.place)
    for peak in policy.peaks:
        if peak.end_s <= peak.start_s:
            yield InputError(f"peak {peak.name!r} ends before it starts", peak.place)
    counts = [(f"schedule {s.name!r}", n, s.place) for s in policy.schedules for n in (s.min, s.max)]
    counts += [(f"peak {peak.name!r}", peak.min, peak.place) for peak in policy.peaks]
    for name, count, place in counts:
        if count is not None and limits.min < count < limits.max and not _allowed(policy, count):
            yield _both(f"{name}: {count} is not among the counts that the granularity allows", place, limits.place)


def _tables(policy: Policy) -> Iterator[InputError]:
    for table in policy.step_tables:
        ordered = sorted(table.bands, key=lambda band: band.lower)
        for band in ordered:
            if band.change < 0 or band.change_ratio < 0:
                text = f"step table {table.name!r} scales {table.direction.value}; a band of it has a change below zero"
                yield InputError(text, band.place or table.place)
        for below, above in itertools.pairwise(ordered):
            if below.upper is None or below.upper > above.lower:
                text = f"step table {table.name!r}: two bands overlap at {above.lower:g}"
                yield _both(text, above.place or table.place, below.place)


def remarks(policy: Policy) -> tuple[Finding, ...]:
    """List what is odd about a policy that can be carried out."""
    return (
        *_stricter(policy),
        *_two_targets(policy),
        *_no_dead_band(policy),
        *_gaps(policy),
        *_rates_of_nothing(policy),
    )


def _stricter(policy: Policy) -> Iterator[Finding]:
    limits = policy.limits
    for schedule in policy.schedules:
        places = _places(schedule.place, limits.place)
        if schedule.min is not None and schedule.min < limits.min:
            text = f"schedule {schedule.name!r} allows {schedule.min}, the policy no fewer than {limits.min}"
            yield Finding("schedule-below-minimum", text, f"the stricter wins: {limits.min}", places)
        if schedule.max is not None and schedule.max > limits.max:
            text = f"schedule {schedule.name!r} allows {schedule.max}, the policy no more than {limits.max}"
            yield Finding("schedule-above-maximum", text, f"the stricter wins: {limits.max}", places)

    for one, other in itertools.permutations(policy.schedules, 2):
        if one.min is not None and other.max is not None and one.min > other.max:
            text = f"schedule {one.name!r} allows no fewer than {one.min}, {other.name!r} no more than {other.max}"
            yield Finding(
                "schedules-disagree", text, "where both hold, the minimum wins", _places(one.place, other.place)
            )


def _two_targets(policy: Policy) -> Iterator[Finding]:
    for one, other in itertools.combinations(policy.targets, 2):
        if one.signal == other.signal:
            strict, loose = sorted((one, other), key=lambda target: target.setpoint)
            text = f"{one.signal} is held at {strict.setpoint:g} and at {loose.setpoint:g}"
            yield Finding(
                "target-twice", text, f"the stricter wins: {strict.setpoint:g}", _places(loose.place, strict.place)
            )


def _rates_of_nothing(policy: Policy) -> Iterator[Finding]:
    for rate in policy.rates:
        if 0 in (rate.actions, rate.replicas):
            text = f"the rate allows nothing in {format_duration(rate.period_s)}: nothing scales {rate.direction.value}"
            yield Finding("rate-of-nothing", text, "a pause does the same and states a reason", _places(rate.place))


def _no_dead_band(policy: Policy) -> Iterator[Finding]:
    thresholds = {(way, one.signal, one.threshold): one for way, one in _conditions(policy)}
    for (way, signal, threshold), one in thresholds.items():
        other = thresholds.get((Direction.IN, signal, threshold))
        if way is Direction.OUT and other is not None:
            text = f"{signal}: scale-out above and scale-in below the same {threshold:g} leave no dead band"
            yield Finding("no-dead-band", text, "", _places(one.place, other.place))


def _gaps(policy: Policy) -> Iterator[Finding]:
    for table in policy.step_tables:
        ordered = sorted(table.bands, key=lambda band: band.lower)
        for below, above in itertools.pairwise(ordered):
            if below.upper is not None and below.upper < above.lower:
                text = f"step table {table.name!r} has no band between {below.upper:g} and {above.lower:g}"
                yield Finding("step-table-gap", text, "nothing is done there", _places(table.place))
            if below.change > above.change:
                text = f"step table {table.name!r} changes less from {above.lower:g} up than below it"
                yield Finding("step-table-falls", text, "", _places(table.place))


def _conditions(policy: Policy) -> Iterator[tuple[Direction, Condition]]:
    for rule in policy.rules:
        if isinstance(rule, TriggerRule):
            for one in rule.conditions:
                yield rule.direction, one if one.place else Condition(one.signal, one.side, one.threshold, rule.place)
        else:
            yield rule.direction, _table_condition(rule)


def _table_condition(table: StepTable) -> Condition:
    side = Side.ABOVE if table.direction is Direction.OUT else Side.BELOW
    return Condition(table.signal, side, table.threshold, table.place)


def _both(text: str, place: Place | None, other: Place | None) -> InputError:
    return InputError(f"{text} (see {other})" if other and other != place else text, place or other)


def _places(*places: Place | None) -> tuple[Place, ...]:
    return tuple(place for place in places if place is not None)


_CHECKS: tuple[Check, ...] = (
    _signals, _limits, _thresholds, _never_together, _after, _durations, _sizes, _forecast, _times, _tables,
)  # fmt: skip
