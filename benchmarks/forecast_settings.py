"""Which settings of the forecast are best, judged by the past alone? One rule, written down before it was first run.

    python benchmarks/forecast_settings.py                  everything, most of the time compiling
    python benchmarks/forecast_settings.py --only widths    (or numbers, joint, tails, told) one ranking

Needs the real series beside the checkout (`../shared/data`) and their scorer. Figures that were measured stay under
`.cache/forecast_settings` for as long as the forecast's source stands as it is, so that a run that was stopped goes on.

What is judged. Nothing that the scorer judges: of its series only what lies before its first cutoff; the series of its
sets that it leaves out (short weeks of M4, virtual machines by their hash); and the recorded demand traces that are in
none of its sets (5-minute and hourly means, single days as series of their own, ten seconds as they are), each in the
set of its kind. From every series as many cutoffs as a third of it leaves room for, a horizon apart, up to 18 a series
and about 240 a set, at least 3.

The rule. SPL, MSIS and coverage as the scorer's. For each alternative,

    loss = geometric mean over sets, and over SPL and MSIS, of (mean over tasks) / (the same of seasonal naive)
    dev  = mean over sets of |mean coverage - nominal|, at 80 and at 95 %

1. Standard errors are those of the difference to the best: its standard deviation over 1,000 bootstrap draws of series
   within each set, each with all its cutoffs (in sets of fewer than ten series, of tasks).
2. In are the alternatives whose dev is within one standard error of the least, at both levels. Where that is none, the
   bound is the least whole number of standard errors that lets one in.
3. Of these, those whose loss is within one standard error of the least are told apart by luck alone: the simplest wins,
   which is the one of the fewest rules; for a single number the one that is in use. Then the least loss.

Widths are ranked in all combinations: which errors are read (as foretold from earlier windows, those of the newest one,
two, three or four; left out one window at a time), how far skew is believed (wholly, not at all, N / (N + 50, 100 or
200): the last three are one rule more), the weight of the prior (5, 10, 20, 40 series; without any, a fleet of one
would believe a single window), a profile of the horizon shared by the fleet (one rule more). The first run had neither
two nor three windows nor a prior of 5: its winner (newest window, skew believed, prior 10, shared profile) lay at the
edge of what was tried, so that the edge was moved.

Numbers of the kernel are then changed one at a time, with the widths that won. Of so many some win by luck: a number in
use gives way only where another has less loss by more than two standard errors, and in at least eight of the ten sets,
with dev no further than one standard error from that in use.

Inner quantiles and tails may want other errors: the joint ranking reads quantiles beyond 10 and 90 % from more windows
(one rule more), together with the two numbers that scales lean on, which must pass the same bar; the last ranking
varies skew and prior of the tails around its winner (each one rule more).

Old errors stand over scales of few windows. They are read as they are, or told as of now by the ratio of the deviations
or by the quantiles of Student's t with so many degrees of freedom a window (one rule more), around the winner of the
joint ranking and with all quantiles from all windows; with the prior as shipped, and with one measured on the other
sets alone. This ranking has a fourth rule, written down with it: the newest cutoffs are nearest to what will be asked,
and what is further off there than the setting before, by more than one standard error at either level, is out.

The page is `benchmarks/RESULTS/forecast_settings.md`; what is not asked for keeps the tables of its last run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
from forecast_peers import HERE, SHARED, scorer
from forecast_settings_cases import Fleet, cases_of, fleets_of
from forecast_settings_rule import Judged, by_set_losses, chosen, judged, nearer
from forecast_settings_told import BEFORE, TOLD_WAYS, priors_from_others, told_errors
from forecast_settings_widths import JOINT_WAYS, TAIL_WAYS, WAYS, Widths, quantiles_by

MEASURES = ("spl", "msis", "cov80", "cov95", "mase")
KEPT = HERE.parent / ".cache" / "forecast_settings"
RESULT = HERE / "RESULTS" / "forecast_settings.md"
IN_USE = "in use"
LEAST_SETS = 8
NUMBERS: dict[str, tuple[float, ...]] = {
    "kernel.weights.SHARPNESS": (4, 8),
    "kernel.weights.FORGETTING": (0.8, 1.0),
    "kernel.windows.WINDOWS": (4, 8),
    "kernel.judging.EARLIER": (1, 3),
    "kernel.spread.FORGETTING": (0.7, 1.0),
    "kernel.spread.B0": (0.0, 0.5),
    "kernel.spread.B0_STRENGTH": (1.0, 4.0),
    "kernel.spread.PULL": (0.0, 0.4),
    "kernel.clean.STEP_LIMIT": (6.0, 15.0),
    "kernel.clean.TAIL_LIMIT": (1.8, 3.5),
    "kernel.clean.BLOCK_LIMIT": (5.0, 12.0),
    "kernel.periods.CLEAR": (0.2, 0.4),
    "kernel.sawtooth.LARGE": (8.0, 18.0),
    "kernel.families.regressing.RIDGE": (1e-4, 1e-2),
    "kernel.families.repeating.RECENT": (5, 14),
    "sporadic.MOSTLY": (0.3, 0.7),
}
JOINT_NUMBERS = [
    f"kernel.spread.PULL={pull:g},kernel.spread.FORGETTING={forgetting:g}"
    for pull in (0.2, 0.3, 0.4)
    for forgetting in (0.85, 1.0)
]


def shipped(way: Widths, name: str) -> np.ndarray:
    """Answer the prior that is shipped, for any way and set."""
    from plimsoll.forecast.calibration import PRIOR

    return PRIOR


def scores_by(
    ways: Sequence[Widths], fleets: Iterable[Fleet], prior_for: Callable[[Widths, str], np.ndarray] = shipped
) -> tuple[pd.DataFrame, np.ndarray]:
    """Score every task by every way: who the tasks are, and an array (ways, tasks, measures, ours and naive)."""
    judge, who, rows = scorer(), [], []
    for fleet in fleets:
        name, read = fleet.cases[0].name, {}
        for way in ways:
            if (kind := (way.errors, way.telling)) not in read:
                pairs = zip(fleet.prepared, fleet.outlooks, strict=True)
                read[kind] = [told_errors(way, one, outlook) for one, outlook in pairs]
        answers = [
            quantiles_by(way, fleet, read[way.errors, way.telling], judge.QS, prior_for(way, name)) for way in ways
        ]
        for place, case in enumerate(fleet.cases):
            asked = (case.past, case.truth, fleet.meta["mase_m"], False, fleet.meta["h"])
            naive = judge.score(judge.seasonal_naive(case.past, fleet.meta["h"], fleet.meta["season"][0]), *asked)
            if naive is not None and np.isfinite(case.truth).all():
                mine = [judge.score(answer[place], *asked) for answer in answers]
                rows.append([[(one[m], naive[m]) for m in MEASURES] for one in mine])
                who.append((case.name, case.series, case.cutoff))
        print(name, fleet.cases[0].cutoff, len(fleet.cases), file=sys.stderr, flush=True)
    return pd.DataFrame(who, columns=["set", "series", "cutoff"]), np.array(rows).transpose(1, 0, 2, 3)


def table(
    labels: Sequence[str], found: Judged, rules: np.ndarray, most: int | None = None, among: np.ndarray | None = None
) -> tuple[str, str]:
    """Write the first alternatives in the order of the rule; answer the table and the winner's label."""
    winner, inside, tied = chosen(found, rules, among)
    order = sorted(range(len(labels)), key=lambda k: (k != winner, not tied[k], not inside[k], found.loss[k]))
    lines = ["| alternative | loss | dev80 | dev95 | |", "|---|---:|---:|---:|---|"]
    for k in order[:most]:
        verdict = "**wins**" if k == winner else "tied" if tied[k] else "more loss" if inside[k] else "coverage"
        if among is not None and not among[k]:
            verdict = "newest cutoffs"
        figures = f"{found.loss[k]:.4f} | {found.dev['cov80'][k]:.4f} | {found.dev['cov95'][k]:.4f}"
        lines.append(f"| {labels[k]} | {figures} | {verdict} |")
    return "\n".join(lines), labels[winner]


