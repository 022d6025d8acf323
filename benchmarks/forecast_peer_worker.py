"""Forecast tasks with one peer's model, in the peers' own environment; called by `forecast_peers.py`.

    python forecast_peer_worker.py MODEL TASKS.parquet RESULT.parquet BUDGET_S

TASKS has a row a task: task, y (list), start, freq, season (list), h. RESULT has task, step and a column a quantile,
for the tasks that were finished: each runs in a process of its own, which ends with the budget, and no task is begun
once the budget is used. Models: those of statsforecast by class name, `Ensemble` (the median of AutoETS, AutoTheta,
MSTL and SeasonalNaive, quantile by quantile) and `Prophet`.
"""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import resource
import sys
import time
import warnings

import numpy as np
import pandas as pd

LEVELS = [0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975]
WIDTHS = [20, 40, 60, 80, 95]


def statsforecast_model(name: str, season: list[int]):
    from statsforecast import models

    if name == "MSTL":
        return models.MSTL(season_length=season)
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


def of_ensemble(task) -> np.ndarray:
    parts = ["AutoETS", "AutoTheta", "MSTL", "SeasonalNaive"]
    return np.median([of_statsforecast(name, task) for name in parts], axis=0)


def main() -> None:
    name, source, target, budget = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
    warnings.filterwarnings("ignore")
    for logger in ("prophet", "cmdstanpy"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    run = {"Prophet": of_prophet, "Ensemble": of_ensemble}.get(name, lambda task: of_statsforecast(name, task))
    tasks = pd.read_parquet(source)
    importlib.import_module("prophet" if name == "Prophet" else "statsforecast.models")  # once, before the processes
    parts, started = [], time.monotonic()
    for task in tasks.itertuples():
        left = budget - (time.monotonic() - started)
        if left <= 0:
            break
        values = within(left, run, task)
        if values is not None and np.isfinite(values).all():
            part = pd.DataFrame(values, columns=[f"q{level:g}" for level in LEVELS])
            parts.append(part.assign(task=task.task, step=range(len(part))))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = pd.concat(parts) if parts else pd.DataFrame({"task": [], "step": []})
    cpu_s = (used.ru_utime + used.ru_stime) / max(len(parts), 1)
    result.assign(cpu_s=cpu_s).to_parquet(target, index=False)


def within(seconds: float, run, task):
    """Run one task in a process of its own; None where it failed or was not finished in time."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=answer, args=(there, run, task))
    child.start()
    there.close()
    try:
        return here.recv() if here.poll(seconds) else None
    except EOFError:
        return None
    finally:
        child.kill()
        child.join()


def answer(pipe, run, task) -> None:
    pipe.send(run(task))


if __name__ == "__main__":
    main()
