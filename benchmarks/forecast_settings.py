"""Which settings of the forecast are best, judged by the past alone? One rule, written down before it was first run.

    python benchmarks/forecast_settings.py                  everything: 45 minutes of one core, most of it compiling
    python benchmarks/forecast_settings.py --only widths    (or numbers, joint, tails) one ranking

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
varies skew and prior of the tails around its winner (each one rule more). Writes
`benchmarks/RESULTS/forecast_settings.md`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from forecast_peers import HERE, SHARED, scorer

MOST_CUTOFFS, WANTED_TASKS, FEWEST_CUTOFFS, DRAWS, FEW_SERIES = 18, 240, 3, 1_000, 10
UNJUDGED_MACHINES, SHORTEST_WEEKS = 200, 40
TRACES = ("ms_mongodb_application_rps_mongo_02", "ms_data_ingress_rate_ingress_04")
TRACES += ("nasa_http_jul95_requests_per_minute", "twitter_stream_2021_08_tweets_per_minute")
TEN_SECONDS = "azure_llm2023_conv_requests_per_10s"
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


@dataclass(frozen=True)
class Case:
    """One task: a series of a set up to a cutoff, and what came after it."""

    name: str
    series: str
    cutoff: int
    past: np.ndarray
    truth: np.ndarray


@dataclass(frozen=True)
class Widths:
    """One way to read widths from the errors of a fleet."""

    errors: str = "newest 2 windows"
    skew_series: float = 0.0
    prior_series: float = 5.0
    profile: bool = False
    tail_windows: int = 0
    tail_skew_series: float | None = None
    tail_prior_series: float | None = None

    @property
    def rules(self) -> int:
        """How many rules it has beyond quantiles of errors and a prior."""
        apart = (self.tail_skew_series, self.tail_prior_series)
        differing = sum(one is not None for one in apart)
        return int(0 < self.skew_series < np.inf) + int(self.profile) + int(self.tail_windows > 0) + differing

    @property
    def label(self) -> str:
        """The way in words."""
        skew = {0.0: "skew believed", np.inf: "no skew"}.get(self.skew_series, f"skew N/(N+{self.skew_series:g})")
        tails = f", tails {self.tail_windows}" if self.tail_windows else ""
        if self.tail_skew_series is not None:
            tails += (
                " without skew" if self.tail_skew_series == np.inf else f" with skew N/(N+{self.tail_skew_series:g})"
            )
        tails += f" with prior {self.tail_prior_series:g}" if self.tail_prior_series is not None else ""
        profile = "; shared profile" if self.profile else ""
        return f"{self.errors}{tails}; {skew}; prior {self.prior_series:g}{profile}"


WAYS = [
    Widths(errors, skew, prior, profile)
    for errors in (*(f"newest {windows} windows" for windows in (1, 2, 3, 4)), "left out by window")
    for skew in (0.0, 50.0, 100.0, 200.0, np.inf)
    for prior in (5.0, 10.0, 20.0, 40.0)
    for profile in (False, True)
]
JOINT_WAYS = [
    Widths(f"newest {windows} windows", skew, prior, tail_windows=tails)
    for windows, tails in ((1, 0), (2, 0), (4, 0), (1, 2), (1, 4), (2, 4))
    for skew in (0.0, 100.0, np.inf)
    for prior in (5.0, 10.0, 20.0)
]
TAIL_WAYS = [
    Widths("newest 1 windows", 0.0, prior, profile, 4, tail_skew, None if tail_prior == prior else tail_prior)
    for prior in (5.0, 10.0, 20.0)
    for tail_prior in (5.0, 10.0, 20.0, 40.0)
    for tail_skew in (None, 100.0, np.inf)
    for profile in (False, True)
]
JOINT_NUMBERS = [
    f"kernel.spread.PULL={pull:g},kernel.spread.FORGETTING={forgetting:g}"
    for pull in (0.2, 0.3, 0.4)
    for forgetting in (0.85, 1.0)
]


def cases_of(sets: dict[str, dict]) -> list[Case]:
    """List all tasks that the scorer never judges."""
    judge, found = scorer(), []
    for name, meta in sets.items():
        frame = pd.read_parquet(SHARED / "data" / "forecast" / f"{name}.parquet")
        whole = {str(u): part["y"].to_numpy(float) for u, part in frame.groupby("unique_id", observed=True)}
        ids = sorted(whole, key=lambda one: zlib.crc32(one.encode()))
        most = judge.SUBSAMPLE.get(name, len(ids))
        judged = {i for i in ids[:most] if whole[i].size - meta["h"] >= 2 * max(meta["season"][0], 8)}
        free = {i: whole[i] for i in ids[: most + UNJUDGED_MACHINES] if i not in judged} | traces_for(name)
        cutoffs = min(MOST_CUTOFFS, max(FEWEST_CUTOFFS, WANTED_TASKS // (len(judged) + len(free))))
        for i in ids:
            if i in judged:
                found += list(cut(name, i, whole[i], meta, (meta["origins"], cutoffs)))
        for i, y in free.items():
            found += list(cut(name, i, y, meta, (0, cutoffs)))
    return found


def cut(name: str, series: str, y: np.ndarray, meta: dict, cutoffs: tuple[int, int]) -> Iterator[Case]:
    """Cut one series at so many cutoffs from the first, a horizon apart, the newest first."""
    h, least = meta["h"], SHORTEST_WEEKS if name == "m4_weekly" else 2 * max(meta["season"][0], 8)
    for number in range(cutoffs[1]):
        end = y.size - (cutoffs[0] + number) * h
        if end - h >= max(least, y.size // 3):
            yield Case(name, series, number, y[: end - h], y[end - h : end])


def traces_for(name: str) -> dict[str, np.ndarray]:
    """Answer the recorded traces of a set's kind."""
    if name == "biz_10s":
        return {TEN_SECONDS: trace(TEN_SECONDS)["value"].to_numpy(float)}
    spans = {"cloud_5min": "5min", "cloud_hourly": "h", "vm_5min_short": "5min"}
    if name not in spans:
        return {}
    means = {one: trace(one)["value"].resample(spans[name]).mean().to_numpy() for one in TRACES}
    if name != "vm_5min_short":
        return means
    return {f"{one} {day}": y[288 * day : 288 * day + 288] for one, y in means.items() for day in range(y.size // 288)}


def trace(name: str) -> pd.DataFrame:
    """Read one recorded trace."""
    return pd.read_csv(SHARED / "data" / "traces" / f"{name}.csv", parse_dates=["timestamp"], index_col="timestamp")


@dataclass(frozen=True)
class Fleet:
    """The tasks of one set at one cutoff, prepared and looked ahead of."""

    meta: dict
    cases: list[Case]
    prepared: list[Any]
    outlooks: list[Any]


def fleets_of(cases: Sequence[Case], sets: dict[str, dict]) -> Iterator[Fleet]:
    """Look ahead of all tasks, fleet by fleet."""
    from plimsoll.domain.forecast import ForecastState
    from plimsoll.domain.panel import Panel, Request
    from plimsoll.domain.series import MetricKind
    from plimsoll.forecast.frequency import step_of
    from plimsoll.forecast.outlook import outlook_of
    from plimsoll.forecast.panel import prepare_all

    told = (ForecastState.OK, ForecastState.SHORT_HISTORY)
    for (name, _), group in itertools.groupby(sorted(cases, key=fleet_key), key=fleet_key):
        chosen, meta = list(group), sets[name]
        step, none = step_of(meta["freq"]), np.full(len(chosen), np.nan)
        offsets = np.concatenate([[0], np.cumsum([case.past.size for case in chosen])])
        times = np.concatenate([np.arange(case.past.size, dtype=np.int64) * step for case in chosen])
        values = np.concatenate([case.past for case in chosen])
        kinds = (MetricKind.UNKNOWN,) * len(chosen)
        panel = Panel(tuple(case.series for case in chosen), offsets, times, values, kinds, none, none)
        prepared = prepare_all(panel, Request(meta["h"], (0.5,), step, tuple(meta["season"])))
        kept = [i for i, one in enumerate(prepared) if one.state in told]
        outlooks = [outlook_of(prepared[i], meta["h"]) for i in kept]
        yield Fleet(meta, [chosen[i] for i in kept], [prepared[i] for i in kept], outlooks)


def fleet_key(case: Case) -> tuple[str, int]:
    """What is forecast together: a set at one cutoff."""
    return case.name, case.cutoff


def errors_by(way: str, prepared: Any, outlook: Any) -> np.ndarray:
    """Answer the standardized errors (windows, h) that a way reads."""
    if way == "left out by window":
        return left_out(prepared, outlook)
    return np.asarray(outlook.standardized[np.isfinite(outlook.standardized).any(axis=1)])


def left_out(prepared: Any, outlook: Any) -> np.ndarray:
    """Divide the errors of each window by the scale that all the others give."""
    from plimsoll.forecast.kernel.judging import FLOOR, usual_step
    from plimsoll.forecast.kernel.spread import horizon_scale, usual_move

    known = outlook.errors[np.isfinite(outlook.errors).any(axis=1)]
    floor, move = FLOOR * usual_step(prepared.values), usual_move(prepared.values, outlook.center.size)
    divided = np.full_like(known, np.nan)
    for w in range(known.shape[0] if known.shape[0] > 1 else 0):
        others, scale = known.copy(), np.empty(outlook.center.size)
        others[w] = np.nan
        horizon_scale(others, floor, move, scale)
        divided[w] = known[w] / np.where(scale > 0.0, scale, np.nan)
    return divided


def profile_of(errors: Sequence[np.ndarray], horizon: int) -> np.ndarray:
    """Answer what the fleet's errors grow with the horizon beyond their scales (h,), believed to N / (N + 20)."""
    parts = np.array_split(np.arange(horizon), min(4, horizon))
    shapes = []
    for one in errors:
        sizes = np.abs(one)
        if np.isfinite(sizes).any() and (mean := np.nanmean(sizes)) > 0.0:
            known = [sizes[:, part][np.isfinite(sizes[:, part])] for part in parts]
            shapes.append([part.mean() / mean if part.size else np.nan for part in known])
    if not shapes:
        return np.ones(horizon)
    usual = np.log(np.nanmean(shapes, axis=0)) * len(shapes) / (len(shapes) + 20)
    at = np.log([part.mean() + 1.0 for part in parts])
    slope = ((at - at.mean()) * usual).sum() / ((at - at.mean()) ** 2).sum() if len(parts) > 1 else 0.0
    return np.asarray(np.exp(slope * (np.log(np.arange(horizon) + 1.0) - at.mean())))


def pool_by(way: Widths, errors: Sequence[np.ndarray]) -> Any:
    """Pool standardized errors as `calibration.pool_of` does, by another way."""
    from plimsoll.forecast.calibration import GRID, NO_POOL, PRIOR, Pool

    windows = int(way.errors.split()[1]) if way.errors.startswith("newest") else 0
    measured, count = measured_by(way.skew_series, [one[-windows:] for one in errors])
    if not count:
        return NO_POOL
    factors = (count * measured + way.prior_series * PRIOR) / (count + way.prior_series)
    if way.tail_windows:
        skew = way.skew_series if way.tail_skew_series is None else way.tail_skew_series
        prior = way.prior_series if way.tail_prior_series is None else way.tail_prior_series
        tails, _ = measured_by(skew, [one[-way.tail_windows :] for one in errors])
        levels, middle = np.asarray(GRID), len(GRID) // 2
        outer = (levels < 0.1) | (levels > 0.9)
        factors = np.where(outer, (count * tails + prior * PRIOR) / (count + prior), factors)
        factors[middle:] = np.maximum.accumulate(factors[middle:])
        factors[: middle + 1] = np.minimum.accumulate(factors[middle::-1])[::-1]
    return Pool(factors, count)


def measured_by(skew_series: float, errors: Sequence[np.ndarray]) -> tuple[np.ndarray, int]:
    """Answer the factors that errors have themselves, and of how many series."""
    from plimsoll.forecast.calibration import GRID, MOST_SCALES, weighted_quantiles

    known = [np.clip(one[np.isfinite(one)], -MOST_SCALES, MOST_SCALES) for one in errors]
    known = [one for one in known if one.size]
    if not known:
        return np.zeros(len(GRID)), 0
    count = len(known)
    weights = np.concatenate([np.full(one.size, 1.0 / one.size) for one in known])
    measured = weighted_quantiles(np.concatenate(known), weights, GRID)
    measured -= measured[len(GRID) // 2]
    mirrored = 0.5 * (measured - measured[::-1])
    return mirrored + count / (count + skew_series) * (measured - mirrored), count


def quantiles_by(way: Widths, fleet: Fleet, errors: Sequence[np.ndarray], levels: Sequence[float]) -> list[np.ndarray]:
    """Answer the quantiles (h, levels) of each task of a fleet."""
    from plimsoll.domain.forecast import ForecastState
    from plimsoll.forecast.outlook import laid_out
    from plimsoll.forecast.sporadic import is_sporadic, newest_of, speaks_for_itself

    pooled = [one for one, series in zip(errors, fleet.prepared, strict=True) if series.state is ForecastState.OK]
    grown = profile_of(pooled, fleet.meta["h"]) if way.profile else np.ones(fleet.meta["h"])
    pool = pool_by(way, [one / grown for one in pooled])
    factors = pool.at(tuple(levels))[None, None, :]
    found = []
    for series, outlook in zip(fleet.prepared, fleet.outlooks, strict=True):
        if is_sporadic(series) and speaks_for_itself(series, outlook, pool):
            own = np.quantile(newest_of(series, series.values.size), levels)
            found.append(np.tile(np.clip(own, series.lower, series.upper), (fleet.meta["h"], 1)))
        else:
            found.append(laid_out([series], outlook.center[None], (outlook.scale * grown)[None], factors)[0])
    return found


def scores_by(ways: Sequence[Widths], cases: Sequence[Case], sets: dict[str, dict]) -> tuple[pd.DataFrame, np.ndarray]:
    """Score every task by every way: who the tasks are, and an array (ways, tasks, measures, ours and naive)."""
    judge, who, rows = scorer(), [], []
    for fleet in fleets_of(cases, sets):
        read: dict[str, list] = {name: [] for name in {way.errors for way in ways}}
        for name in read:
            pairs = zip(fleet.prepared, fleet.outlooks, strict=True)
            read[name] = [errors_by(name, one, outlook) for one, outlook in pairs]
        answers = [quantiles_by(way, fleet, read[way.errors], judge.QS) for way in ways]
        for place, case in enumerate(fleet.cases):
            asked = (case.past, case.truth, fleet.meta["mase_m"], False, fleet.meta["h"])
            naive = judge.score(judge.seasonal_naive(case.past, fleet.meta["h"], fleet.meta["season"][0]), *asked)
            if naive is not None and np.isfinite(case.truth).all():
                mine = [judge.score(answer[place], *asked) for answer in answers]
                rows.append([[(one[m], naive[m]) for m in MEASURES] for one in mine])
                who.append((case.name, case.series))
        print(fleet.cases[0].name, fleet.cases[0].cutoff, len(fleet.cases), file=sys.stderr, flush=True)
    return pd.DataFrame(who, columns=["set", "series"]), np.array(rows).transpose(1, 0, 2, 3)


@dataclass(frozen=True)
class Judged:
    """Loss and distances of coverage of each alternative: as measured (k,), and in each draw (draws, k)."""

    loss: np.ndarray
    dev: dict[str, np.ndarray]
    drawn_loss: np.ndarray
    drawn_dev: dict[str, np.ndarray]


def judged(who: pd.DataFrame, scores: np.ndarray) -> Judged:
    """Work out loss and coverage over sets, with bootstrap draws of series."""
    draw, logs, dev = np.random.default_rng(0), [], {"cov80": [], "cov95": []}
    for _, places in who.groupby("set").indices.items():
        counts = counts_of(draw, who["series"].to_numpy()[places])
        means = np.einsum("dt,ktmo->dkmo", counts, scores[:, places]) / counts.sum(axis=1)[:, None, None, None]
        logs.append(0.5 * np.log(means[:, :, :2, 0] / means[:, :, :2, 1]).sum(axis=2))
        dev["cov80"].append(np.abs(means[:, :, 2, 0] - 0.8))
        dev["cov95"].append(np.abs(means[:, :, 3, 0] - 0.95))
    loss = np.exp(np.mean(logs, axis=0))
    far = {name: np.mean(parts, axis=0) for name, parts in dev.items()}
    return Judged(loss[0], {n: d[0] for n, d in far.items()}, loss[1:], {n: d[1:] for n, d in far.items()})


def counts_of(draw: np.random.Generator, series: np.ndarray) -> np.ndarray:
    """Answer how often each task counts, shape (1 + draws, tasks): once, then as its series is drawn."""
    names, unit = np.unique(series, return_inverse=True)
    if names.size < FEW_SERIES:
        unit = np.arange(series.size)
    size = int(unit.max()) + 1
    drawn = np.stack([np.bincount(draw.integers(0, size, size), minlength=size) for _ in range(DRAWS)])
    return np.vstack([np.ones((1, series.size)), drawn[:, unit]])


def apart(measured: np.ndarray, drawn: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Answer by how many standard errors of the difference each alternative is worse than the best of `among`."""
    best = int(np.flatnonzero(among)[np.argmin(measured[among])])
    error = (drawn - drawn[:, [best]]).std(axis=0)
    worse = measured - measured[best]
    return np.where(worse > 0.0, worse / np.maximum(error, 1e-15), 0.0)


def chosen(found: Judged, rules: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
    """Apply the rule; answer the winner, who is in by coverage, and who of these is told apart by luck alone."""
    everyone = np.ones(found.loss.size, dtype=bool)
    far = np.max([apart(found.dev[name], found.drawn_dev[name], everyone) for name in found.dev], axis=0)
    inside = far <= max(1.0, np.ceil(far.min()))
    tied = inside & (apart(found.loss, found.drawn_loss, inside) <= 1.0)
    simplest = tied & (rules == rules[tied].min())
    return int(np.flatnonzero(simplest)[np.argmin(found.loss[simplest])]), inside, tied


def table(labels: Sequence[str], found: Judged, rules: np.ndarray, most: int | None = None) -> tuple[str, str]:
    """Write the first alternatives in the order of the rule; answer the table and the winner's label."""
    winner, inside, tied = chosen(found, rules)
    order = sorted(range(len(labels)), key=lambda k: (k != winner, not tied[k], not inside[k], found.loss[k]))
    lines = ["| alternative | loss | dev80 | dev95 | |", "|---|---:|---:|---:|---|"]
    for k in order[:most]:
        verdict = "**wins**" if k == winner else "tied" if tied[k] else "more loss" if inside[k] else "coverage"
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
    who, scores = scores_by(ways, cases_of(sets), sets)
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
    who, scores = scores_by(WAYS, cases_of(sets), sets)
    labels, rules = [way.label for way in WAYS], np.array([way.rules for way in WAYS])
    text, winner = table(labels, judged(who, scores), rules, most=40)
    mine = by_set(who, scores[labels.index(winner)])
    count = f"{len(who)} tasks of {who.groupby('set')['series'].nunique().sum()} series."
    return f"## Widths\n\n{count}\n\n{text}\n\nThe winner, set by set:\n\n{mine}\n"


def tails_part(sets: dict[str, dict]) -> str:
    """Rank ways to read the tails round the winner of the joint ranking that leaves the kernel as it is."""
    who, scores = scores_by(TAIL_WAYS, cases_of(sets), sets)
    rules = np.array([way.rules for way in TAIL_WAYS])
    text, winner = table([way.label for way in TAIL_WAYS], judged(who, scores), rules)
    mine = by_set(who, scores[[way.label for way in TAIL_WAYS].index(winner)])
    return f"## Tails\n\n{text}\n\nThe winner, set by set:\n\n{mine}\n"


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


def by_set_losses(who: pd.DataFrame, scores: np.ndarray) -> np.ndarray:
    """Answer the loss of each alternative in each set, shape (k, sets)."""
    means = np.stack([scores[:, places].mean(axis=1) for places in who.groupby("set").indices.values()], axis=1)
    return np.asarray(np.sqrt(np.prod(means[:, :, :2, 0] / means[:, :, :2, 1], axis=2)))


def main() -> None:
    """Rank what is asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("widths", "joint", "tails", "numbers"))
    parser.add_argument("--number", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sets = json.loads((SHARED / "data" / "forecast" / "metadata.json").read_text())["datasets"]
    if asked.number:
        ways = JOINT_WAYS if asked.number in JOINT_NUMBERS else [Widths()]
        measure_number(asked.number, ways, sets)
        return
    parts = {"widths": widths_part, "numbers": numbers_part, "joint": joint_part, "tails": tails_part}
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
