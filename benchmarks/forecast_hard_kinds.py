"""Where do intervals cover less than their nominal level? On generated kinds. Writes RESULTS/forecast_hard_kinds.md.

    python benchmarks/forecast_hard_kinds.py

The series are hourly, with a daily season and correlated noise, 720 hours known and 48 judged, drawn from three seeds.
Two kinds are hard: a level that moved in the last 6 to 30 hours, and a season that is multiplied by a growing level.
Each has an easy counterpart: the same without the shift, and growth with an additive season. Each series is forecast
alone, its widths from its own past, and in a fleet with one series in ten of each hard kind.

Eight further tables follow. One has the calm kind, forecast 14 days ahead from a history of little more than one
horizon up to four. The second has daily peaks that grow by a constant share a day, 120 days known. The third has
other daily growth, since what does not compound must not be taken to, and how far the median is off in the last four
weeks. The fourth has straight growth in white noise, and how much of it the median carries on. The fifth has hours
after an outage. The sixth has totals, which are counters of hourly gains. The
seventh has hours of which a fortnight was not read. The eighth has hours whose noise is now weak, now strong, and
judges the third of the series that is calm at the end of the past and the third that is restless apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.panel import Panel, Request
from plimsoll.domain.series import MetricKind
from plimsoll.forecast.panel import forecast_panel, pools_of

RESULT = Path(__file__).parent / "RESULTS" / "forecast_hard_kinds.md"
KNOWN, JUDGED, SEEDS = 720, 48, (1, 2, 3)
HOUR_MS = 3_600_000
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
PASTS, FORTNIGHT, CALM = (17, 20, 24, 28, 31, 35, 42, 56), 14 * 24, 60
Values = NDArray[np.float64]
HOURS: Values = np.arange(KNOWN + JUDGED, dtype=np.float64)
WEEKS: Values = np.arange(24 * PASTS[-1] + FORTNIGHT, dtype=np.float64)
COMPOUNDED, PEAKS = ((0.0, 90), (0.002, 30), (0.002, 90), (0.006, 30), (0.006, 90)), 120
QUARTER = 90
LINES = ((24, 60, 14), (24, 30, 7), (1, 45, 14))  # samples a day, days known and ahead
OUTAGES = tuple((hours, ago) for hours in (0, 2, 6, 12, 24) for ago in ((2, 6, 12, 30) if hours else (0,)))  # hours
NOISES = (0.15, 0.3, 0.75)  # as a share of the growth ahead
DAY: Values = np.sin(2 * np.pi * (WEEKS % 24 - 8) / 24)
HEAD = """# Coverage on kinds of series that are hard to forecast

`python benchmarks/forecast_hard_kinds.py`. Generated hourly series, {known} hours of history and {judged} hours
ahead, from {seeds} seeds; each forecast alone, and in one fleet of all. Lowest and highest coverage over the seeds.

| kind | series | 80 % alone | 95 % alone | 80 % in the fleet | 95 % in the fleet |
|---|---:|---:|---:|---:|---:|
"""
PASTS_HEAD = """
Calm series in fleets of {series}, 14 days ahead, by days of history:

| days of history | 80 % alone | 95 % alone | 80 % in the fleet | 95 % in the fleet |
|---:|---:|---:|---:|---:|
"""
COMPOUNDED_HEAD = """
Daily peaks with a weekly season in fleets of {series}, {known} days of history, by growth a day and days ahead:

| growth a day | days ahead | 80 % alone | 95 % alone | 80 % in the fleet | 95 % in the fleet |
|---:|---:|---:|---:|---:|---:|
"""
GROWTHS_HEAD = """
Daily growth in fleets of {series}, {known} days of history, 90 days ahead; the last column is the median of the fleet's
forecasts in the last four weeks over what came, less one, mean over the series:

| growth | 80 % alone | 95 % alone | 80 % in the fleet | 95 % in the fleet | median off |
|---|---:|---:|---:|---:|---:|
"""
DROWNED_HEAD = """
Straight growth in fleets of {series}, by the days of history, the days ahead, and the standard deviation of the white
noise over the growth ahead. Days are lower at weekends, by half of that growth. The last column is the share of the
growth which the median carries on, in the last day of hours and the last week of days, mean over the series:

