"""Which settings of the forecast are best, judged by the past alone? One rule, written down before it was first run.

    python benchmarks/forecast_settings.py                  everything, most of the time compiling
    python benchmarks/forecast_settings.py --only widths    (or numbers, joint, tails, rescaled, level, counted,
                                                            agreed, moved, blocks) one ranking

Needs the real series beside the checkout (`../shared/data`) and their scorer. Measured figures are kept under
`.cache/forecast_settings` until the forecast's source changes, so that an interrupted run continues.

What is judged. Nothing that the scorer judges. Of the scorer's series only the part before its first cutoff is used. To
these come the series of its sets that it leaves out (short weeks of M4, virtual machines by their hash), and the
recorded demand traces that are in none of its sets (5-minute and hourly means, single days as series of their own, ten
seconds as they are), each in the set of its kind. Every series has as many cutoffs, a horizon apart, as leave at least
a third of it before them: up to 18 a series and about 240 a set, at least 3.

The rule. SPL, MSIS and coverage are the scorer's. For each alternative,

    loss = geometric mean over sets, and over SPL and MSIS, of (mean over tasks) / (the same of seasonal naive)
    dev  = mean over sets of |mean coverage - nominal|, at 80 and at 95 %

1. Standard errors are those of the difference to the best: its standard deviation over 1,000 bootstrap draws of series
within each set, each with all its cutoffs (in sets of fewer than ten series, of tasks). 2. An alternative stays if its
dev is within one standard error of the least, at both levels. Where none does, the bound is the smallest whole number
of standard errors that admits one. 3. Of these, those whose loss is within one standard error of the least differ by
luck alone. The simplest of them wins, which is the one with the fewest rules, or for a single number the one in use.
Among equally simple ones the least loss wins.

Widths are ranked in all combinations. Which errors are used: those predicted from earlier windows, in the newest one,
two, three or four; or with one window left out at a time. How much skew is used: all of it, none, or N / (N + 50, 100
or 200); the last three are one rule more. The weight of the prior: 5, 10, 20, 40 series; without a prior, a fleet of
one would rely on a single window. A profile of the horizon shared by the fleet (one rule more). The first run had
neither two nor three windows nor a prior of 5. Its winner (newest window, full skew, prior 10, shared profile) lay at
the edge of the range, so the range was extended.

Numbers of the kernel are then changed one at a time, with the widths that won. Among so many some win by luck. So a
number in use is replaced only if another has less loss by more than two standard errors, and in at least eight of the
ten sets, with dev at most one standard error above that in use.

Inner quantiles and tails may need different errors. The joint ranking takes quantiles beyond 10 and 90 % from more
windows (one rule more), together with the two numbers on which scales depend, which must pass the same bar. The last
ranking varies skew and prior of the tails around its winner (each one rule more).

Old errors have scales from few windows. They are used as they are, or rescaled to today's number of windows by the
ratio of the standard deviations or by the quantiles of Student's t with so many degrees of freedom a window (one rule
more). This is tried around the winner of the joint ranking and with all quantiles from all windows; with the prior as
shipped, and with one measured on the other sets alone. This ranking has a fourth rule, written down with it: the newest
cutoffs are nearest to future requests, and an alternative whose dev is worse there than the previous setting's, by more
than one standard error at either level, is out.

Scales that follow the level of the forecast are ranked against those that do not, all with the winner of the previous
ranking: eight ways applied to the outlooks (`forecast_settings_level.py`), then the one in the kernel, with its numbers
varied up and down. The bar is that for numbers in use, and the newest cutoffs count as before. Among several that pass,
the third rule decides; between two with as many rules, the least loss.

The pool of N series is a sample: the value that a new series exceeds with probability p is, on average, the quantile of
rank p (N + 1) and not p N (split conformal prediction's own rule). To use that is not a setting but a correction, which
need not gain: it stands unless loss, dev80 or dev95 are worse by more than one standard error, over all cutoffs or over
the newest alone. This was written before it was first judged.

Scales of at least the distance of the methods from the center are a correction, too, for levels that moved late
(`forecast_hard_kinds.py`). The same rule applies, which was written before they were first judged. Fractions and
multiples of the distance are shown beside the whole of it, which has no free number.

Scales that follow how much the series moved lately are a number in use by the same bar, with the newest cutoffs beside
it: no power at all is what was in use. Lags, spans and bounds were tried on the outlooks first, without the kernel.

The last part ranks nothing: the setting in use is scored as the scorer does it, each set on a few successive cutoffs,
but at every place of the past. It shows how far a single measurement of dev is luck.

The page is `benchmarks/RESULTS/forecast_settings.md`. A part that is not asked for keeps the tables of its last run
under `.cache/forecast_settings`, and is left out if there was none.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
from forecast_peers import HERE, SHARED, scorer
from forecast_settings_cases import Fleet, cases_of, fleets_of
from forecast_settings_level import FOLLOWINGS, followed
from forecast_settings_rescaled import BEFORE, READ, RESCALED_WAYS, prior_of_all, priors_from_others, rescaled_errors
from forecast_settings_rule import LEAST_SETS, by_set_losses, judged, nearer
from forecast_settings_tables import beside_first, by_blocks, by_set, table
from forecast_settings_widths import JOINT_WAYS, TAIL_WAYS, WAYS, Widths, quantiles_by

MEASURES = ("spl", "msis", "cov80", "cov95", "mase")
KEPT = HERE.parent / ".cache" / "forecast_settings"
RESULT = HERE / "RESULTS" / "forecast_settings.md"
IN_USE = "in use"
NUMBERS: dict[str, tuple[float, ...]] = {
    "kernel.weights.SHARPNESS": (4, 8),
    "kernel.weights.FORGETTING": (0.8, 1.0),
    "kernel.windows.WINDOWS": (4, 8),
    "kernel.backtesting.EARLIER": (1, 3),
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
}
UNLEVELED = "kernel.level.STRENGTH=1e+12"
LEVEL_NUMBERS = [
    "kernel.level.STRENGTH=1",
    "kernel.level.STRENGTH=0.25",
    "kernel.level.STRENGTH=4",
    "kernel.level.LOWEST=0.5,kernel.level.HIGHEST=2",
    "kernel.level.LOWEST=0.2,kernel.level.HIGHEST=5",
]
AGREED = [f"kernel.agreement.SHARE={share:g}" for share in (0.0, 1.0, 0.5, 1.5, 2.0)]
MOVED = [f"kernel.movement.POWER={power:g}" for power in (0.0, 0.25, 0.125, 0.5)]
MOVED += ["kernel.movement.LOWEST=0.333333,kernel.movement.HIGHEST=3"]
JOINT_NUMBERS = [
    f"kernel.spread.PULL={pull:g},kernel.spread.FORGETTING={forgetting:g}"
    for pull in (0.2, 0.3, 0.4)
    for forgetting in (0.85, 1.0)
]


def shipped(way: Widths, name: str) -> np.ndarray:
    """Return the prior that is shipped, for any way and set."""
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
            if (kind := (way.errors, way.rescaling)) not in read:
                pairs = zip(fleet.prepared, fleet.outlooks, strict=True)
                read[kind] = [rescaled_errors(way, one, outlook) for one, outlook in pairs]
        answers = [
            quantiles_by(way, fleet, read[way.errors, way.rescaling], judge.QS, prior_for(way, name)) for way in ways
        ]
        for place, case in enumerate(fleet.cases):
            scoring = (case.past, case.truth, fleet.meta["mase_m"], False, fleet.meta["h"])
            naive = judge.score(judge.seasonal_naive(case.past, fleet.meta["h"], fleet.meta["season"][0]), *scoring)
            if naive is not None and np.isfinite(case.truth).all():
                mine = [judge.score(answer[place], *scoring) for answer in answers]
                rows.append([[(one[m], naive[m]) for m in MEASURES] for one in mine])
                who.append((case.name, case.series, case.cutoff))
        print(name, fleet.cases[0].cutoff, len(fleet.cases), file=sys.stderr, flush=True)
    return pd.DataFrame(who, columns=["set", "series", "cutoff"]), np.array(rows).transpose(1, 0, 2, 3)


def digest() -> str:
    """Return a hash of the forecast's source, so that no figure outlives it."""
    source = HERE.parent / "src" / "plimsoll" / "forecast"
    whole = b"".join(path.read_bytes() for path in sorted(source.rglob("*.py")))
    return blake2b(whole, digest_size=6).hexdigest()


