"""How many decisions a second does a replay make, compared with a plain Python loop of the same rules in the same run?

    python benchmarks/replay_speed.py

A year of minutes of drawn demand, on one core. Rates are of the whole replay of one policy (setting up arrays
included), in processor time, best of several; the plain Python loop runs on a part of it. Then 100 policies are
replayed over the year, in two processes. Writes benchmarks/RESULTS/replay_speed.md.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import (
    Condition,
    Direction,
    Form,
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
from plimsoll.domain.priced_policy import Account, PricedPolicy, Season
from plimsoll.domain.system import Startup
from plimsoll.simulation.runs import replayed
from plimsoll.simulation.setting import Rules, Setting

YEAR = 365 * 1440
PLAIN_STEPS = 100_000
GOALS = {"HPA 70 %": 1e7, "own, all guards and predictive floor": 1e6}


def demand(steps: int) -> np.ndarray:
    """Draw demand with a daily and a weekly wave and noise."""
    random, minute = np.random.default_rng(1), np.arange(steps)
    level = 1200 + 700 * np.sin(minute / 1440 * 2 * math.pi) + 200 * np.sin(minute / 10080 * 2 * math.pi)
    return np.maximum(0, level + random.normal(0, 90, steps))


def setting(steps: int = YEAR, rules: Rules = Rules.PLAIN) -> Setting:
    """Return the setting of every run."""
    return Setting(demand(steps), 1_767_225_600.0, 60.0, 60.0, 0.8, Startup(120.0), 2, 500, rules)


def hpa(target: int = 70) -> HpaPolicy:
    """Return an HPA on utilization."""
    return HpaPolicy(f"hpa{target}", 2, 500, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, target),))


def everything() -> Policy:
    """Return one of Plimsoll's own policies with every guard and the predictive floor."""
    signals = (SignalUse("cpu"), SignalUse("demand", Form.TOTAL, "count"))
    hot = Condition("cpu", Side.ABOVE, 0.85)
    return Policy(
        "everything", Limits(2, 500, max_step_out=50, max_step_in=20), signals, evaluate_every_s=60.0,
        triggers=(TriggerRule("hot", Direction.OUT, (hot,), for_s=120, cooldown_s=60, step=2),),
        targets=(Target("cpu", 0.7),), predictive=PredictiveFloor("demand", 60.0),
        stabilization=Stabilization(0.0, 300.0), cooldowns=Cooldowns(0.0, 120.0),
        rates=(Rate(Direction.BOTH, 3600.0, actions=60, replicas=400),), drop_guard=DropGuard("demand", 0.8),
        reversal_guard=ReversalGuard(), health_guard=HealthGuard(),
        corroboration=Corroboration((Condition("cpu", Side.BELOW, 0.95),)),
    )  # fmt: skip


def priced() -> PricedPolicy:
    """Return the policy that `policy suggest` learns, with its account."""
    seasons = (Season(3600.0, 0.5), Season(86400.0, 0.3), Season(604800.0, 0.2))
    return PricedPolicy("priced", 2, 500, 60.0, 0.2, seasons=seasons, account=Account(hpa()))


def plain_python(load: list[float], step_s: float, per_replica: float) -> int:
    """Apply the HPA's rules in a plain loop over lists, for comparison."""
    spec = ready = max(2, math.ceil(load[0] / (0.8 * per_replica)))
    pending: list[tuple[int, int]] = []
    remembered = [(0, spec)]
    for t, x in enumerate(load):
        ready += sum(n for k, n in pending if k == t)
        pending = [(k, n) for k, n in pending if k > t]
        if t == 0:
            continue
        ratio = int(100 * x / (ready * per_replica)) / 70
        want = spec if 0.9 <= ratio <= 1.1 else math.ceil(ratio * ready)
        remembered = [(k, n) for k, n in remembered if (t - k) * step_s < 300]
        held = max([want] + [n for _, n in remembered])
        new = min(held, spec) if want < spec else want
        remembered.append((t, want))
        new = max(2, min(500, new, max(spec + 4, 2 * spec)))
        if new > spec:
            pending.append((t + 2, new - spec))
        elif new < spec:
            cut = spec - new
            kept = []
            for k, n in sorted(pending, reverse=True):
                taken = min(n, cut)
                cut -= taken
                if n > taken:
                    kept.append((k, n - taken))
            pending, ready = kept, ready - cut
        spec = new
    return ready


def best(run: Callable[[], object], times: int) -> float:
    """Return the shortest of several runs, in seconds of processor time."""
    run()
    found = []
    for _ in range(times):
        started = time.process_time()
        run()
        found.append(time.process_time() - started)
    return min(found)


def many(first: int) -> int:
    """Replay fifty policies over the year."""
    year = setting()
    for target in range(first, 100, 2):
        policy: AnyPolicy = everything() if target % 4 < 2 else hpa(30 + target // 2)
        replayed(policy, year)
    return first


def main() -> None:
    """Measure, print and store."""
    year, queued = setting(), setting(rules=Rules.QUEUED)
    plain_load = year.load[:PLAIN_STEPS].tolist()
    rows = []
    slow = PLAIN_STEPS / best(lambda: plain_python(plain_load, 60.0, 60.0), 3)
    for name, policy, scene in (
        ("HPA 70 %", hpa(), year), ("HPA 70 %, queued service", hpa(), queued),
        ("own, all guards and predictive floor", everything(), year), ("priced, with its account", priced(), year),
    ):  # fmt: skip
        rate = YEAR / best(lambda policy=policy, scene=scene: replayed(policy, scene), 5)
        goal = GOALS.get(name)
        met = "" if goal is None else ("yes" if rate >= goal else "no")
        rows.append(f"| {name} | {rate / 1e6:.2f} million/s | {rate / slow:.1f} x | {met} |")
        print(rows[-1], flush=True)
    started = time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(many, (0, 1)))
    whole = time.perf_counter() - started
    last = (
        f"100 policies (half of them with all guards) over a year of minutes, two processes: {whole:.1f} s (goal 60 s)"
    )
    print(last)
    text = "# Speed of replay\n\n`python benchmarks/replay_speed.py`, one core\n\n"
    against = f"against a plain Python loop ({slow / 1e3:.0f} thousand/s)"
    head = f"| policy | decisions | {against} | goal met |\n|---|---|---|---|\n"
    out = Path(__file__).resolve().parent / "RESULTS" / "replay_speed.md"
    out.write_text(text + head + "\n".join(rows) + f"\n\n{last}\n")


if __name__ == "__main__":
    main()
