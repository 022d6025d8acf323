"""How does the fleet forecast compare with the models that people use otherwise? One table, on real series.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install statsforecast prophet pandas pyarrow
    python benchmarks/forecast_peers.py --peers /tmp/peers/bin/python     everything: about an hour of one core
    python benchmarks/forecast_peers.py                                   ours anew, the peers' as kept: about a minute

Needs the real series beside the checkout (`../shared/data/forecast`) and their scorer. Every model forecasts the same
tasks (a series up to an origin), at most 60 a set, drawn with a fixed seed. The peers' forecasts do not change with
ours, so they are kept, task by task, under `--keep` (`.cache/forecast_peers`): an interrupted run continues, and the
table is quickly refreshed. A model has `--limit` seconds for a task. One that fails or runs out of time has not
finished the task, and one that runs out of time on the first three tasks of a set is given up there
(`forecast_peer_worker.py`). Ours forecasts whole sets, one run an origin, as it does for its users.

`Ensemble` is the median of AutoETS, AutoTheta, MSTL and seasonal naive, quantile by quantile, where all four finished.
Ratios are to seasonal naive on the tasks that the model finished: means within a set, geometric means over sets. "Ours
there" is our ratio on just those tasks. The bound is the upper end of the 90 % bootstrap interval of our error over the
model's (series resampled within sets with all their origins, 2,000 times). Writes the table into
`docs/forecast-accuracy.md` between its marks, and with figures by set into `benchmarks/RESULTS/forecast_peers.json`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"
SHOWN = (
    "AutoTheta",
    "DynamicOptimizedTheta",
    "MSTL",
    "AutoETS",
    "AutoARIMA",
    "AutoARIMA-approx",
    "Ensemble",
    "Prophet",
)
PARTS = ("AutoETS", "AutoTheta", "MSTL", "SeasonalNaive")
MEASURES = ("mase", "spl", "msis")
PAGE = HERE.parent / "docs" / "forecast-accuracy.md"
MOST_TASKS, DRAWS = 60, 2000


def scorer() -> ModuleType:
    """Load the scorer that lies beside the data."""
    spec = importlib.util.spec_from_file_location("score_forecasts", SHARED / "tools" / "score_forecasts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tasks_of(judge: ModuleType, name: str, meta: dict) -> list[dict]:
    """List the tasks of one set over all origins; a task's key holds a checksum of its training values."""
    frame = pd.read_parquet(SHARED / "data" / "forecast" / f"{name}.parquet")
    found = []
    for origin, rows in judge.tasks(frame, meta, name):
        for unique_id, ds, train, _, truth in rows:
            key = f"{name}:{origin}:{unique_id}:{zlib.crc32(train.tobytes()):08x}"
            found.append({"task": key, "origin": origin, "id": str(unique_id), "ds": ds, "y": train, "truth": truth})
    return found


def drawn(tasks: list[dict]) -> list[dict]:
    """Choose at most `MOST_TASKS` tasks, the same in every run."""
    order = np.random.default_rng(0).permutation(len(tasks))[:MOST_TASKS]
    return [tasks[place] for place in order]


def ours(tasks: list[dict], meta: dict, levels: list[float], folder: Path) -> dict[str, np.ndarray]:
    """Forecast with the command, one run an origin as the scorer does."""
    answers: dict[str, np.ndarray] = {}
    for origin in sorted({task["origin"] for task in tasks}):
        chosen = {task["id"]: task for task in tasks if task["origin"] == origin}
        source, target = folder / "in.parquet", folder / "out.parquet"
        parts = [pd.DataFrame({"unique_id": task["id"], "ds": task["ds"], "y": task["y"]}) for task in chosen.values()]
        pd.concat(parts).to_parquet(source, index=False)
        words = ["forecast", "panel", "--input", source, "--output", target, "--freq", meta["freq"]]
        words += ["--seasons", ",".join(map(str, meta["season"])), "--horizon", meta["h"]]
        words += ["--quantiles", ",".join(f"{level:g}" for level in levels)]
        subprocess.run([sys.executable, "-m", "plimsoll", *map(str, words)], check=True, stderr=subprocess.DEVNULL)
        result = pd.read_parquet(target)
        columns = [f"q{level:g}" for level in levels]
        for unique_id, group in result.groupby("unique_id", observed=True):
            answers[chosen[str(unique_id)]["task"]] = group[columns].to_numpy()
    return answers


