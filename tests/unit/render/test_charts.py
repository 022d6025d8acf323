"""Charts: peaks survive thinning, gaps stay gaps, and what is drawn is said in words."""

from __future__ import annotations

import numpy as np

from plimsoll.domain.chart import Axis, Drawing, Mark
from plimsoll.domain.forecast import Forecast, ForecastState
from plimsoll.domain.load_line import LoadChart
from plimsoll.domain.series import Series, SeriesId
from plimsoll.render.charts import history_and_forecast, load_test_chart, series_line

MINUTE_MS = 60_000


def minutes(values: np.ndarray) -> Series:
    return Series(SeriesId("demand"), MINUTE_MS * np.arange(values.size, dtype=np.int64), values, "requests/s")


def test_a_single_spike_survives_thinning() -> None:
    values = np.ones(100_000)
    values[77_777] = 50.0
    line = series_line("demand", minutes(values))
    assert max(line.y) == 50.0
    assert len(line.x) <= 2000
    assert np.all(np.diff(line.x) > 0)


def test_a_stretch_without_samples_breaks_the_line() -> None:
    values = np.arange(10.0)
    series = minutes(values)
    holed = Series(series.id, np.delete(series.times_ms, [4, 5, 6, 7]), np.delete(values, [4, 5, 6, 7]))
    assert series_line("demand", holed).y == (0.0, 1.0, 2.0, 3.0, None, 8.0, 9.0)


def test_what_is_thinned_is_broken_at_its_gaps_and_nowhere_else() -> None:
    series = minutes(np.random.default_rng(0).normal(50, 5, 20_000))
    assert None not in series_line("demand", series).y
    there = np.arange(20_000) % 50 > 2  # gaps of four minutes, narrower than a point of the chart
    there[7000:8000] = False
    line = series_line("demand", Series(series.id, series.times_ms[there], series.values[there]))
    (place,) = [place for place, value in enumerate(line.y) if value is None]
    assert line.x[place - 1] < 7000 * 60 < 7900 * 60 < line.x[place + 1]


def test_a_sample_that_is_no_number_is_a_gap() -> None:
    assert series_line("demand", minutes(np.array([1.0, np.nan, 3.0]))).y == (1.0, None, 3.0)


def test_a_forecast_is_drawn_with_both_intervals_and_said_in_words() -> None:
    levels = (0.025, 0.1, 0.5, 0.9, 0.975)
    values = np.array([[1.0, 2.0, 5.0, 8.0, 9.0]])
    forecast = Forecast(SeriesId("demand"), np.array([600_000]), levels, values, ForecastState.OK)
    chart = history_and_forecast(minutes(np.arange(10.0)), forecast, [Mark("limit", 12.0, Axis.Y)], "Demand")
    assert [(band.low, band.high) for band in chart.bands] == [((2.0,), (8.0,)), ((1.0,), (9.0,))]
    assert chart.says.startswith("Measured between 0 requests/s and 9 requests/s")
    assert "median is 5 requests/s, the 80 % interval 2 requests/s to 8 requests/s" in chart.says
    assert "Marked: limit." in chart.says


def test_a_history_that_nobody_measured_is_not_called_measured() -> None:
    chart = history_and_forecast(minutes(np.arange(10.0)), None, (), "Demand", "synthetic")
    assert [line.name for line in chart.lines] == ["synthetic"]
    assert chart.says.startswith("Synthetic between 0 requests/s and 9 requests/s")
    assert "measured" not in chart.says.lower()


def test_a_forecast_that_could_not_be_made_is_said_not_drawn() -> None:
    nothing = Forecast(
        SeriesId("demand"), np.array([600_000]), (0.5,), np.array([[np.nan]]), ForecastState.CANNOT_TELL, "two samples"
    )
    chart = history_and_forecast(minutes(np.arange(3.0)), nothing, [], "Demand")
    assert len(chart.lines) == 1
    assert "No forecast: two samples." in chart.says


def test_a_curve_past_what_was_tested_is_dashed_and_named_so_and_every_mark_is_there() -> None:
    made = LoadChart(
        of="p95", unit="seconds", load=(1.0, 2.0, 3.0), measured=(0.1, 0.2, 0.3), curve_load=(1.0, 2.0, 3.0, 4.0),
        curve=(0.1, 0.2, 0.3, 0.4), curve_low=(0.1, 0.1, 0.2, 0.2), curve_high=(0.2, 0.3, 0.4, 0.6),
        curve_extrapolated=(False, False, False, True), tested=(1.0, 3.0), knee=2.0, load_line=2.5, objective=0.25,
        set_aside=(2.25,),
    )  # fmt: skip
    chart = load_test_chart(made, "users")
    lines = {line.name: line for line in chart.lines}
    assert lines["measured"].drawing is Drawing.POINTS
    assert lines["fitted"].y == (0.1, 0.2, 0.3, None)
    assert lines["fitted, past what was tested"].y == (None, None, 0.3, 0.4)
    assert lines["fitted, past what was tested"].drawing is Drawing.DASHED
    assert [band.name for band in chart.bands] == ["95 % band"]
    assert [(mark.label.split()[0], mark.at) for mark in chart.marks] == [
        ("tested", 3.0), ("knee", 2.0), ("load", 2.5), ("objective", 0.25), ("set", 2.25),
    ]  # fmt: skip
    assert (
        chart.says
        == "3 measured steps, 1 to 3 users; p95 100ms to 300ms. Set aside, as off by more than chance allows: 2.25."
    )


def test_steps_that_no_model_describes_are_joined_without_a_band() -> None:
    none, steps = (float("nan"),) * 3, (1.0, 2.0, 3.0)
    made = LoadChart(
        of="p95", unit="seconds", load=steps, measured=(0.1, 0.1, 0.9), curve_load=steps, curve=(0.1, 0.1, 0.9),
        curve_low=none, curve_high=none, curve_extrapolated=(False,) * 3, tested=(1.0, 3.0), knee=None, load_line=None,
        described=False,
    )  # fmt: skip
    chart = load_test_chart(made, "users")
    assert [line.name for line in chart.lines] == ["measured", "steps joined"]
    assert chart.bands == ()
    assert chart.says.endswith("No model describes it; the line joins the steps.")
