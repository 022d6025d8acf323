"""The summary of one step of the demo's ramp."""

from __future__ import annotations

import os
from math import isnan

from plimsoll.adapters.example_service import past_peak, ramp_step
from plimsoll.adapters.load_driver import Answer, Step
from plimsoll.adapters.process_sampler import ProcessSampler, Sample


def test_a_step_in_which_nothing_is_served_is_past_the_peak_and_knows_no_latency() -> None:
    sampler = ProcessSampler(os.getpid())
    sampler.samples = [Sample(0.0, 0.0, 10**8, 0.5), Sample(9.0, 4.5, 10**8, 0.5)]
    answers = [Answer(due_s, 3.0, "orders", failed=True) for due_s in (1.0, 2.0, 3.0, 4.0)]
    step = ramp_step(Step(1.0, 4.5), answers, sampler, start_s=0.0)
    assert (step.error_ratio, step.completed_rps, step.offered_rps, step.cpu_cores) == (1.0, 0.0, 1.0, 0.5)
    assert isnan(step.p50_s)
    assert isnan(step.p99_s)
    assert past_peak(step)
