"""Ramps that a machine may produce: one for each path that the demo takes depending on its measurements.

The real service produces a different one each time, as the machine is quiet or busy, fast or slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import nan

from plimsoll.app.demo.files import Fleet
from plimsoll.app.demo.story import Outcome, run_demo
from plimsoll.bootstrap import demo_parts
from plimsoll.domain.ramp import Ramp, RampStep

NOW_MS = 1_790_000_000_000
RATES_RPS = (20.0, 40.0, 60.0, 80.0, 95.0, 105.0, 120.0, 135.0, 150.0)
_PAST_THE_LINE_S = (0.02, 0.025, 0.03, 0.05, 0.09, 0.16, 0.35, 0.8, 1.4)
_CALM_S = (0.02, 0.02, 0.021, 0.022, 0.023, 0.024, 0.026, 0.028, 0.03)


def ramp(p95_s: Sequence[float] = _PAST_THE_LINE_S, **columns: Sequence[float]) -> Ramp:
    """Make a ramp whose steps answer with these latencies; `columns` are other measurements of each step."""
    steps = [
        RampStep(
            rate, rate, p95 / 2, p95, 1.5 * p95, 0.0, 0.1 + 0.006 * rate, 1e8 + 1e4 * rate, 0.1 + 0.005 * rate,
            {"orders": 0.8 * rate, "report": 0.2 * rate},
        )
        for rate, p95 in zip(RATES_RPS, p95_s, strict=True)
    ]  # fmt: skip
    for name, values in columns.items():
        steps = [replace(step, **{name: value}) for step, value in zip(steps, values, strict=True)]
    alone = tuple(
        replace(steps[0], offered_rps=rate, cpu_cores=0.1 + rate * cost, by_kind={kind: rate})
        for kind, cost in (("orders", 0.004), ("report", 0.014))
        for rate in (10.0, 30.0)
    )
    return Ramp(NOW_MS, 6.0, tuple(steps), alone)


@dataclass(frozen=True)
class Turn:
    """A ramp, and the result that the demo must have for it.

    The load line lies `between` the highest step that held before one broke, or the last of all, and the one that
    broke; `by` says what binds it. Costs are stated if four steps or more lie within it.
    """

    ramp: Ramp
    between: tuple[float, float]
    by: str = "p95<250ms"
    tight: str = "No bottleneck among 2 resources."
    costs: bool = True


TURNS = {
    "line_within": Turn(ramp(), (105, 120)),
    "line_past_the_ramp": Turn(ramp(_CALM_S), (150, 150), "", "Tightest: shop/cpu, critical, and 1 more."),
    "processor_tight": Turn(
        ramp(cpu_cores=(0.25, 0.5, 0.75, 0.93, 0.95, 0.96, 0.97, 0.99, 0.99)),
        (105, 120),
        tight="Tightest: shop/cpu, high.",
    ),
    "errors_bind": Turn(ramp(_CALM_S, error_ratio=(0, 0, 0, 0, 0, 0.005, 0.05, 0.2, 0.5)), (105, 120), "errors<1%"),
    "collapse": Turn(
        ramp(completed_rps=(20, 40, 60, 80, 95, 104, 80, 40, 5), error_ratio=(0, 0, 0, 0, 0, 0.001, 0.3, 0.7, 0.96)),
        (105, 120),
        "errors<1%",
    ),
    "nothing_served": Turn(
        ramp(
            (*_PAST_THE_LINE_S[:6], nan, nan, nan),
            completed_rps=(20, 40, 60, 80, 95, 104, 0, 0, 0),
            error_ratio=(0, 0, 0, 0, 0, 0.001, 1, 1, 1),
        ),
        (105, 120),
        "errors<1%",
    ),
    "line_below_most_steps": Turn(ramp((0.1, 0.3, 0.6, 1.0, 1.2, 1.5, 2.0, 2.5, 2.9)), (20, 40), costs=False),
    "restless": Turn(
        replace(ramp((0.03, 0.4, 0.05, 0.04, 0.3, 0.2, 0.7, 0.5, 1.5)), busy_before_ratio=0.6), (20, 120), costs=False
    ),
}


def outcome_of(driven: Ramp) -> Outcome:
    """Run the demo's chain on a ramp instead of the service."""
    return run_demo(replace(demo_parts(6.0, 1), measure=lambda _: driven), Fleet(), NOW_MS, 1, lambda *_: None)


@cache
def outcome(turn: str) -> Outcome:
    """Run the demo's chain on the ramp of a turn, once for all tests that use it."""
    return outcome_of(TURNS[turn].ramp)