def patch(setting: str) -> None:
    """Replace numbers of the forecast (MODULE.NAME=NUMBER, separated by commas) before it is compiled."""
    for one in setting.split(","):
        path, number = one.split("=")
        module, name = path.rsplit(".", 1)
        target = import_module(f"plimsoll.forecast.{module}")
        value = type(getattr(target, name))(float(number))
        setattr(target, name, value)
        if name == "WINDOWS":
            import_module("plimsoll.forecast.compiled").WINDOWS = value  # type: ignore[attr-defined]


def measure_number(setting: str, sets: dict[str, dict]) -> None:
    """Score all tasks with numbers changed, and keep the figures."""
    if setting != IN_USE:
        patch(setting)
    fleets = list(fleets_of(cases_of(sets), sets))
    if setting.startswith(("kernel.level.", "kernel.agreement.", "kernel.movement.")):
        forms = FOLLOWINGS if setting == UNLEVELED else []
        variants = [fleets, *([followed(form, fleet) for fleet in fleets] for form in forms)]
        found = [scores_by([READ], one) for one in variants]
        who, scores = found[0][0], np.concatenate([scores for _, scores in found])
    else:
        who, scores = scores_by(JOINT_WAYS if setting in JOINT_NUMBERS else [Widths()], fleets)
    KEPT.mkdir(parents=True, exist_ok=True)
    who.to_pickle(kept(setting).with_suffix(".who"))
    np.save(kept(setting), scores)


