"""Does a suggested policy beat HPA 70 % on demand from which it was not learned? One procedure on recorded demand.

    python benchmarks/suggest_traces.py [any] [calm] [slo] [windows] [others] [--traces FOLDER]

For each demand: learn on the first 60 %, score on the last 40 % under the plain rules, with the budget of HPA 70 %. The
capacity of a replica is the 99.5 % quantile of the demand / 40; the SLO holds up to 80 % of it; start-up takes 120 s.
All have the same defaults. The tables are: eight recorded demands with any number of flaps (`any`), with no more than
the HPA (`calm`), and how often `--slo-miss` is met (`slo`); the same procedure on windows of the eight (the first 60 %,
the last half, the first and the last two thirds); and on other demands: two recorded ones and four generated kinds.
Without arguments all are run. A table that is run replaces its former version in benchmarks/RESULTS/suggest_traces.md;
the others stay.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from plimsoll.adapters.trace_file import read_trace
from plimsoll.app.rehearsal.replays import ReplayOptions
from plimsoll.app.rehearsal.suggestions import suggest
from plimsoll.app.rehearsal.tuning import Goal
from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.suggestion import Suggestion
from plimsoll.domain.system import Component, Replicas, Slo, Startup
from plimsoll.domain.trace import Trace
from plimsoll.simulation.setting import Rules

HERE = Path(__file__).resolve().parent
TRACES = (
    "nasa_http_jul95_requests_per_minute", "twitter_stream_2021_08_tweets_per_minute",
    "ms_mongodb_application_rps_mongo_01", "ms_mongodb_application_rps_mongo_02", "ms_data_ingress_rate_ingress_01",
    "ms_data_ingress_rate_ingress_04", "ms_ecommerce_api_incoming_rps_api_01", "nab_elb_request_count_8c0756",
)  # fmt: skip
TABLES = ("any", "calm", "slo", "windows", "others")
OTHERS = ("nab_cpu_utilization_asg_misconfiguration", "azure_llm2023_conv_requests_per_10s")
FIRST_S = 1_700_000_000.0
RESULT = HERE / "RESULTS" / "suggest_traces.md"
WINDOWS = (("first 60 %", 0, 0.6), ("last half", 0.5, 1), ("first 2/3", 0, 2 / 3), ("last 2/3", 1 / 3, 1))
SHARES = (0.001, 0.01, 0.05)
HPA = HpaPolicy("hpa70", 2, 500, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70),))
HEAD = (
    "| trace | HPA 70 %: load outside SLO | suggestion | change | replica-hours HPA | suggestion | change | perfect"
    " knowledge at HPA's hours | steps around known | noise of a step | advised | flaps HPA / suggestion |"
)


def suggested(trace: Trace, goal: Goal) -> Suggestion:
    """Learn and score one trace."""
    capacity = float(np.sort(trace.load)[int(0.995 * (trace.load.size - 1))]) / 40
    web = Component(
        "web", capacity=capacity, slo=Slo(utilization=0.8), startup=Startup(120.0), replicas=Replicas(2, 500)
    )
    return suggest(trace, web, goal, 0.6, ReplayOptions(rules=Rules.PLAIN)).document


def row(name: str, found: Suggestion) -> str:
    """Format one line of the table."""
    now, new, bounds = found.current, found.suggested, found.limits
    assert now is not None
    fewer = found.misses_against_current
    cells = (
        name, f"{now.slo_miss_load_ratio:.3%}", f"{new.slo_miss_load_ratio:.3%}",
        "-" if fewer is None else f"{fewer:+.0%}", f"{now.replica_hours:.0f}", f"{new.replica_hours:.0f}",
        f"{found.hours_against_current or 0:+.1%}", f"{bounds.optimum_miss_ratio:.2%}",
        f"{bounds.level_known_miss_ratio:.2%}", f"{bounds.noise_ratio:.1%}",
        "yes" if found.verdict.value == "recommended" else "keeps HPA", f"{now.flaps} / {new.flaps}",
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def recorded(folder: Path) -> Iterator[tuple[str, Trace]]:
    """Read the eight demands."""
    return ((name, read_trace(folder / f"{name}.csv")) for name in TRACES)


def windows(folder: Path) -> Iterator[tuple[str, Trace]]:
    """Yield four windows of each of the eight, as if they were the whole history."""
    for name, trace in recorded(folder):
        for window, start, end in WINDOWS:
            part = slice(int(start * trace.load.size), int(end * trace.load.size))
            yield f"{name}, {window}", replace(trace, times_s=trace.times_s[part], load=trace.load[part], columns=())


def others(folder: Path) -> Iterator[tuple[str, Trace]]:
    """Yield two more recorded demands, and four generated kinds with three seeds each, a fortnight of minutes long."""
    for name in OTHERS:
        yield name, read_trace(folder / f"{name}.csv")
    steps = 20_160
    minute = np.arange(steps, dtype=np.float64)
    day = 1.0 + 0.5 * np.sin(2 * np.pi * minute / 1440) * (1.0 - 0.3 * (minute // 1440 % 7 >= 5))
    for seed in range(3):
        draw = np.random.default_rng(seed)
        bursts = np.where(draw.random(steps) < 0.002, draw.uniform(1, 4, steps), 0.0)
        lasting = np.convolve(bursts, np.exp(-np.arange(30) / 8.0))[:steps]
        made = {
            "days and weeks": day * np.exp(draw.normal(0, 0.05, steps)),
            "bursts": (1.0 + lasting) * np.exp(draw.normal(0, 0.05, steps)),
            "growth": day * np.exp(minute / steps) * np.exp(draw.normal(0, 0.1, steps)),
            "random walk": np.exp(np.clip(np.cumsum(draw.normal(0, 0.01, steps)), -3, 3)),
        }
        for kind, load in made.items():
            yield f"{kind}, seed {seed}", Trace(kind, FIRST_S + 60.0 * minute, 1000.0 * load, 60.0)


def against_the_hpa(demands: Iterator[tuple[str, Trace]], title: str, goal: Goal) -> list[str]:
    """Make one table of all demands."""
    lines = [f"## {title}", "", HEAD, "|" + "---|" * (HEAD.count("|") - 1)]
    missed, taken, better, worse, dearer = 0, 0, 0, 0, 0
    for name, trace in demands:
        found = suggested(trace, goal)
        lines.append(row(name, found))
        print(lines[-1], flush=True)
        assert found.current is not None
        advised, misses = found.verdict.value == "recommended", found.current.slo_miss_load_ratio
        missed += misses > 0.001
        taken += advised
        better += misses > 0.001 and advised and (found.misses_against_current or 0) <= -0.3
        worse += advised and found.suggested.slo_miss_load_ratio > misses
        dearer += advised and (found.hours_against_current or 0) > 0
    told = (
        f"HPA misses more than 0.1 % on {missed} of {len(lines) - 4}; advised on {taken}, with at least 30 % less on"
        f" {better} of them; advised with more load outside the SLO on {worse}, with more replica-hours on {dearer}."
    )
    print(told)
    return [*lines, "", told, ""]


def at_an_slo(folder: Path) -> list[str]:
    """Make the table of how often the requested share of load outside the SLO was met on the held-out part."""
    lines = ["## --slo-miss, any flaps", "", "| trace | " + " | ".join(f"{share:.1%}" for share in SHARES) + " |"]
    lines.append("|---|" + "---|" * len(SHARES))
    held = 0
    for name, trace in recorded(folder):
        cells = []
        for share in SHARES:
            found = suggested(trace, Goal(misses=share))
            reached = found.suggested.slo_miss_load_ratio
            held += reached <= share
            cells.append(f"{reached:.2%}{'' if reached <= share else ' (missed)'}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    return [*lines, "", f"Held in {held} of {len(TRACES) * len(SHARES)}.", ""]


def table(name: str, folder: Path) -> list[str]:
    """Run one table."""
    if name == "slo":
        return at_an_slo(folder)
    title, demands, goal = {
        "any": ("Any flaps (default)", recorded, Goal(budget=HPA)),
        "calm": ("No more flaps than the HPA (--flaps current)", recorded, Goal(budget=HPA, calm_as=HPA)),
        "windows": ("Windows of the eight, any flaps", windows, Goal(budget=HPA)),
        "others": ("Other demands, any flaps", others, Goal(budget=HPA)),
    }[name]
    return against_the_hpa(demands(folder), title, goal)


def main() -> None:
    """Run the tables that are named, or all, and store each in its place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=TABLES, metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--traces", type=Path, default=HERE.parent.parent / "shared" / "data" / "traces")
    asked = parser.parse_args()
    for name in asked.tables:
        lines = table(name, asked.traces)
        head, *sections = RESULT.read_text().split("\n## ")
        kept = {section.split("\n", 1)[0]: f"## {section.strip()}\n" for section in sections}
        kept[lines[0].removeprefix("## ")] = "\n".join(lines).strip() + "\n"
        RESULT.write_text(head.strip() + "\n\n" + "\n".join(kept.values()))


if __name__ == "__main__":
    main()
