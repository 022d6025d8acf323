"""The demo's chain on ramps of every outcome: a line found, a line past the ramp, a machine too busy to tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plimsoll.app.demo.files import Fleet
from plimsoll.app.demo.story import Outcome, run_demo
from plimsoll.bootstrap import demo_parts
from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.ramp import Ramp, RampStep

RATES_RPS = (20.0, 40.0, 60.0, 80.0, 95.0, 105.0, 120.0, 135.0, 150.0)
NOW_MS = 1_790_000_000_000


def told(p95_s: tuple[float, ...]) -> Outcome:
    """Run the chain on a ramp whose steps answer with these latencies."""
    steps = tuple(
        RampStep(
            rate, rate, p95 / 2, p95, 1.5 * p95, 0.0, 0.1 + 0.006 * rate, 1e8 + 1e4 * rate, 0.1 + 0.005 * rate,
            {"orders": 0.8 * rate, "report": 0.2 * rate},
        )
        for rate, p95 in zip(RATES_RPS, p95_s, strict=True)
    )  # fmt: skip
    alone = tuple(
        replace(steps[0], cpu_cores=0.1 + share * cost, by_kind={kind: share})
        for kind, cost in (("orders", 0.004), ("report", 0.014))
        for share in (10.0, 30.0)
    )
    parts = replace(demo_parts(6.0, 1), measure=lambda _: Ramp(NOW_MS, 6.0, steps, alone))
    return run_demo(parts, Fleet(), NOW_MS, 1, lambda *_: None)


def test_a_ramp_past_the_line_gives_a_line() -> None:
    found = told((0.02, 0.025, 0.03, 0.05, 0.09, 0.16, 0.35, 0.8, 1.4)).report
    assert any("One replica carries" in line for line in found.headlines)


def test_a_line_past_the_ramp_is_said_to_lie_there_and_the_chain_goes_on_from_what_was_tested() -> None:
    outcome = told((0.02, 0.02, 0.021, 0.022, 0.023, 0.024, 0.026, 0.028, 0.03))
    text = repr(outcome.report)
    assert "the line lies past 150, where nothing was measured" in text
    assert any(line.startswith("One replica carries at least 150 arrivals/s") for line in outcome.report.headlines)
    assert "per_replica: 150.0" in outcome.files["plimsoll.yaml"]


def test_a_machine_too_busy_to_tell_is_said_with_what_to_do() -> None:
    with pytest.raises(NothingToAnswer, match=r"already broken at the lowest tested load, 20; try again when"):
        told((0.4,) * len(RATES_RPS))
