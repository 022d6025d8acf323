"""How accurate is the fleet forecast on real series, do its intervals cover as they should, and where is it worst?

    python benchmarks/forecast_accuracy.py

Needs the real series beside the checkout (`../shared/data/forecast`), their scorer, and matplotlib. Writes the scorer's
output, byte for byte, and the coverage of every interval into `docs/forecast-accuracy.md`. Draws the twenty series that
lose most against seasonal naive in `benchmarks/RESULTS/forecast_worst.png`, and lists them in `forecast_worst.json`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from forecast_peers import HERE, SHARED, into_page, mean, ours, scored, scorer, tasks_of

INTERVALS = {"20 %": (4, 6), "40 %": (3, 7), "60 %": (2, 8), "80 %": (1, 9), "95 %": (0, 10)}
WORST = 20
COMMAND = (
    "{python} -m plimsoll forecast panel --input {{input}} --output {{output}} --freq {{freq}} --seasons {{seasons}} "
    "--horizon {{horizon}} --quantiles {{quantiles}}"
)


def printed_by_the_scorer() -> str:
    """Run the scorer as for any forecaster; return what it prints."""
    words = [sys.executable, SHARED / "tools" / "score_forecasts.py", SHARED / "data" / "forecast", "--command"]
    line = [str(word) for word in words] + [COMMAND.format(python=sys.executable)]
    return subprocess.run(line, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def coverage_row(name: str, tasks: list[dict], answers: dict[str, np.ndarray]) -> str:
    """Write the share of points inside each interval, and below the median, for one set."""
    held = {label: [] for label in INTERVALS}
    below = []
    for task in tasks:
        values, truth = answers[task["task"]], task["truth"]
        for label, (low, high) in INTERVALS.items():
            held[label].append(np.mean((truth >= values[:, low]) & (truth <= values[:, high])))
        below.append(np.mean(truth < values[:, 5]))
    return f"| {name} | " + " | ".join(f"{np.mean(held[label]):.1%}" for label in held) + f" | {np.mean(below):.1%} |"


def draw(worst: list[dict[str, Any]], path: Path) -> None:
    """Draw each series' newest past, the truth, the median and the 80 % interval."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(5, 4, figsize=(18, 17))
    for number, (axis, item) in enumerate(zip(axes.ravel(), worst, strict=True), start=1):
        past, truth, values = item["past"], item["truth"], item["values"]
        shown = past[-5 * truth.size :]
        ahead = np.arange(shown.size, shown.size + truth.size)
        axis.plot(np.arange(shown.size), shown, color="0.6", lw=0.7)
        axis.plot(ahead, truth, color="black", lw=0.9)
        axis.plot(ahead, values[:, 5], color="tab:blue", lw=1.2)
        axis.fill_between(ahead, values[:, 1], values[:, 9], color="tab:blue", alpha=0.2, lw=0)
        axis.set_title(f"{number}. {item['set']}: {item['id'][:30]}  x{item['ratio']:.2f}", fontsize=8)
        axis.tick_params(labelsize=6)
    figure.tight_layout()
    figure.savefig(path, dpi=60)


def main() -> None:
    """Score every set and write the page's tables."""
    judge = scorer()
    sets = json.loads((SHARED / "data" / "forecast" / "metadata.json").read_text())["datasets"]
    cover = [f"| set | {' | '.join(INTERVALS)} | below the median |\n|---|{'---:|' * (len(INTERVALS) + 1)}"]
    cases: list[dict[str, Any]] = []
    for name, meta in sets.items():
        tasks = tasks_of(judge, name, meta)
        with tempfile.TemporaryDirectory() as folder:
            answers = ours(tasks, meta, judge.QS, Path(folder))
        scores = scored(judge, name, meta, tasks, answers)
        usual = mean(scores, "naive_mase")
        cover.append(coverage_row(name, tasks, answers))
        for task in tasks:
            if (one := scores.get(task["task"])) is not None:
                lost = (one["mase"] - one["naive_mase"]) / usual
                ratio = one["mase"] / max(one["naive_mase"], 1e-12)
                cases.append(
                    {
                        "set": name,
                        "id": task["id"],
                        "lost": lost,
                        "ratio": ratio,
                        "past": task["y"],
                        "truth": task["truth"],
                        "values": answers[task["task"]],
                    }
                )
        print(cover[-1], flush=True)
    into_page(f"```text\n{printed_by_the_scorer()}```", "the scorer's table")
    into_page("\n".join(cover), "coverage")
    worst_by_series: dict[tuple[str, str], dict[str, Any]] = {}
    for case in sorted(cases, key=lambda case: -case["lost"]):
        worst_by_series.setdefault((case["set"], case["id"]), case)
    worst = list(worst_by_series.values())[:WORST]
    (HERE / "RESULTS").mkdir(exist_ok=True)
    draw(worst, HERE / "RESULTS" / "forecast_worst.png")
    listed = [{key: case[key] for key in ("set", "id", "lost", "ratio")} for case in worst]
    (HERE / "RESULTS" / "forecast_worst.json").write_text(json.dumps(listed, indent=1) + "\n")


if __name__ == "__main__":
    main()
