"""Forecast tasks with the peers' models, in the peers' own environment; called by `forecast_peers.py`.

    python forecast_peer_worker.py TASKS.parquet FOLDER LIMIT_S [MODEL ...]

TASKS has a row for each task: set, task, y (list), start, freq, season (list), h. Each answer is a line of
`FOLDER/MODEL.jsonl`: task, state (done, failed, out_of_time, given_up), CPU seconds, and the quantiles by step if done.
A line is written as soon as there is an answer, and a task that has one is not run again, so that an interrupted run
continues where it stopped. Each task runs in a process of its own, which is killed with its whole process group after
LIMIT_S seconds. A model that was out of time on the first `_TRIES` tasks of a set is given up for that set.

The models have the settings that their documentation shows: the first season of the set (MSTL: all of them), nothing
else. `AutoARIMA-approx` is AutoARIMA with the approximate search that R's `auto.arima`, its original, uses by default
for more than 150 points or seasons longer than 12.
"""

from __future__ import annotations

import importlib
import json
import logging
import multiprocessing
import os
import resource
import signal
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

LEVELS = [0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975]
WIDTHS = [20, 40, 60, 80, 95]
MODELS = ["SeasonalNaive", "DynamicOptimizedTheta", "MSTL", "AutoTheta", "AutoETS", "Prophet"]
MODELS += ["AutoARIMA-approx", "AutoARIMA"]
_TRIES = 3


def statsforecast_model(name: str, season: list[int]):
    from statsforecast import models

    if name == "MSTL":
        return models.MSTL(season_length=season)
    if name == "AutoARIMA-approx":
        return models.AutoARIMA(season_length=season[0], approximation=True)
    return getattr(models, name)(season_length=season[0])


def of_statsforecast(name: str, task) -> np.ndarray:
    model = statsforecast_model(name, [int(m) for m in task.season])
    answer = model.forecast(y=np.asarray(task.y, dtype=np.float64), h=int(task.h), level=WIDTHS)
    low = [answer[f"lo-{width}"] for width in reversed(WIDTHS)]
    high = [answer[f"hi-{width}"] for width in WIDTHS]
    return np.stack([*low, answer["mean"], *high], axis=1)


def of_prophet(task) -> np.ndarray:
    from prophet import Prophet

    frame = pd.DataFrame({"ds": pd.date_range(task.start, periods=len(task.y), freq=task.freq), "y": task.y})
    model = Prophet(interval_width=0.95, uncertainty_samples=300)
    model.fit(frame)
    future = model.make_future_dataframe(int(task.h), freq=task.freq, include_history=False)
    samples = model.predictive_samples(future)["yhat"]
    return np.quantile(samples, LEVELS, axis=1).T


def forecast(name: str, task) -> np.ndarray:
    return of_prophet(task) if name == "Prophet" else of_statsforecast(name, task)


def main() -> None:
    source, folder, limit_s = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    warnings.filterwarnings("ignore")
    for logger in ("prophet", "cmdstanpy"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    for module in ("prophet", "statsforecast.models"):
        importlib.import_module(module)  # once, before the processes
    tasks = pd.read_parquet(source)
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[4:] or MODELS:
        run_model(name, tasks, folder / f"{name}.jsonl", limit_s)


def run_model(name: str, tasks: pd.DataFrame, kept: Path, limit_s: float) -> None:
    states: dict[str, Counter] = {one: Counter() for one in tasks["set"].unique()}
    before = answered(kept)
    with kept.open("a") as out:
        for task in tasks.itertuples():
            counts = states[task.set]
            if task.task in before:
                counts[before[task.task]] += 1
                continue
            if counts["out_of_time"] >= _TRIES and not counts["done"]:
                answer = {"state": "given_up"}
            else:
                answer = within(limit_s, name, task)
            counts[answer["state"]] += 1
            out.write(json.dumps({"task": task.task, **answer}) + "\n")
            out.flush()
    for one, counts in states.items():
        print(name, one, dict(counts), flush=True)


def answered(kept: Path) -> dict[str, str]:
    """Return the states of the tasks that have an answer; an incomplete last line is removed from the file."""
    if not kept.exists():
        return {}
    whole = [line for line in kept.read_text().splitlines(keepends=True) if line.endswith("\n")]
    kept.write_text("".join(whole))
    return {row["task"]: row["state"] for row in map(json.loads, whole)}


def within(limit_s: float, name: str, task) -> dict:
    """Run one task in a process group of its own."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=answer_into, args=(there, name, task))
    child.start()
    there.close()
    try:
        return here.recv() if here.poll(limit_s) else {"state": "out_of_time", "cpu_s": limit_s}
    except EOFError:
        return {"state": "failed", "why": "its process ended without an answer"}
    finally:
        end(child)


def end(child) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        child.kill()
    child.join()


def answer_into(pipe, name: str, task) -> None:
    os.setpgid(0, 0)
    try:
        values = forecast(name, task)
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is its answer to this task
        pipe.send({"state": "failed", "why": repr(error)[:300]})
        return
    if not np.isfinite(values).all():
        pipe.send({"state": "failed", "why": "not a number in the answer"})
        return
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu_s = sum(one.ru_utime + one.ru_stime for one in used)
    quantiles = [[float(f"{value:.7g}") for value in row] for row in values]
    pipe.send({"state": "done", "cpu_s": round(cpu_s, 4), "quantiles": quantiles})


if __name__ == "__main__":
    main()
