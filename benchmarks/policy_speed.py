"""How many decisions a second? The compiled step against the same functions uncompiled, on one core.

    taskset -c 0 python benchmarks/policy_speed.py [--write]

A loop feeds a noisy daily load to the step and carries out its decisions; making the load is not timed. "plain" is one
setpoint with a stabilization window. "everything" has five triggers with durations and cooldowns, an all-of rule for
scale-in, two targets, windows, cooldowns, rates over a rolling hour, step limits, drop, reversal and health guards,
corroboration and a predictive floor whose coverage is judged at every step.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from plimsoll.domain.platform_policy import HpaBehavior, HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import (
    Condition,
    Direction,
    Form,
    Mode,
    PredictiveFloor,
    Side,
    SignalUse,
    Target,
    TriggerRule,
)
from plimsoll.domain.policy_restraints import (
    Cooldowns,
    Corroboration,
    DropGuard,
    HealthGuard,
    Limits,
    Rate,
    ReversalGuard,
    Stabilization,
)
from plimsoll.policy.compiled import compiled
from plimsoll.policy.hpa.rules import memory_of as hpa_memory_of
from plimsoll.policy.hpa.rules import program_of as hpa_program_of
from plimsoll.policy.hpa.totals import HpaReading, hpa_acted, hpa_decide
from plimsoll.policy.kernel.layout import fresh_reading, fresh_trail
from plimsoll.policy.kernel.stages import acted, decide
from plimsoll.policy.program import memory_of, program_of

RESULT = Path(__file__).parent / "RESULTS" / "policy_speed.md"
STEP_S = 60.0


def own_run(program: Any, memory: Any, reading: Any, trail: Any, load: Any) -> float:
    situation, size, total = reading.situation, 10.0, 0.0
    for i in range(load.size):
        situation["now_s"], situation["desired"], situation["ready"] = i * 60.0, size, size
        situation["ahead"], situation["for_now"] = load[i] * 1.1, load[i] * 1.05
        for k in range(reading.values.size):
            reading.values[k] = load[i] / size
        wanted = decide(program, memory, reading, trail)
        acted(program, memory, trail, i * 60.0, wanted - size)
        size = wanted
        total += size
    return total


def hpa_run(program: Any, memory: Any, reading: Any, load: Any) -> float:
    size, total = 10, 0
    for i in range(load.size):
        reading.usage[0], reading.requests[0] = load[i], size * 1.0
        wanted = hpa_decide(program, memory, reading, i * 60.0, size, size)
        hpa_acted(program, memory, i * 60.0, wanted - size)
        size = wanted
        total += size
    return total * 1.0


def plain() -> Policy:
    return Policy(
        "plain", Limits(2, 500), (SignalUse("cpu"),), evaluate_every_s=STEP_S,
        targets=(Target("cpu", 0.7),), stabilization=Stabilization(0, 300),
    )  # fmt: skip


def everything() -> Policy:
    names = ("cpu", "memory", "sessions", "p95", "errors")
    signals = tuple(SignalUse(name, Form.LEVEL if name in ("p95", "errors") else Form.AVERAGE) for name in names)
    outs = tuple(
        TriggerRule(name, Direction.OUT, (Condition(name, Side.ABOVE, 0.8),), for_s=300, cooldown_s=600)
        for name in names
    )
    quiet = tuple(Condition(name, Side.BELOW, 0.5) for name in ("cpu", "memory", "sessions"))
    return Policy(
        "everything", Limits(2, 500, 50, 20), signals, evaluate_every_s=STEP_S,
        triggers=(*outs, TriggerRule("quiet", Direction.IN, quiet, Mode.ALL, 900, 1800)),
        targets=(Target("cpu", 0.7), Target("memory", 0.75)),
        stabilization=Stabilization(60, 600), cooldowns=Cooldowns(60, 300),
        rates=(Rate(Direction.OUT, 3600, actions=10), Rate(Direction.IN, 3600, actions=5)),
        drop_guard=DropGuard("cpu", 0.5), reversal_guard=ReversalGuard(0.05), health_guard=HealthGuard(),
        corroboration=Corroboration((Condition("p95", Side.BELOW, 0.95), Condition("errors", Side.BELOW, 0.95))),
        predictive=PredictiveFloor("cpu", 1.0),
    )  # fmt: skip


def arguments(policy: Policy | HpaPolicy) -> tuple[Any, ...]:
    if isinstance(policy, HpaPolicy):
        reading = HpaReading(np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1))
        return hpa_program_of(policy), hpa_memory_of(policy, 10, 0.0, STEP_S), reading
    program = program_of(policy)
    return program, memory_of(policy, STEP_S), fresh_reading(program), fresh_trail(program)


def rate(run: Callable[..., float], policy: Policy | HpaPolicy, load: Any, rounds: int) -> float:
    best = 0.0
    for _ in range(rounds):
        given = arguments(policy)
        started = time.perf_counter()
        run(*given, load)
        best = max(best, load.size / (time.perf_counter() - started))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the result")
    write = parser.parse_args().write
    steps = np.arange(4_000_000)
    load = 100 + 50 * np.sin(steps / 230) + np.random.default_rng(0).normal(0, 5, steps.size)
    cpu = (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70),)
    rows = (
        ("HPA at 70 %, no behavior", hpa_run, HpaPolicy("hpa", 2, 500, cpu)),
        ("HPA at 70 %, default behavior", hpa_run, HpaPolicy("hpa", 2, 500, cpu, HpaBehavior())),
        ("ours, plain", own_run, plain()),
        ("ours, everything", own_run, everything()),
    )
    lines = ["| policy | decisions a second, compiled | against the same functions uncompiled |", "|---|---:|---:|"]
    for name, run, policy in rows:
        fast = compiled(run)
        fast(*arguments(policy), load[:10])
        compiled_rate, slow_rate = rate(fast, policy, load, 3), rate(run, policy, load[:4000], 1)
        lines.append(f"| {name} | {compiled_rate / 1e6:.1f} million | {compiled_rate / slow_rate:,.0f} x |")
        print(lines[-1])
    if write:
        RESULT.write_text("# Decisions a second\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