| samples | known | ahead | noise | 80 % alone | 95 % alone | 80 % in the fleet | 95 % in the fleet | carried on |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""
OUTAGE_HEAD = """
Hours with a daily season, {known} known and {judged} ahead, in fleets of {series}, without demand for some hours that
ended some hours ago; the last column is the median over what came, less one, mean over the series:

| without | ended | 80 % alone | 95 % alone | 80 % in the fleet | 95 % in the fleet | median off |
|---:|---:|---:|---:|---:|---:|---:|
"""
TOTALS_HEAD = """
Counters of hourly gains, {known} hours known, in fleets of {series}:

| gains | hours ahead | 80 % alone | 95 % alone | 80 % in the fleet | 95 % in the fleet |
|---|---:|---:|---:|---:|---:|
"""
UNREAD_HEAD = """
Hours, {known} known, of which 14 days were not read, in fleets of {series}:

| samples | outage of collection ended | hours ahead | 80 % alone | 95 % alone | 80 % in the fleet | 95 % in the fleet |
|---|---:|---:|---:|---:|---:|---:|
"""
VOLATILE_HEAD = """
Hours of the calm kind in fleets of {series}, whose noise is now weak, now strong (its logarithm has a standard
deviation of {spread} and forgets within so many days), two days ahead from 30. The thirds that are calm and restless at
the end:

| memory of the noise | third | 80 % alone | 95 % alone | 80 % in the fleet | 95 % in the fleet |
|---:|---|---:|---:|---:|---:|
"""


def noise(draw: np.random.Generator, phi: float, size: float, hours: Values = HOURS) -> Values:
    """Draw autocorrelated noise: each value keeps a share `phi` of the last."""
    found = draw.normal(0, size, hours.size)
    for k in range(1, found.size):
        found[k] += phi * found[k - 1]
    return found


def still(draw: np.random.Generator, hours: Values = HOURS) -> Values:
    """Draw a level that never moves."""
    return 100 + 15 * DAY[: hours.size] + noise(draw, 0.3, 4, hours)


def shifted(draw: np.random.Generator) -> Values:
    """Draw a level that moved late."""
    since = draw.integers(KNOWN - 30, KNOWN - 6)
    return still(draw) + np.where(since <= HOURS, draw.choice((-1, 1)) * draw.uniform(30, 60), 0)


def added(draw: np.random.Generator) -> Values:
    """Draw growth with an additive season."""
    return 100 + 0.2 * HOURS + 50 * DAY[: HOURS.size] + noise(draw, 0.6, 8)


def multiplied(draw: np.random.Generator) -> Values:
    """Draw growth with a season and noise that grow with it."""
    return np.asarray((100 + 0.2 * HOURS) * np.exp(0.5 * DAY[: HOURS.size] + noise(draw, 0.6, 0.05)), dtype=np.float64)


def swung(draw: np.random.Generator, mean: Values, size: float) -> Values:
    """Multiply the mean course of daily peaks (n,) by noise, and by two thirds at weekends."""
    at = np.arange(mean.size)
    week = np.where((at + draw.integers(7)) % 7 >= 5, 0.65, 1.0)
    return np.asarray(mean * week * np.exp(noise(draw, 0.3, size, at)), dtype=np.float64)


def compounded(draw: np.random.Generator, growth: float, days: int) -> Values:
    """Draw daily peaks that grow by a constant share a day, lower at weekends."""
    return swung(draw, 100 * (1 + growth) ** np.arange(days, dtype=np.float64), 0.05)


GROWTHS: dict[str, Callable[[np.random.Generator, Values], Values]] = {
    "compounds by 0.6 %, noise 1 %": lambda draw, at: swung(draw, 100 * 1.006**at, 0.01),
    "compounds by 0.6 %, noise 3 %": lambda draw, at: swung(draw, 100 * 1.006**at, 0.03),
    "line that began low": lambda draw, at: 20 + draw.uniform(0.3, 1.2) * at + noise(draw, 0.3, 2, at),
    "line, noise in proportion": lambda draw, at: swung(draw, 100 + draw.uniform(0.3, 1.2) * at, 0.05),
    "levels off": lambda draw, at: swung(draw, 200 - 100 * np.exp(-at / draw.uniform(40, 150)), 0.03),
    "compounded, and levels off": lambda draw, at: swung(
        draw, 300 / (1 + np.exp((draw.uniform(80, 160) - at) / 30)), 0.03
    ),
    "random walk that drifts": lambda draw, at: np.asarray(100 + np.cumsum(draw.normal(0.5, 1.5, at.size))),
}

