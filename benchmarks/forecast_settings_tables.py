"""How are ranked settings of the forecast shown? As tables of Markdown, in the order of the rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from forecast_settings_rule import LEAST_SETS, Judged, by_set_losses, chosen, judged, nearer


def table(
    labels: Sequence[str], found: Judged, rules: np.ndarray, most: int | None = None, among: np.ndarray | None = None
) -> tuple[str, str]:
    """Write the first alternatives in the order of the rule; return the table and the winner's label."""
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


def beside_first(settings: Sequence[str], who: pd.DataFrame, scores: np.ndarray, near: np.ndarray | None = None) -> str:
    """Compare each alternative with the first; among those that `near` allows, mark which pass the bar."""
    found = judged(who, scores)
    sets_better = np.sum(by_set_losses(who, scores) < by_set_losses(who, scores)[[0]] * (1 - 1e-6), axis=1)
    error = np.maximum((found.drawn_loss - found.drawn_loss[:, [0]]).std(axis=0), 1e-15)
    gains = (found.loss[0] - found.loss) / error
    passes = (gains > 2) & (sets_better >= LEAST_SETS) & nearer(found, 0)
    lines = [
        "| alternative | loss | less than the first by | better in sets | dev80 | dev95 | |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for k, setting in enumerate(settings):
        figures = f"{found.dev['cov80'][k]:.4f} | {found.dev['cov95'][k]:.4f}"
        apart_by = f"{gains[k]:+.1f} standard errors | {sets_better[k]}" if k else " |"
        verdict = ("**passes**" if near[k] else "newest cutoffs") if near is not None and passes[k] else ""
        lines.append(f"| {setting} | {found.loss[k]:.4f} | {apart_by} | {figures} | {verdict} |")
    return "\n".join(lines)


def by_blocks(who: pd.DataFrame, scores: np.ndarray, sets: dict[str, dict]) -> str:
    """Write dev as measured on as many successive cutoffs of each set as the scorer's, at any place.

    `scores` (tasks, measures, 2) are those of one alternative. Places with fewer than half the tasks of the newest are
    left out. There are 4,000 draws of one place for each set.
    """
    random, lines = np.random.default_rng(0), ["| | median | 5 to 95 % of places |", "|---|---:|---:|"]
    for measure, nominal, name in ((2, 0.8, "dev80"), (3, 0.95, "dev95")):
        off = np.zeros(4_000)
        for one, places in who.groupby("set").indices.items():
            cutoff, held = who["cutoff"].to_numpy()[places], scores[places, measure, 0]
            count = sets[str(one)]["origins"]
            rows = [held[(cutoff >= first) & (cutoff < first + count)] for first in range(int(cutoff.max()) + 1)]
            whole = [row.mean() for row in rows[: len(rows) - count + 1] or rows[:1] if 2 * row.size >= rows[0].size]
            off += np.abs(random.choice(whole, off.size) - nominal) / who["set"].nunique()
        low, middle, high = np.quantile(off, [0.05, 0.5, 0.95])
        lines.append(f"| {name} | {middle:.4f} | {low:.4f} to {high:.4f} |")
    return "\n".join(lines)