def let_peers_forecast(python: str, tasks: dict[str, list[dict]], sets: dict, keep: Path, limit_s: float) -> None:
    """Run every peer on the tasks that it has not answered yet."""
    rows = [
        {"set": name, "task": task["task"], "y": task["y"], "start": task["ds"][0]}
        | {"freq": sets[name]["freq"], "season": sets[name]["season"], "h": sets[name]["h"]}
        for name, chosen in tasks.items()
        for task in chosen
    ]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "tasks.parquet"
        pd.DataFrame(rows).to_parquet(source, index=False)
        words = [python, HERE / "forecast_peer_worker.py", source, keep, limit_s]
        subprocess.run([str(word) for word in words], check=True)


def kept(keep: Path) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, float]]:
    """Read the peers' answers: quantiles by model and task, and mean CPU seconds of a finished task by model."""
    answers: dict[str, dict[str, np.ndarray]] = {}
    spent: dict[str, float] = {}
    for path in sorted(keep.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]
        done = [row for row in rows if row["state"] == "done"]
        answers[path.stem] = {row["task"]: np.array(row["quantiles"]) for row in done}
        spent[path.stem] = float(np.mean([row["cpu_s"] for row in done])) if done else float("nan")
    if all(part in answers for part in PARTS):
        both = set.intersection(*(set(answers[part]) for part in PARTS))
        answers["Ensemble"] = {task: np.median([answers[part][task] for part in PARTS], axis=0) for task in both}
        spent["Ensemble"] = sum(spent[part] for part in PARTS)
    return answers, spent


def scored(judge: ModuleType, name: str, meta: dict, tasks: list[dict], answers: dict) -> dict[str, dict]:
    """Score the answers of one model, task by task, each with seasonal naive's."""
    growing, scores = name in judge.GROWING, {}
    for task in tasks:
        values = answers.get(task["task"])
        if values is None:
            continue
        scoring = (task["y"], task["truth"], meta["mase_m"], growing, meta["h"])
        mine = judge.score(np.sort(values, axis=1), *scoring)
        naive = judge.score(judge.seasonal_naive(task["y"], meta["h"], meta["season"][0]), *scoring)
        if mine is not None:
            beside = {f"naive_{measure}": naive[measure] for measure in MEASURES}
            scores[task["task"]] = {**mine, **beside, "id": task["id"]}
    return scores


Scores = dict[str, dict[str, dict]]
"""By set and task."""


def mean(scores: dict[str, dict], measure: str) -> float:
    """Return a measure's mean over tasks."""
    return float(np.mean([one[measure] for one in scores.values()]))


def ratio(sets: Scores, measure: str) -> float:
    """Return the geometric mean over sets of a measure's mean over seasonal naive's."""
    logs = [np.log(mean(one, measure) / mean(one, f"naive_{measure}")) for one in sets.values() if one]
    return float(np.exp(np.mean(logs)))


def there(mine: Scores, theirs: Scores) -> Scores:
    """Return our scores on the tasks that a peer finished."""
    return {name: {task: one for task, one in mine[name].items() if task in theirs[name]} for name in mine}


def bound(mine: Scores, theirs: Scores, measure: str) -> float:
    """Return the upper end of the 90 % bootstrap interval of our error over theirs where both finished."""
    draw = np.random.default_rng(0)
    logs = np.zeros(DRAWS)
    pairs = [paired(mine[name], theirs[name], measure) for name in mine if set(mine[name]) & set(theirs[name])]
    for first, second in pairs:
        chosen = draw.integers(0, first.size, (DRAWS, first.size))
        logs += np.log(first[chosen].sum(axis=1) / second[chosen].sum(axis=1))
    return float(np.quantile(np.exp(logs / len(pairs)), 0.95))


def paired(mine: dict[str, dict], theirs: dict[str, dict], measure: str) -> tuple[np.ndarray, np.ndarray]:
    """Sum errors by series over the tasks that both finished: origins of one series go together."""
    rows = [(mine[task]["id"], mine[task][measure], theirs[task][measure]) for task in mine if task in theirs]
    frame = pd.DataFrame(rows, columns=["id", "mine", "theirs"]).groupby("id").sum()
    return frame["mine"].to_numpy(), frame["theirs"].to_numpy()


