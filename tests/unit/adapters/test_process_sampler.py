"""The cost of a process over a span, from samples at irregular times."""

from __future__ import annotations

import os

import pytest

from plimsoll.adapters.process_sampler import ProcessSampler, Sample


def sampled(*looks: tuple[float, float, int, float]) -> ProcessSampler:
    sampler = ProcessSampler(os.getpid())
    sampler.samples = [Sample(*look) for look in looks]
    return sampler


@pytest.mark.parametrize(
    "between",
    [
        pytest.param((), id="no_look_within"),
        pytest.param(((4.2, 2.1, 120, 0.5),), id="one_look_within"),
        pytest.param(((4.2, 2.1, 120, 0.5), (4.4, 2.2, 120, 0.5)), id="two_looks_within"),
    ],
)
def test_a_span_has_its_cost_however_few_looks_fell_into_it(
    between: tuple[tuple[float, float, int, float], ...],
) -> None:
    cost = sampled((0.0, 0.0, 120, 0.5), *between, (10.0, 5.0, 120, 0.5)).cost_between(4.1, 4.6)
    assert cost is not None
    assert (cost.cpu_cores, cost.memory_bytes, cost.host_cpu_ratio) == pytest.approx((0.5, 120, 0.5))


def test_what_was_used_outside_of_a_span_is_no_part_of_it() -> None:
    cost = sampled((0.0, 0.0, 100, 0.1), (1.0, 1.0, 100, 0.1), (2.0, 1.0, 300, 0.9), (3.0, 9.0, 300, 0.9))
    span = cost.cost_between(1.0, 2.0)
    assert span is not None
    assert (span.cpu_cores, span.memory_bytes) == pytest.approx((0.0, 200))


def test_a_process_that_was_gone_before_the_end_of_a_span_has_no_cost() -> None:
    assert sampled((0.0, 0.0, 100, 0.1), (4.5, 1.0, 100, 0.1)).cost_between(4.0, 5.0) is None
    assert sampled().cost_between(4.0, 5.0) is None


def test_looks_are_taken_at_both_ends_whatever_the_thread_does_between() -> None:
    with ProcessSampler(os.getpid(), every_s=60.0) as sampler:
        pass
    first, last = sampler.samples
    assert sampler.cost_between(first.at_s, last.at_s) is not None