def by_set(who: pd.DataFrame, scores: np.ndarray) -> str:
    """Write series, tasks and coverage of one alternative, set by set."""
    lines = ["| set | series | tasks | 80 % | 95 % | loss |", "|---|---:|---:|---:|---:|---:|"]
    for name, places in who.groupby("set", sort=False).indices.items():
        means = scores[places].mean(axis=0)
        loss = float(np.sqrt(np.prod(means[:2, 0] / means[:2, 1])))
        count = who["series"].iloc[places].nunique()
        lines.append(f"| {name} | {count} | {places.size} | {means[2, 0]:.3f} | {means[3, 0]:.3f} | {loss:.3f} |")
    return "\n".join(lines)


def digest() -> str:
    """Answer what the forecast is, so that no figure outlives it."""
    source = HERE.parent / "src" / "plimsoll" / "forecast"
    whole = b"".join(path.read_bytes() for path in sorted(source.rglob("*.py")))
    return blake2b(whole, digest_size=6).hexdigest()


def patch(setting: str) -> None:
    """Put numbers (MODULE.NAME=NUMBER, parted by commas) in the place of the forecast's own, before it is compiled."""
    for one in setting.split(","):
        path, number = one.split("=")
        module, name = path.rsplit(".", 1)
        held = import_module(f"plimsoll.forecast.{module}")
        value = type(getattr(held, name))(float(number))
        setattr(held, name, value)
        if name == "WINDOWS":
            import_module("plimsoll.forecast.compiled").WINDOWS = value  # type: ignore[attr-defined]