def measured_in_turn(settings: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Score all tasks under each setting in a process of its own: who they are, and (settings, ways, tasks, ...)."""
    for setting in settings:
        if not kept(setting).exists():
            cache = {"NUMBA_CACHE_DIR": str(KEPT / "machine_code")}
            words = [sys.executable, __file__, "--number", setting]
            subprocess.run(words, check=True, stderr=subprocess.DEVNULL, env=os.environ | cache)
    who = pd.read_pickle(kept(settings[0]).with_suffix(".who"))
    return who, np.stack([np.load(kept(setting)) for setting in settings])


def joint_part(sets: dict[str, dict]) -> str:
    """Rank ways to compute widths with the two numbers on which scales depend, which must pass the bar or stay."""
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
    verdict = f"Its numbers gain {gain:.1f} standard errors on those in use, in {better} sets: they "
    verdict += "pass the bar." if passed else "do not pass the bar, and those in use stay."
    head = "## Inner quantiles, tails, and the numbers that scales lean on"
    mine = by_set(who, pair[int(passed)])
    return f"{head}\n\n{text}\n\n{verdict}\n\nThe way that won, set by set:\n\n{mine}\n"


def kept(setting: str) -> Path:
    """Return where the figures of a setting are kept."""
    return KEPT / f"{setting}-{digest()}.npy"


def widths_part(sets: dict[str, dict]) -> str:
    """Rank the ways to compute widths."""
    who, scores = scores_by(WAYS, fleets_of(cases_of(sets), sets))
    labels, rules = [way.label for way in WAYS], np.array([way.rules for way in WAYS])
    text, winner = table(labels, judged(who, scores), rules, most=40)
    mine = by_set(who, scores[labels.index(winner)])
    count = f"{len(who)} tasks of {who.groupby('set')['series'].nunique().sum()} series."
    return f"## Widths\n\n{count}\n\n{text}\n\nThe winner, set by set:\n\n{mine}\n"


def tails_part(sets: dict[str, dict]) -> str:
    """Rank ways to compute the tails around the winner of the joint ranking that leaves the kernel as it is."""
    who, scores = scores_by(TAIL_WAYS, fleets_of(cases_of(sets), sets))
    rules = np.array([way.rules for way in TAIL_WAYS])
    text, winner = table([way.label for way in TAIL_WAYS], judged(who, scores), rules)
    mine = by_set(who, scores[[way.label for way in TAIL_WAYS].index(winner)])
    return f"## Tails\n\n{text}\n\nThe winner, set by set:\n\n{mine}\n"


def rescaled_part(sets: dict[str, dict]) -> str:
    """Rank ways to rescale old errors; what is worse at the newest cutoffs is out."""
    fleets = list(fleets_of(cases_of(sets), sets))
    who, scores = scores_by(RESCALED_WAYS, fleets, priors_from_others(fleets, RESCALED_WAYS))
    newest, before = (who["cutoff"] == 0).to_numpy(), RESCALED_WAYS.index(BEFORE)
    near = nearer(judged(who[newest].reset_index(drop=True), scores[:, newest]), before)
    labels, rules = [way.label for way in RESCALED_WAYS], np.array([way.rules for way in RESCALED_WAYS])
    text, winner = table(labels, judged(who, scores), rules, most=40, among=near)
    was, now = by_set(who, scores[before]), by_set(who, scores[labels.index(winner)])
    verdict = f"{len(near) - near.sum()} of {len(labels)} are out by the newest cutoffs. "
    verdict += prior_of_all(fleets, RESCALED_WAYS[labels.index(winner)])
    sides = f"Before, set by set:\n\n{was}\n\nThe winner, set by set:\n\n{now}\n"
    return f"## Old errors rescaled to as many windows as now\n\n{text}\n\n{verdict}\n\n{sides}"


def counted_part(sets: dict[str, dict]) -> str:
    """Compare quantiles as of one series more with those of the pool alone."""
    ways = [READ, replace(READ, one_more=True)]
    who, scores = scores_by(ways, fleets_of(cases_of(sets), sets))
    return mend_part("Quantiles of one series more", [way.label for way in ways], who, scores)


def agreed_part(sets: dict[str, dict]) -> str:
    """Compare scales of at least the methods' distance from the center, or parts of it, with those without."""
    who, scores = measured_in_turn(AGREED)
    return mend_part("Scales that hold how far the methods disagree", AGREED, who, scores[:, 0])


def moved_part(sets: dict[str, dict]) -> str:
    """Compare scales that follow how much a series moved lately with those that do not."""
    who, scores = measured_in_turn(MOVED)
    return mend_part("Scales that follow how much the series moved lately", MOVED, who, scores[:, 0])


def mend_part(title: str, labels: Sequence[str], who: pd.DataFrame, scores: np.ndarray) -> str:
    """Compare alternatives with the first, over all cutoffs and over the newest; the second of them set by set."""
    newest, everyone = (who["cutoff"] == 0).to_numpy(), np.ones(len(labels), dtype=bool)
    page = beside_first(labels, who, scores, everyone)
    late = beside_first(labels, who[newest].reset_index(drop=True), scores[:, newest], everyone)
    sides = f"Before, set by set:\n\n{by_set(who, scores[0])}\n\nAfter, set by set:\n\n{by_set(who, scores[1])}\n"
    return f"## {title}\n\n{page}\n\nAt the newest cutoffs alone:\n\n{late}\n\n{sides}"


def blocks_part(sets: dict[str, dict]) -> str:
    """Show how far dev is luck if it is measured once, on as few cutoffs as the scorer's."""
    who, scores = scores_by([READ], fleets_of(cases_of(sets), sets))
    return f"## What one reading of dev says\n\n{by_blocks(who, scores[0], sets)}\n"


def numbers_part(sets: dict[str, dict]) -> str:
    """Rank single numbers of the kernel, each against the one in use."""
    settings = [IN_USE] + [f"{name}={value:g}" for name, values in NUMBERS.items() for value in values]
    who, every = measured_in_turn(settings)
    return (
        "## Numbers of the kernel\n\n"
        + beside_first(settings, who, every[:, 0], np.ones(len(settings), dtype=bool))
        + "\n"
    )


def level_part(sets: dict[str, dict]) -> str:
    """Rank ways for scales to follow the level, each against scales that do not; then the numbers of the one in use."""
    who, forms = measured_in_turn([UNLEVELED])
    _, numbers = measured_in_turn(LEVEL_NUMBERS)
    ways = ["scales that do not follow", *(form.label for form in FOLLOWINGS), "own, past, as the kernel has it"]
    newest = (who["cutoff"] == 0).to_numpy()
    pages = []
    for labels, scores in ((ways, np.concatenate([forms[0], numbers[0]])), (LEVEL_NUMBERS, numbers[:, 0])):
        near = nearer(judged(who[newest].reset_index(drop=True), scores[:, newest]), 0)
        pages.append(beside_first(labels, who, scores, near))
        pages.append("At the newest cutoffs alone:")
        pages.append(beside_first(labels, who[newest].reset_index(drop=True), scores[:, newest]))
    sides = [f"Before, set by set:\n\n{by_set(who, forms[0, 0])}", f"Now, set by set:\n\n{by_set(who, numbers[0, 0])}"]
    return "## Scales that follow the level\n\n" + "\n\n".join(pages + sides) + "\n"


def main() -> None:
    """Rank what was asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {"widths": widths_part, "numbers": numbers_part, "joint": joint_part, "tails": tails_part}
    parts |= {"rescaled": rescaled_part, "level": level_part, "counted": counted_part, "agreed": agreed_part}
    parts |= {"moved": moved_part, "blocks": blocks_part}
    parser.add_argument("--only", choices=tuple(parts))
    parser.add_argument("--number", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sets = json.loads((SHARED / "data" / "forecast" / "metadata.json").read_text())["datasets"]
    if options.number:
        measure_number(options.number, sets)
        return
    for name, part in parts.items():
        if options.only in (None, name):
            KEPT.mkdir(parents=True, exist_ok=True)
            (KEPT / f"{name}.md").write_text(part(sets))
    texts = [(KEPT / f"{name}.md").read_text() for name in parts if (KEPT / f"{name}.md").exists()]
    head = "# Settings of the forecast, ranked by the past alone\n\n"
    head += f"`python benchmarks/forecast_settings.py`. {__doc__.split('What is judged. ')[1].strip()}\n\n"
    RESULT.write_text(head + "\n".join(texts))


if __name__ == "__main__":
    main()