def coverage(sets: Scores, measure: str, nominal: float) -> float:
    """Return the mean distance of coverage from its nominal level over sets."""
    return float(np.mean([abs(mean(one, measure) - nominal) for one in sets.values() if one]))


def row(model: str, scores: dict[str, Scores], count: int, cpu: dict[str, float]) -> dict:
    """Compute one row of the table."""
    theirs = scores[model]
    done = sum(map(len, theirs.values()))
    found: dict = {"model": model, "tasks": done, "share": done / count}
    if not done:
        return found
    found |= {f"rel{measure.upper()}": ratio(theirs, measure) for measure in MEASURES}
    found |= {"dev80": coverage(theirs, "cov80", 0.8), "dev95": coverage(theirs, "cov95", 0.95)}
    found["by_set"] = {name: len(one) for name, one in theirs.items()}
    if model != "Plimsoll":
        beside = there(scores["Plimsoll"], theirs)
        found["cpu_ms"] = 1000 * cpu[model]
        for measure in ("mase", "spl"):
            found[f"ours_rel{measure.upper()}"] = ratio(beside, measure)
            found[f"bound_{measure}"] = bound(scores["Plimsoll"], theirs, measure)
    return found


def table(rows: list[dict]) -> str:
    """Write the comparison as Markdown."""
    heads = ["model", "tasks done", "relMASE", "relSPL", "relMSIS", "dev80", "dev95", "ours there: relMASE, relSPL"]
    heads += ["90 % bound of ours / theirs: MASE, SPL", "CPU ms"]
    lines = ["| " + " | ".join(heads) + " |", "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"]
    for one in rows:
        cells = [one["model"], f"{one['share']:.0%}"]
        if one["tasks"]:
            cells += [f"{one[key]:.3f}" for key in ("relMASE", "relSPL", "relMSIS", "dev80", "dev95")]
        if "bound_mase" in one:
            cells.append(f"{one['ours_relMASE']:.3f}, {one['ours_relSPL']:.3f}")
            cells.append(f"{one['bound_mase']:.3f}, {one['bound_spl']:.3f}")
            cells.append(f"{one['cpu_ms']:.3g}")
        lines.append("| " + " | ".join(cells + [""] * (len(heads) - len(cells))) + " |")
    return "\n".join(lines)


def into_page(text: str, mark: str) -> None:
    """Put generated text between its marks in the page."""
    begin, end = f"<!-- {mark}: generated -->", f"<!-- end of {mark} -->"
    head, rest = PAGE.read_text().split(begin)
    PAGE.write_text(f"{head}{begin}\n{text}\n{end}{rest.split(end)[1]}")


def main() -> None:
    """Run what was asked for, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="Python of the peers' environment; without it only ours runs")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds a model may use for a task")
    parser.add_argument("--keep", type=Path, default=HERE.parent / ".cache" / "forecast_peers")
    parser.add_argument("--only-peers", action="store_true", help="forecast with the peers, write no table")
    options = parser.parse_args()
    judge = scorer()
    sets = json.loads((SHARED / "data" / "forecast" / "metadata.json").read_text())["datasets"]
    whole = {name: tasks_of(judge, name, meta) for name, meta in sets.items()}
    chosen = {name: drawn(tasks) for name, tasks in whole.items()}
    if options.peers:
        let_peers_forecast(options.peers, chosen, sets, options.keep, options.limit)
    if options.only_peers:
        return
    answers, cpu = kept(options.keep)
    with tempfile.TemporaryDirectory() as folder:
        mine = {n: ours(tasks, sets[n], judge.QS, Path(folder)) for n, tasks in whole.items()}
    scores = {"Plimsoll": {n: scored(judge, n, sets[n], chosen[n], mine[n]) for n in sets}}
    for model in SHOWN:
        scores[model] = {n: scored(judge, n, sets[n], chosen[n], answers.get(model, {})) for n in sets}
    count = sum(map(len, scores["Plimsoll"].values()))
    rows = [row(model, scores, count, cpu) for model in scores]
    print(table(rows))
    found = {"tasks": count, "limit_s": options.limit, "rows": rows}
    (HERE / "RESULTS" / "forecast_peers.json").write_text(json.dumps(found, indent=1) + "\n")
    into_page(table(rows), "peers")


if __name__ == "__main__":
    main()