GAINS: dict[str, Callable[[np.random.Generator, Values], Values]] = {
    "steady": lambda draw, at: 1000 + draw.normal(0, 150, at.size),
    "daily season": lambda draw, at: 1000 + 400 * DAY[: at.size] + draw.normal(0, 150, at.size),
    "daily season, noise that lingers": lambda draw, at: 1000 + 400 * DAY[: at.size] + noise(draw, 0.8, 60, at),
    "random walk": lambda draw, at: 2000 + np.cumsum(draw.normal(0, 15, at.size)),
    "along a line": lambda draw, at: 1000 + 2 * at + draw.normal(0, 150, at.size),
}
TOTALS = tuple(product(GAINS, (48, 168)))
VOLATILE, SPREAD, VOLATILES = (1, 4), 0.7, 120  # days; of log volatility; series
UNREAD = tuple(product(("daily season", "along a line"), (MetricKind.UNKNOWN, MetricKind.COUNTER), (2, 30), (48, 168)))
"""What is read, its kind, how many hours ago the outage of collection ended, and hours ahead."""

KINDS: dict[str, tuple[int, Callable[[np.random.Generator], Values]]] = {
    "level that moved 6 to 30 h ago": (40, shifted),
    "the same, never moved": (160, still),
    "season multiplied, on growth": (40, multiplied),
    "season added, on growth": (160, added),
}


def panel_of(drawn: Values, known: int, step_ms: int, kind: MetricKind) -> Panel:
    """Make a panel of series of which the first `known` samples are known."""
    count = drawn.shape[0]
    times, none = np.tile(step_ms * np.arange(known, dtype=np.int64), count), np.full(count, np.nan)
    names, kinds = tuple(f"s{i}" for i in range(count)), (kind,) * count
    return Panel(
        names, known * np.arange(count + 1, dtype=np.int64), times, drawn[:, :known].ravel(), kinds, none, none
    )


def predictions_of(
    drawn: Values, known: int, ahead: int, step_ms: int, kind: MetricKind = MetricKind.UNKNOWN
) -> Values:
    """Return the quantiles of a fleet, (series, h, levels)."""
    panel, request = panel_of(drawn, known, step_ms, kind), Request(ahead, LEVELS, step_ms)
    return forecast_panel(panel, request, pools_of(panel, request)).values


def inside(drawn: Values, known: int, ahead: int, step_ms: int, kind: MetricKind) -> Values:
    """Return the shares of later samples inside the 80 and the 95 % interval of each series of a fleet, (series, 2)."""
    predicted, came = predictions_of(drawn, known, ahead, step_ms, kind), drawn[:, known : known + ahead]
    covered = [(predicted[..., low] <= came) & (came <= predicted[..., high]) for low, high in ((1, 3), (0, 4))]
    return np.array([one.mean(axis=1) for one in covered]).T


def alone_and_together(
    drawn: Values, known: int, ahead: int, step_ms: int = HOUR_MS, kind: MetricKind = MetricKind.UNKNOWN
) -> Values:
    """Return the shares of each series: 80 and 95 % alone, 80 and 95 % in the fleet, (series, 4)."""
    alone = np.vstack([inside(one[None], known, ahead, step_ms, kind) for one in drawn])
    return np.hstack([alone, inside(drawn, known, ahead, step_ms, kind)])


def measured(seed: int) -> Values:
    """Return the shares of each kind, (kinds, 4)."""
    draw = np.random.default_rng(seed)
    counts = [count for count, _ in KINDS.values()]
    drawn = np.array([kind(draw) for count, kind in KINDS.values() for _ in range(count)])
    shares = alone_and_together(drawn, KNOWN, JUDGED)
    return np.array([part.mean(axis=0) for part in np.split(shares, np.cumsum(counts)[:-1])])


