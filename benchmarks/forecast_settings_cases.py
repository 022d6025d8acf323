"""On which tasks are settings of the forecast judged? On the past that `forecast_settings.py` describes, by fleet."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from forecast_peers import SHARED, scorer

MOST_CUTOFFS, WANTED_TASKS, FEWEST_CUTOFFS = 18, 240, 3
UNJUDGED_MACHINES, SHORTEST_WEEKS = 200, 40
TRACES = ("ms_mongodb_application_rps_mongo_02", "ms_data_ingress_rate_ingress_04")
TRACES += ("nasa_http_jul95_requests_per_minute", "twitter_stream_2021_08_tweets_per_minute")
TEN_SECONDS = "azure_llm2023_conv_requests_per_10s"


@dataclass(frozen=True)
class Case:
    """One task: a series of a set up to a cutoff, and what came after it."""

    name: str
    series: str
    cutoff: int
    past: np.ndarray
    truth: np.ndarray


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
    """Cut one series at this many cutoffs from the first, a horizon apart, the newest first."""
    h, least = meta["h"], SHORTEST_WEEKS if name == "m4_weekly" else 2 * max(meta["season"][0], 8)
    for number in range(cutoffs[1]):
        end = y.size - (cutoffs[0] + number) * h
        if end - h >= max(least, y.size // 3):
            yield Case(name, series, number, y[: end - h], y[end - h : end])


def traces_for(name: str) -> dict[str, np.ndarray]:
    """Return the recorded traces of a set's kind."""
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
    """The tasks of one set at one cutoff, with their prepared series and outlooks."""

    meta: dict
    cases: list[Case]
    prepared: list[Any]
    outlooks: list[Any]


def fleets_of(cases: Sequence[Case], sets: dict[str, dict]) -> Iterator[Fleet]:
    """Compute the outlooks of all tasks, fleet by fleet."""
    from plimsoll.domain.forecast import ForecastState
    from plimsoll.domain.panel import Panel, Request
    from plimsoll.domain.series import MetricKind
    from plimsoll.forecast.frequency import step_of
    from plimsoll.forecast.outlook import outlook_of
    from plimsoll.forecast.panel import prepare_all

    answered = (ForecastState.OK, ForecastState.SHORT_HISTORY)
    for (name, _), group in itertools.groupby(sorted(cases, key=fleet_key), key=fleet_key):
        chosen, meta = list(group), sets[name]
        step, none = step_of(meta["freq"]), np.full(len(chosen), np.nan)
        offsets = np.concatenate([[0], np.cumsum([case.past.size for case in chosen])])
        times = np.concatenate([np.arange(case.past.size, dtype=np.int64) * step for case in chosen])
        values = np.concatenate([case.past for case in chosen])
        kinds = (MetricKind.UNKNOWN,) * len(chosen)
        panel = Panel(tuple(case.series for case in chosen), offsets, times, values, kinds, none, none)
        prepared = prepare_all(panel, Request(meta["h"], (0.5,), step, tuple(meta["season"])))
        kept = [i for i, one in enumerate(prepared) if one.state in answered]
        outlooks = [outlook_of(prepared[i], meta["h"]) for i in kept]
        yield Fleet(meta, [chosen[i] for i in kept], [prepared[i] for i in kept], outlooks)


def fleet_key(case: Case) -> tuple[str, int]:
    """Return what is forecast together: a set at one cutoff."""
    return case.name, case.cutoff
