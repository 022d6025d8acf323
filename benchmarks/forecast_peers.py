"""How does the fleet forecast compare with what people use otherwise? One table, on real series.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install statsforecast prophet pandas pyarrow
    python benchmarks/forecast_peers.py --peers /tmp/peers/bin/python [--budget 120] [--only SET,...]

Needs the real series beside the checkout (`../shared/data/forecast`) and their scorer. Every model forecasts the same
tasks (a series up to an origin); a model that fails on a task, or has used its time budget for a set, has not finished
the rest. Ratios are to seasonal naive on the tasks that the model finished, means within a set, geometric means over
sets. "Ours there" is our ratio on just those tasks; the bound is the 90 % bootstrap bound (tasks drawn again within
sets, 2,000 times) of our error over the model's. Writes the table into `docs/forecast-accuracy.md` between its marks,
and into `benchmarks/RESULTS/forecast_peers.json`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"
PEERS = ("AutoTheta", "DynamicOptimizedTheta", "MSTL", "AutoETS", "AutoARIMA", "Ensemble", "Prophet")
MEASURES = ("mase", "spl", "msis")
PAGE = HERE.parent / "docs" / "forecast-accuracy.md"


def scorer() -> ModuleType:
    """Load the scorer that lies beside the data."""
    spec = importlib.util.spec_from_file_location("score_forecasts", SHARED / "tools" / "score_forecasts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tasks_of(judge: ModuleType, name: str, meta: dict) -> list[dict]:
    """List the tasks of one set, over all origins."""
    frame = pd.read_parquet(SHARED / "data" / "forecast" / f"{name}.parquet")
    found = []
    for origin, rows in judge.tasks(frame, meta, name):
        for unique_id, ds, train, _, truth in rows:
            key = f"{origin}:{unique_id}"
            found.append({"task": key, "origin": origin, "id": str(unique_id), "ds": ds, "y": train, "truth": truth})
    return found


def ours(tasks: list[dict], meta: dict, levels: list[float], folder: Path) -> dict[str, np.ndarray]:
    """Forecast with the command, one run an origin as the scorer does."""
    answers: dict[str, np.ndarray] = {}
    for origin in sorted({task["origin"] for task in tasks}):
        chosen = [task for task in tasks if task["origin"] == origin]
        source, target = folder / "in.parquet", folder / "out.parquet"
        parts = [pd.DataFrame({"unique_id": task["id"], "ds": task["ds"], "y": task["y"]}) for task in chosen]
        pd.concat(parts).to_parquet(source, index=False)
        words = ["forecast", "panel", "--input", source, "--output", target, "--freq", meta["freq"]]
        words += ["--seasons", ",".join(map(str, meta["season"])), "--horizon", meta["h"]]
        words += ["--quantiles", ",".join(f"{level:g}" for level in levels)]
        subprocess.run([sys.executable, "-m", "plimsoll", *map(str, words)], check=True, stderr=subprocess.DEVNULL)
        result = pd.read_parquet(target)
        columns = [f"q{level:g}" for level in levels]
        for unique_id, group in result.groupby("unique_id", observed=True):
            answers[f"{origin}:{unique_id}"] = group[columns].to_numpy()
    return answers


def peer(model: str, python: str, tasks: list[dict], meta: dict, budget: float, folder: Path) -> tuple[dict, float]:
    """Forecast with a peer's model in its own environment; answer what it finished, and CPU seconds a task."""
    source, target = folder / "tasks.parquet", folder / "peer.parquet"
    common = {"freq": meta["freq"], "season": meta["season"], "h": meta["h"]}
    rows = [{"task": task["task"], "y": task["y"], "start": task["ds"][0], **common} for task in tasks]
    pd.DataFrame(rows).sample(frac=1.0, random_state=0).to_parquet(source, index=False)
    words = [python, HERE / "forecast_peer_worker.py", model, source, target, budget]
    subprocess.run([str(word) for word in words], check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    result = pd.read_parquet(target)
    if not len(result):
        return {}, float("nan")
    columns = [name for name in result.columns if name.startswith("q")]
    grouped = result.sort_values("step").groupby("task")
    return {task: group[columns].to_numpy() for task, group in grouped}, float(result["cpu_s"].iloc[0])


def scored(judge: ModuleType, name: str, meta: dict, tasks: list[dict], answers: dict) -> dict[str, dict]:
    """Score the answers of one model, task by task, each beside seasonal naive."""
    growing, scores = name in judge.GROWING, {}
    for task in tasks:
        values = answers.get(task["task"])
        if values is None:
            continue
        asked = (task["y"], task["truth"], meta["mase_m"], growing, meta["h"])
        mine = judge.score(values, *asked)
        naive = judge.score(judge.seasonal_naive(task["y"], meta["h"], meta["season"][0]), *asked)
        if mine is not None:
            scores[task["task"]] = {**mine, **{f"naive_{measure}": naive[measure] for measure in MEASURES}}
    return scores


def ratio(sets: list[dict[str, dict]], measure: str) -> float:
    """Answer the geometric mean over sets of a measure's mean over seasonal naive's."""
    logs = [
        np.log(
            np.mean([one[measure] for one in scores.values()])
            / np.mean([one[f"naive_{measure}"] for one in scores.values()])
        )
        for scores in sets
        if scores
    ]
    return float(np.exp(np.mean(logs)))


def bound(mine: list[dict[str, dict]], theirs: list[dict[str, dict]], measure: str) -> float:
    """Answer the upper 90 % bootstrap bound of our error over theirs on the tasks that both finished."""
    draw = np.random.default_rng(0)
    pairs = []
    for ours_, theirs_ in zip(mine, theirs, strict=True):
        both = sorted(set(ours_) & set(theirs_))
        if both:
            pairs.append((np.array([ours_[t][measure] for t in both]), np.array([theirs_[t][measure] for t in both])))
    ratios = []
    for _ in range(2000):
        logs = []
        for first, second in pairs:
            chosen = draw.integers(0, first.size, first.size)
            logs.append(np.log(first[chosen].mean() / second[chosen].mean()))
        ratios.append(np.exp(np.mean(logs)))
    return float(np.quantile(ratios, 0.95))


def coverage(sets: list[dict[str, dict]], measure: str, nominal: float) -> float:
    """Answer the mean distance of coverage from nominal over sets."""
    return float(np.mean([abs(np.mean([one[measure] for one in s.values()]) - nominal) for s in sets if s]))


def table(scores: dict[str, list[dict]], counts: int, cpu: dict[str, float]) -> str:
    """Write the comparison as Markdown."""
    heads = ["model", "tasks done", "relMASE", "relSPL", "relMSIS", "dev80", "dev95", "ours there: relMASE, relSPL"]
    heads += ["90 % bound of ours / theirs: MASE, SPL", "CPU ms"]
    lines = ["| " + " | ".join(heads) + " |"]
    lines.append("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for model, sets in scores.items():
        done = sum(len(one) for one in sets)
        if not done:
            lines.append(f"| {model} | 0 % | | | | | | | | |")
            continue
        there = [
            {t: s for t, s in mine.items() if t in theirs}
            for mine, theirs in zip(scores["Plimsoll"], sets, strict=True)
        ]
        beside = "" if model == "Plimsoll" else f"{ratio(there, 'mase'):.3f}, {ratio(there, 'spl'):.3f}"
        bounds = (
            ""
            if model == "Plimsoll"
            else f"{bound(scores['Plimsoll'], sets, 'mase'):.3f}, {bound(scores['Plimsoll'], sets, 'spl'):.3f}"
        )
        figures = " | ".join(f"{ratio(sets, measure):.3f}" for measure in MEASURES)
        calibration = f"{coverage(sets, 'cov80', 0.8):.3f} | {coverage(sets, 'cov95', 0.95):.3f}"
        spent = f"{1000 * cpu[model]:.3g}" if np.isfinite(cpu.get(model, np.nan)) else ""
        lines.append(f"| {model} | {done / counts:.0%} | {figures} | {calibration} | {beside} | {bounds} | {spent} |")
    return "\n".join(lines)


def into_page(text: str, mark: str) -> None:
    """Put a generated part between its marks in the page, or append it."""
    begin, end = f"<!-- {mark}: generated -->", f"<!-- end of {mark} -->"
    page = PAGE.read_text() if PAGE.exists() else ""
    block = f"{begin}\n{text}\n{end}"
    if begin in page:
        head, rest = page.split(begin)
        page = head + block + rest.split(end)[1]
    else:
        page = page + "\n" + block + "\n"
    PAGE.write_text(page)


def main() -> None:
    """Run all models on all sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="Python of the peers' environment; without it only ours runs")
    parser.add_argument("--budget", type=float, default=120.0, help="seconds a model may use for a set")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    judge = scorer()
    sets = json.loads((SHARED / "data" / "forecast" / "metadata.json").read_text())["datasets"]
    models = ["Plimsoll", *(PEERS if asked.peers else ())]
    scores: dict[str, list[dict]] = {model: [] for model in models}
    spent: dict[str, list[float]] = {model: [] for model in models}
    total = 0
    for name, meta in sets.items():
        if asked.only and name not in asked.only.split(","):
            continue
        tasks = tasks_of(judge, name, meta)
        total += len(tasks)
        with tempfile.TemporaryDirectory() as folder:
            for model in models:
                if model == "Plimsoll":
                    answers = ours(tasks, meta, judge.QS, Path(folder))
                else:
                    answers, cpu = peer(model, asked.peers, tasks, meta, asked.budget, Path(folder))
                    spent[model].append(cpu)
                scores[model].append(scored(judge, name, meta, tasks, answers))
                print(name, model, len(scores[model][-1]), "of", len(tasks), flush=True)
    cpu = {
        model: float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
        for model, values in spent.items()
    }
    result = table(scores, total, cpu)
    print(result)
    (HERE / "RESULTS").mkdir(exist_ok=True)
    (HERE / "RESULTS" / "forecast_peers.json").write_text(json.dumps({"table": result}, indent=1) + "\n")
    into_page(result, "peers")


if __name__ == "__main__":
    main()