def measured_pasts(seed: int) -> Values:
    """Return the shares of the calm kind by the days known, (pasts, 4)."""
    draw = np.random.default_rng(seed)
    drawn = np.array([still(draw, WEEKS) for _ in range(CALM)])
    return np.array([alone_and_together(drawn, 24 * days, FORTNIGHT).mean(axis=0) for days in PASTS])


def measured_compounded(seed: int) -> Values:
    """Return the shares of peaks that compound, by their growth and how far ahead, (cases, 4)."""
    draw = np.random.default_rng(seed)
    found = []
    for growth, ahead in COMPOUNDED:
        drawn = np.array([compounded(draw, growth, PEAKS + ahead) for _ in range(CALM)])
        found.append(alone_and_together(drawn, PEAKS, ahead, 24 * HOUR_MS).mean(axis=0))
    return np.array(found)


def measured_growths(seed: int) -> Values:
    """Return the shares of other daily growth, and how far the median is off late, (kinds, 5)."""
    draw, found = np.random.default_rng(seed), []
    at, step_ms = np.arange(PEAKS + QUARTER, dtype=np.float64), 24 * HOUR_MS
    for growth in GROWTHS.values():
        drawn = np.array([growth(draw, at) for _ in range(CALM)])
        late = predictions_of(drawn, PEAKS, QUARTER, step_ms)[:, -28:, 2].mean(axis=1) / drawn[:, -28:].mean(axis=1) - 1
        found.append([*alone_and_together(drawn, PEAKS, QUARTER, step_ms).mean(axis=0), late.mean()])
    return np.array(found)


def measured_drowned(seed: int) -> Values:
    """Return the shares of straight growth by its noise, and how much of it the median carries on, (lines, 5)."""
    draw, found = np.random.default_rng(seed), []
    for (a_day, days, days_ahead), share in product(LINES, NOISES):
        known, ahead, step_ms = a_day * days, a_day * days_ahead, 24 * HOUR_MS // a_day
        at, last = np.arange(known + ahead), slice(-24 if a_day == 24 else -7, None)
        line = 2.0 * ahead + at - 0.5 * ahead * ((at % 7 >= 5) & (a_day == 1))
        drawn = line + draw.normal(0, share * ahead, (CALM, line.size))
        missed = line[last].mean() - predictions_of(drawn, known, ahead, step_ms)[:, last, 2].mean()
        shares = alone_and_together(drawn, known, ahead, step_ms).mean(axis=0)
        found.append([*shares, 1.0 - missed / (at[last].mean() - known + 1)])
    return np.array(found)


def measured_outages(seed: int) -> Values:
    """Return the shares after an outage, and how far the median is off, (outages, 5)."""
    found = []
    for hours, ago in OUTAGES:
        draw = np.random.default_rng(seed)
        drawn = np.array([still(draw) for _ in range(CALM)])
        drawn[:, KNOWN - ago - hours : KNOWN - ago] = 0.0
        off = predictions_of(drawn, KNOWN, JUDGED, HOUR_MS)[..., 2].mean() / drawn[:, KNOWN:].mean() - 1
        found.append([*alone_and_together(drawn, KNOWN, JUDGED).mean(axis=0), off])
    return np.array(found)


def measured_totals(seed: int) -> Values:
    """Return the shares of counters, by their gains and how far ahead, (cases, 4)."""
    found = []
    for name, ahead in TOTALS:
        draw, at = np.random.default_rng(seed), np.arange(KNOWN + ahead, dtype=np.float64)
        drawn = np.array([np.cumsum(GAINS[name](draw, at)) for _ in range(CALM)])
        found.append(alone_and_together(drawn, KNOWN, ahead, HOUR_MS, MetricKind.COUNTER).mean(axis=0))
    return np.array(found)


def measured_unread(seed: int) -> Values:
    """Return the shares after an outage of collection, by what is read, its end, and how far ahead, (cases, 4)."""
    found = []
    for name, kind, ago, ahead in UNREAD:
        draw, at = np.random.default_rng(seed), np.arange(KNOWN + ahead, dtype=np.float64)
        drawn = np.array([GAINS[name](draw, at) for _ in range(CALM)])
        if kind == MetricKind.COUNTER:
            drawn = drawn.cumsum(axis=1)
        drawn[:, KNOWN - ago - FORTNIGHT : KNOWN - ago] = np.nan
        found.append(alone_and_together(drawn, KNOWN, ahead, HOUR_MS, kind).mean(axis=0))
    return np.array(found)


