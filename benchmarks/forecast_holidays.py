"""What does a calendar of public holidays gain, on real series? Writes benchmarks/RESULTS/forecast_holidays.md.

    python benchmarks/forecast_holidays.py [FOLDER_OF_SERIES]

Daily series of people in one country are used, each only up to the first cutoff that the accuracy page judges. From
every third day on with at least a year of history behind it, 30 days are forecast twice: with the calendar and without.
Holidays and their effect are learned only from the days before. Ratios are those of mean absolute errors of the median,
with over without; intervals are the 80 % ones.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from plimsoll.adapters.public_holidays import PublicHolidays
from plimsoll.domain.forecast import Annotations
from plimsoll.domain.holidays import Holiday, HolidayState
from plimsoll.domain.series import MetricKind, Series, SeriesId, as_datetime
from plimsoll.forecast.holidays import learn_holidays
from plimsoll.forecast.single import forecast_series

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "forecast"
RESULT = Path(__file__).parent / "RESULTS" / "forecast_holidays.md"
CASES = (
    ("madrid_bus", "ES-MD"),
    ("madrid_road", "ES-MD"),
    ("bicimad", "ES-MD"),
    ("uk_flights", "GB"),
    ("wp_R", "US"),
)
JUDGED, HORIZON, EVERY, LEAST, AFTER, DRAWS = 90, 30, 3, 365, 14, 100
DAY_MS = 86_400_000
LEVELS = (0.1, 0.5, 0.9)
SUNDAY, TO_CHOOSE = (6,), (4, 5, 6)
HEAD = """# Public holidays: with a calendar and without

`python benchmarks/forecast_holidays.py`. Daily series before the first cutoff of `docs/forecast-accuracy.md`, {every}
days between origins, {horizon} days ahead. All ratios are with the calendar over without.

- Errors are mean absolute errors of the median: on holidays, on other days within {after} days after one, on all other
  days.
- `inside` is the share of holidays within the 80 % interval, without and with the calendar; `width` is a ratio.
- `applied` is the share of origins at which the past showed an effect; `chance` is the same for {draws} calendars of as
  many random days, `day chosen` the same where the day of rest must first be found among Friday to Sunday.

"""
COLUMNS = (
    "series", "calendar", "origins", "applied", "chance", "day chosen", "holidays", "error on holidays", "after one",
    "other days", "inside", "width",
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """Forecasts from one origin without and with the calendar, shape (2, horizon, levels), and the later samples."""

    applied: bool
    forecasts: NDArray[np.float64]
    came: NDArray[np.float64]
    is_holiday: NDArray[np.bool_]
    is_after: NDArray[np.bool_]


def read(folder: Path, name: str) -> Series:
    """Read one series up to the first cutoff that is judged elsewhere."""
    query = "select epoch_ms(ds), y from read_parquet(?) where unique_id = ? order by ds"
    rows = duckdb.execute(query, [str(folder / "users_daily.parquet"), name]).fetchall()[:-JUDGED]
    times, values = (np.array(column) for column in zip(*rows, strict=True))
    return Series(SeriesId(name), times.astype(np.int64), values.astype(np.float64), "", MetricKind.COUNT)


def runs(series: Series, place: str) -> Iterator[Run]:
    """Forecast from every origin."""
    first, last = (as_datetime(int(series.times_ms[i])).date() for i in (0, -1))
    known = PublicHolidays().holidays([place], first, last)
    rows = np.array([(one.day - first).days for one in known])
    is_holiday = np.isin(np.arange((last - first).days + 1), rows)
    is_after = np.zeros_like(is_holiday)
    for row in rows:
        is_after[row + 1 : row + 1 + AFTER] = True
    for origin in range(LEAST, len(series) - HORIZON, EVERY):
        past = Series(series.id, series.times_ms[:origin], series.values[:origin], "", series.kind)
        days = ((series.times_ms[origin : origin + HORIZON] - series.times_ms[0]) // DAY_MS).astype(int)
        applied, both = _both(past, known)
        came = series.values[origin : origin + HORIZON]
        yield Run(applied, both, came, is_holiday[days], is_after[days] & ~is_holiday[days])


def _both(past: Series, known: tuple[Holiday, ...]) -> tuple[bool, NDArray[np.float64]]:
    horizon_ms = timedelta(days=HORIZON) // timedelta(milliseconds=1)
    learned = learn_holidays(past, known, "UTC", horizon_ms)
    notes = Annotations(learned.events, (), learned.ignore)
    forecasts = [forecast_series(past, HORIZON, LEVELS, one).values for one in (Annotations(), notes)]
    return bool(learned.ignore), np.array(forecasts)


def chance(series: Series, place: str, rest_days: tuple[int, ...]) -> float:
    """Return the share of calendars of random days, as many as in the true one, that seem to have an effect."""
    first, last = (as_datetime(int(series.times_ms[i])).date() for i in (0, -1))
    count = len(PublicHolidays().holidays([place], first, last))
    draw, seen = np.random.default_rng(0), 0
    for _ in range(DRAWS):
        rows = np.sort(draw.choice((last - first).days, count, replace=False)).tolist()
        days = [Holiday(first + timedelta(days=row), f"day {row % 12}") for row in rows]
        learned = learn_holidays(series, days, "UTC", DAY_MS, rest_days=rest_days)
        seen += learned.effect.state is HolidayState.APPLIED
    return seen / DRAWS


def line(name: str, place: str, made: list[Run], by_chance: list[float]) -> str:
    """Format one row of the table."""
    both = np.concatenate([run.forecasts for run in made], axis=1)
    came = np.concatenate([run.came for run in made])
    holiday = np.concatenate([run.is_holiday for run in made])
    after = np.concatenate([run.is_after for run in made])
    errors = np.abs(both[:, :, 1] - came)
    inside = ((both[:, :, 0] <= came) & (came <= both[:, :, 2]))[:, holiday].mean(axis=1)
    width = (both[:, :, 2] - both[:, :, 0])[:, holiday].mean(axis=1)
    ratios = [errors[1, where].mean() / errors[0, where].mean() for where in (holiday, after, ~holiday & ~after)]
    applied = np.mean([run.applied for run in made])
    cells = [
        name,
        place,
        len(made),
        f"{applied:.0%}",
        *(f"{share:.0%}" for share in by_chance),
        int(holiday.sum()),
        *(f"{ratio:.2f}" for ratio in ratios),
    ]
    cells += [f"{inside[0]:.0%}, {inside[1]:.0%}", f"{width[1] / width[0]:.2f}"]
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Measure every case and write the table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if not folder.is_dir():
        sys.exit(f"{folder} holds no series; name the folder that does")
    cases = [(name, place, read(folder, name)) for name, place in CASES]
    lines = [
        line(name, place, list(runs(series, place)), [chance(series, place, rest) for rest in (SUNDAY, TO_CHOOSE)])
        for name, place, series in cases
    ]
    rules = ("---", "---", *(["---:"] * (len(COLUMNS) - 2)))
    text = HEAD.format(every=EVERY, horizon=HORIZON, after=AFTER, draws=DRAWS)
    text += f"| {' | '.join(COLUMNS)} |\n|{'|'.join(rules)}|\n" + "\n".join(lines) + "\n"
    RESULT.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