def measure_number(setting: str, ways: Sequence[Widths], sets: dict[str, dict]) -> None:
    """Score all tasks with numbers changed, and keep the figures."""
    if setting != IN_USE:
        patch(setting)
    who, scores = scores_by(ways, fleets_of(cases_of(sets), sets))
    KEPT.mkdir(parents=True, exist_ok=True)
    who.to_pickle(kept(setting).with_suffix(".who"))
    np.save(kept(setting), scores)


def measured_in_turn(settings: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Score all tasks under each setting, in a process of its own; who they are, and (settings, ways, tasks, ...)."""
    for setting in settings:
        if not kept(setting).exists():
            cache = {"NUMBA_CACHE_DIR": str(KEPT / "machine_code")}
            words = [sys.executable, __file__, "--number", setting]
            subprocess.run(words, check=True, stderr=subprocess.DEVNULL, env=os.environ | cache)
    who = pd.read_pickle(kept(settings[0]).with_suffix(".who"))
    return who, np.stack([np.load(kept(setting)) for setting in settings])


def joint_part(sets: dict[str, dict]) -> str:
    """Rank ways to read widths with the two numbers that scales lean on; a number must pass the bar or is put back."""
    who, scores = measured_in_turn(JOINT_NUMBERS)
    every = scores.reshape(-1, *scores.shape[2:])
    rules = np.tile([way.rules for way in JOINT_WAYS], len(JOINT_NUMBERS))
    named = [f"{way.label}; {number}" for number in JOINT_NUMBERS for way in JOINT_WAYS]
    text, winner = table(named, judged(who, every), rules, most=40)
    number, way = divmod(named.index(winner), len(JOINT_WAYS))
    pair = np.stack([scores[0, way], scores[number, way]])
    found, losses = judged(who, pair), by_set_losses(who, pair)
    error = max(float((found.drawn_loss[:, 1] - found.drawn_loss[:, 0]).std()), 1e-15)
    gain, better = (found.loss[0] - found.loss[1]) / error, int(np.sum(losses[1] < losses[0] * (1 - 1e-6)))
    passed = gain > 2 and better >= LEAST_SETS
    told = f"Its numbers gain {gain:.1f} standard errors on those in use, in {better} sets: they "
    told += "pass the bar." if passed else "do not pass the bar, and those in use stay."
    head = "## Inner quantiles, tails, and the numbers that scales lean on"
    mine = by_set(who, pair[int(passed)])
    return f"{head}\n\n{text}\n\n{told}\n\nThe way that won, set by set:\n\n{mine}\n"


def kept(setting: str) -> Path:
    """Where the figures of a setting are kept."""
    return KEPT / f"{setting}-{digest()}.npy"


def widths_part(sets: dict[str, dict]) -> str:
    """Rank the ways to read widths."""
    who, scores = scores_by(WAYS, fleets_of(cases_of(sets), sets))
    labels, rules = [way.label for way in WAYS], np.array([way.rules for way in WAYS])
    text, winner = table(labels, judged(who, scores), rules, most=40)
    mine = by_set(who, scores[labels.index(winner)])
    count = f"{len(who)} tasks of {who.groupby('set')['series'].nunique().sum()} series."
    return f"## Widths\n\n{count}\n\n{text}\n\nThe winner, set by set:\n\n{mine}\n"


def tails_part(sets: dict[str, dict]) -> str:
    """Rank ways to read the tails round the winner of the joint ranking that leaves the kernel as it is."""
    who, scores = scores_by(TAIL_WAYS, fleets_of(cases_of(sets), sets))
    rules = np.array([way.rules for way in TAIL_WAYS])
    text, winner = table([way.label for way in TAIL_WAYS], judged(who, scores), rules)
    mine = by_set(who, scores[[way.label for way in TAIL_WAYS].index(winner)])
    return f"## Tails\n\n{text}\n\nThe winner, set by set:\n\n{mine}\n"


def told_part(sets: dict[str, dict]) -> str:
    """Rank ways to tell old errors as of now; what is further off at the newest cutoffs is out."""
    fleets = list(fleets_of(cases_of(sets), sets))
    who, scores = scores_by(TOLD_WAYS, fleets, priors_from_others(fleets, TOLD_WAYS))
    newest, before = (who["cutoff"] == 0).to_numpy(), TOLD_WAYS.index(BEFORE)
    near = nearer(judged(who[newest].reset_index(drop=True), scores[:, newest]), before)
    labels, rules = [way.label for way in TOLD_WAYS], np.array([way.rules for way in TOLD_WAYS])
    text, winner = table(labels, judged(who, scores), rules, most=40, among=near)
    was, now = by_set(who, scores[before]), by_set(who, scores[labels.index(winner)])
    told = f"{len(near) - near.sum()} of {len(labels)} are out by the newest cutoffs."
    sides = f"Before, set by set:\n\n{was}\n\nThe winner, set by set:\n\n{now}\n"
    return f"## Old errors told as of now\n\n{text}\n\n{told}\n\n{sides}"


def numbers_part(sets: dict[str, dict]) -> str:
    """Rank single numbers of the kernel, each against the one in use."""
    settings = [IN_USE] + [f"{name}={value:g}" for name, values in NUMBERS.items() for value in values]
    who, every = measured_in_turn(settings)
    scores = every[:, 0]
    found = judged(who, scores)
    sets_better = np.sum(by_set_losses(who, scores) < by_set_losses(who, scores)[[0]] * (1 - 1e-6), axis=1)
    lines = [
        "| number | loss | less than in use by | better in sets | dev80 | dev95 | |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for k, setting in enumerate(settings):
        gain = found.loss[0] - found.loss[k]
        error = max(float((found.drawn_loss[:, k] - found.drawn_loss[:, 0]).std()), 1e-15)
        further = [
            found.dev[name][k] - found.dev[name][0] > (found.drawn_dev[name][:, k] - found.drawn_dev[name][:, 0]).std()
            for name in found.dev
        ]
        wins = gain > 2 * error and sets_better[k] >= LEAST_SETS and not any(further)
        figures = f"{found.dev['cov80'][k]:.4f} | {found.dev['cov95'][k]:.4f}"
        apart_by = f"{gain / error:+.1f} standard errors" if k else ""
        better = f"{sets_better[k]}" if k else ""
        lines.append(
            f"| {setting} | {found.loss[k]:.4f} | {apart_by} | {better} | {figures} | {'**wins**' if wins else ''} |"
        )
    return "## Numbers of the kernel\n\n" + "\n".join(lines) + "\n"


def main() -> None:
    """Rank what is asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("widths", "joint", "tails", "told", "numbers"))
    parser.add_argument("--number", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sets = json.loads((SHARED / "data" / "forecast" / "metadata.json").read_text())["datasets"]
    if asked.number:
        ways = JOINT_WAYS if asked.number in JOINT_NUMBERS else [Widths()]
        measure_number(asked.number, ways, sets)
        return
    parts = {"widths": widths_part, "numbers": numbers_part, "joint": joint_part, "tails": tails_part}
    parts["told"] = told_part
    for name, part in parts.items():
        if asked.only in (None, name):
            KEPT.mkdir(parents=True, exist_ok=True)
            (KEPT / f"{name}.md").write_text(part(sets))
    told = [(KEPT / f"{name}.md").read_text() for name in parts if (KEPT / f"{name}.md").exists()]
    head = "# Settings of the forecast, ranked by the past alone\n\n"
    head += f"`python benchmarks/forecast_settings.py`. {__doc__.split('What is judged. ')[1].strip()}\n\n"
    RESULT.write_text(head + "\n".join(told))


if __name__ == "__main__":
    main()
