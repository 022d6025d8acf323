"""How do values become charts? History with its forecast, a load test with its curve, anything over time.

A line has at most a few thousand points: a longer series is drawn by the lowest and the highest sample of each
interval, so that peaks stay visible.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.domain.chart import Axis, Band, Chart, Drawing, Line, Mark
from plimsoll.domain.forecast import Forecast
from plimsoll.domain.load_line import LoadChart
from plimsoll.domain.quantity import format_quantity
from plimsoll.domain.series import Series, Times, Values

MOST_POINTS = 2000
_INNER, _OUTER = (0.1, 0.9), (0.025, 0.975)


def history_and_forecast(
    history: Series, forecast: Forecast | None, marks: Sequence[Mark], title: str, label: str = ""
) -> Chart:
    """Draw a history and its forecast with 80 % and 95 % intervals, and marks for limits and dates.

    `label` replaces "measured" where the history was not measured.
    """
    origin = label or "measured"
    lines, bands = [series_line(origin, history)], []
    if forecast is not None and forecast.state.answered:
        times = tuple((forecast.times_ms / 1000).tolist())
        lines.append(Line("median", times, _numbers(forecast.at(0.5))))
        for (low, high), name in ((_INNER, "80 % interval"), (_OUTER, "95 % interval")):
            bands.append(Band(name, times, _numbers(forecast.at(low)), _numbers(forecast.at(high))))
    return Chart(
        title=title,
        says=_caption(origin, history, forecast, marks),
        x_title="time (UTC)",
        y_title=history.unit or "value",
        lines=tuple(lines),
        bands=tuple(bands),
        marks=tuple(marks),
        x_is_time=True,
        label=label,
    )


def load_test_chart(chart: LoadChart, load_unit: str) -> Chart:
    """Draw the measured points of a load test, the fitted curve with its band, and the knee and load line.

    If no model describes the points they are joined, and the chart says so.
    """
    marks = [Mark(f"tested up to {chart.tested[1]:.4g}", chart.tested[1], Axis.X)]
    if chart.knee is not None:
        marks.append(Mark(f"knee {chart.knee:.3g}", chart.knee, Axis.X))
    if chart.load_line is not None:
        marks.append(Mark(f"load line {chart.load_line:.3g}", chart.load_line, Axis.X))
    if chart.objective is not None:
        marks.append(Mark(f"objective {format_quantity(chart.objective, chart.unit)}", chart.objective, Axis.Y))
    marks += [Mark(f"set aside {load:.4g}", load, Axis.X) for load in chart.set_aside]
    known = np.asarray(chart.measured, dtype=np.float64)
    lowest, highest = (format_quantity(float(end), chart.unit) for end in (np.nanmin(known), np.nanmax(known)))
    span = lowest if lowest == highest else f"{lowest} to {highest}"
    loads = f"{chart.tested[0]:.4g} to {chart.tested[1]:.4g} {load_unit}"
    aside = ", ".join(f"{load:.4g}" for load in chart.set_aside)
    left_out = f" Set aside, as off by more than chance allows: {aside}." if aside else ""
    joined = "" if chart.described else " No model describes it; the line joins the steps."
    says = f"{len(chart.load)} measured steps, {loads}; {chart.of} {span}.{left_out}{joined}"
    band = Band("95 % band", chart.curve_load, _given(chart.curve_low), _given(chart.curve_high))
    return Chart(
        title=f"{chart.of} by load",
        says=says,
        x_title=load_unit,
        y_title=chart.unit,
        lines=(
            Line("measured", chart.load, _numbers(known), Drawing.POINTS),
            *_fitted(chart),
        ),
        bands=(band,) if chart.described else (),
        marks=tuple(marks),
    )


def _fitted(chart: LoadChart) -> tuple[Line, ...]:
    """Draw the curve over the tested range; past it the line is dashed and labeled."""
    curve = np.asarray(chart.curve, dtype=np.float64)
    past = np.asarray(chart.curve_extrapolated, dtype=bool)
    joint = np.append(past[1:], False)  # the last tested point belongs to both lines, so that there is no gap
    name = "fitted" if chart.described else "steps joined"
    lines = [Line(name, chart.curve_load, _numbers(np.where(past, np.nan, curve)))]
    if past.any():
        beyond = _numbers(np.where(past | joint, curve, np.nan))
        lines.append(Line("fitted, past what was tested", chart.curve_load, beyond, Drawing.DASHED))
    return tuple(lines)


def over_time(title: str, says: str, unit: str, series: Sequence[Series]) -> Chart:
    """Draw several series over one time axis."""
    lines = tuple(series_line(str(item.id), item) for item in series)
    return Chart(title, says, "time (UTC)", unit or "value", lines, x_is_time=True)


def series_line(name: str, series: Series) -> Line:
    """Make a line of a series, thinned to what a chart can show and broken where samples are missing."""
    times_ms, drawn = series.times_ms, _drawn(series.values)
    breaks = np.unique(np.searchsorted(drawn, _last_before_gaps(times_ms), side="right"))
    breaks = breaks[(breaks > 0) & (breaks < drawn.size)]
    x = np.insert(times_ms[drawn], breaks, times_ms[drawn[breaks - 1]] + 1) / 1000
    return Line(name, tuple(x.tolist()), _numbers(np.insert(series.values[drawn], breaks, np.nan)))


def _drawn(values: Values) -> Times:
    """Return the places of the lowest and the highest sample of each interval, at most about `MOST_POINTS` in all."""
    places = np.arange(values.size)
    if values.size <= MOST_POINTS:
        return places
    kept: list[int] = []
    for stretch in np.array_split(places, MOST_POINTS // 2):
        part = values[stretch]
        if np.isnan(part).all():
            kept.append(int(stretch[0]))
        else:
            kept.extend(sorted({int(stretch[np.nanargmin(part)]), int(stretch[np.nanargmax(part)])}))
    return np.array(kept)


def _last_before_gaps(times_ms: Times) -> Times:
    """Return the places of the last samples before a gap: three usual steps, and wide enough to be seen."""
    if times_ms.size < 3:
        return np.zeros(0, dtype=np.int64)
    steps = np.diff(times_ms)
    seen_ms = (times_ms[-1] - times_ms[0]) / (MOST_POINTS // 2) if times_ms.size > MOST_POINTS else 0.0
    return np.flatnonzero(steps > max(3 * np.median(steps), seen_ms))


def _caption(origin: str, history: Series, forecast: Forecast | None, marks: Sequence[Mark]) -> str:
    known = history.values[np.isfinite(history.values)]
    if not known.size:
        return "No sample is a number."
    low, high, last = (format_quantity(float(x), history.unit) for x in (known.min(), known.max(), known[-1]))
    words = [f"{origin.capitalize()} between {low} and {high}, last {last}."]
    if forecast is not None and forecast.state.answered:
        end = forecast.values[-1]
        inner = [
            format_quantity(float(np.interp(level, forecast.levels, end)), history.unit) for level in (0.1, 0.5, 0.9)
        ]
        words.append(
            f"At the end of the forecast the median is {inner[1]}, the 80 % interval {inner[0]} to {inner[2]}."
        )
    elif forecast is not None:
        words.append(f"No forecast: {forecast.why}.")
    words += [f"Marked: {mark.label}." for mark in marks]
    return " ".join(words)


def _numbers(values: Values) -> tuple[float | None, ...]:
    return tuple(float(value) if np.isfinite(value) else None for value in values)


def _given(values: Sequence[float]) -> tuple[float | None, ...]:
    return _numbers(np.asarray(values, dtype=np.float64))