def measured_volatile(seed: int) -> Values:
    """Return the shares of the calm and the restless third, by how long volatility lasts, (2 cases, 4)."""
    found = []
    for days in VOLATILE:
        draw, keeps = np.random.default_rng(seed), np.exp(-1.0 / (24 * days))
        strength = [noise(draw, keeps, SPREAD * np.sqrt(1 - keeps**2)) for _ in range(VOLATILES)]
        drawn = np.array(
            [100 + 15 * DAY[: HOURS.size] + 4 * np.exp(one) * draw.normal(size=one.size) for one in strength]
        )
        shares, order = alone_and_together(drawn, KNOWN, JUDGED), np.argsort(np.array(strength)[:, KNOWN - 1])
        thirds = np.array_split(order, 3)
        found += [shares[thirds[0]].mean(axis=0), shares[thirds[2]].mean(axis=0)]
    return np.array(found)


def rows_of(names: Sequence[str], found: Values) -> str:
    """Format rows of a table from shares (seeds, rows, columns): the lowest and the highest over the seeds."""
    spans = zip(names, found.min(axis=0), found.max(axis=0), strict=True)
    cells = ((name, (f"{a:.0%} to {b:.0%}" for a, b in zip(low, high, strict=True))) for name, low, high in spans)
    return "".join(f"| {name} | {' | '.join(row)} |\n" for name, row in cells)


def main() -> None:
    """Measure every kind, past and growth, and write the tables."""
    kinds = rows_of([f"{name} | {count}" for name, (count, _) in KINDS.items()], np.array([measured(s) for s in SEEDS]))
    pasts = rows_of([str(days) for days in PASTS], np.array([measured_pasts(s) for s in SEEDS]))
    peaks = rows_of(
        [f"{growth:.1%} | {ahead}" for growth, ahead in COMPOUNDED], np.array([measured_compounded(s) for s in SEEDS])
    )
    growths = rows_of(list(GROWTHS), np.array([measured_growths(s) for s in SEEDS]))
    words = {24: "hours", 1: "days"}
    lines = [f"{words[a]} | {known} | {ahead} | {share:.0%}" for (a, known, ahead), share in product(LINES, NOISES)]
    drowned = rows_of(lines, np.array([measured_drowned(s) for s in SEEDS]))
    head = HEAD.format(seeds=len(SEEDS), known=KNOWN, judged=JUDGED)
    heads = PASTS_HEAD.format(series=CALM), COMPOUNDED_HEAD.format(known=PEAKS, series=CALM)
    last = GROWTHS_HEAD.format(known=PEAKS, series=CALM) + growths
    last += DROWNED_HEAD.format(series=CALM) + drowned
    outages = rows_of(
        [f"{hours} h | {ago} h ago" for hours, ago in OUTAGES], np.array([measured_outages(s) for s in SEEDS])
    )
    last += OUTAGE_HEAD.format(known=KNOWN, judged=JUDGED, series=CALM) + outages
    totals = rows_of([f"{name} | {ahead}" for name, ahead in TOTALS], np.array([measured_totals(s) for s in SEEDS]))
    last += TOTALS_HEAD.format(known=KNOWN, series=CALM) + totals
    kinds_of = {MetricKind.UNKNOWN: "gauge", MetricKind.COUNTER: "counter"}
    names = [f"{kinds_of[kind]}, {name} | {ago} h ago | {ahead}" for name, kind, ago, ahead in UNREAD]
    unread = np.array([measured_unread(s) for s in SEEDS])
    last += UNREAD_HEAD.format(known=KNOWN, series=CALM) + rows_of(names, unread)
    thirds = [f"{days} days | {third}" for days, third in product(VOLATILE, ("calm", "restless"))]
    volatile = rows_of(thirds, np.array([measured_volatile(s) for s in SEEDS]))
    last += VOLATILE_HEAD.format(series=VOLATILES, spread=SPREAD) + volatile
    RESULT.write_text(head + kinds + heads[0] + pasts + heads[1] + peaks + last, encoding="utf-8")


if __name__ == "__main__":
    main()
