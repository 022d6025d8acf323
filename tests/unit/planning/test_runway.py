"""One resource, judged: each state, in the order in which the questions are asked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.unit.planning.histories import DAY_MS, HOUR_MS, LIMIT, START_MS, history, runway_of

from plimsoll.domain.forecast import Annotations, Changepoint, Event, Grade, IgnoreWindow
from plimsoll.domain.limit import Direction, Limit, LimitType
from plimsoll.domain.runway import RunwayState
from plimsoll.domain.series import MetricKind, Series, SeriesId, Window, as_datetime

END = datetime(2026, 3, 2, tzinfo=UTC)
FREE = Limit("free", "ratio", "test", hard=0.1, direction=Direction.LOW_IS_BAD)


def test_a_line_reaches_its_limit_when_its_daily_peak_does() -> None:
    """0.4 + 0.005 a day with a wave of 0.02: the peak is at 0.95 when the line is at 0.93, 106 days from the start."""
    row = runway_of(history(noise=0.002)).row
    assert row.state is RunwayState.OK
    assert row.breach is not None
    assert row.breach.p50 is not None
    expected = as_datetime(START_MS + 106 * DAY_MS)
    assert abs(row.breach.p50 - expected) < timedelta(days=3)
    assert row.breach.early is not None
    assert row.breach.early <= row.breach.p50
    assert row.act_by == row.breach.early - timedelta(seconds=LIMIT.lead_time_s)
    assert row.limit is not None
    assert (row.limit.value, row.limit.type, row.limit.source) == (0.95, LimitType.HARD, "test")
    assert row.grade in {Grade.A, Grade.B}


def test_the_soft_limit_stands_beside_the_hard_one_and_comes_first() -> None:
    row = runway_of(history(noise=0.002)).row
    assert row.soft is not None
    assert row.soft.breach is not None
    assert row.soft.breach.p50 is not None
    assert row.breach is not None
    assert row.breach.p50 is not None
    assert row.soft.breach.p50 < row.breach.p50
    assert "soft limit 80%" in row.why


def test_a_passed_soft_limit_is_told_and_the_hard_one_still_dated() -> None:
    row = runway_of(history(level=0.55)).row
    assert row.state is RunwayState.OK
    assert row.soft is not None
    assert row.soft.breached
    assert "past the soft limit 80%" in row.why


def test_a_soft_limit_alone_decides() -> None:
    row = runway_of(history(), Limit("disk", "ratio", "test", soft=0.8)).row
    assert row.limit is not None
    assert row.limit.type is LimitType.SOFT
    assert row.soft is None


def test_a_flat_series_has_none_within_the_horizon_and_no_date() -> None:
    row = runway_of(history(per_day=0.0)).row
    assert row.state is RunwayState.NONE_WITHIN_HORIZON
    assert row.breach is None
    assert row.act_by is None
    assert row.probability_none == 1.0
    assert row.horizon_s == 90 * 86400


def test_a_constant_series_is_answered_and_graded() -> None:
    row = runway_of(history(per_day=0, wave=0, noise=0)).row
    assert row.state is RunwayState.NONE_WITHIN_HORIZON
    assert row.grade is Grade.A


def test_a_breached_limit_says_since_when() -> None:
    series = history(level=0.7, wave=0.0, noise=0.0)
    row = runway_of(series).row
    assert row.state is RunwayState.BREACHED
    assert row.breach is not None
    assert row.breach.early == row.breach.p50 == row.breach.late == as_datetime(START_MS + 50 * DAY_MS)
    assert row.probability_none == 0.0


@pytest.mark.parametrize(
    ("noisy", "samples", "state", "why"),
    [
        pytest.param(True, 1, RunwayState.CANNOT_TELL, "past the limit now, in 1 of 1 samples", id="noisy_one_sample"),
        pytest.param(True, 7, RunwayState.CANNOT_TELL, "in 7 of 7 samples; it goes up and down: needs 8", id="noisy_7"),
        pytest.param(True, 8, RunwayState.BREACHED, "before the history begins", id="noisy_enough"),
        pytest.param(False, 1, RunwayState.BREACHED, "since when is not known", id="a_disk_stays_full"),
    ],
)
def test_few_samples_past_the_limit_say_so_of_what_stays_and_not_of_what_is_noisy(
    noisy: bool, samples: int, state: RunwayState, why: str
) -> None:
    row = runway_of(history(samples / 24, level=0.99, per_day=0, wave=0, noise=0), replace(LIMIT, noisy=noisy)).row
    assert row.state is state
    assert why in row.why
    assert (row.breach is None) == (state is RunwayState.CANNOT_TELL)


def test_a_limit_is_breached_at_its_value_and_not_below() -> None:
    series = history(level=0.95, per_day=0, wave=0, noise=0)
    assert runway_of(series).row.state is RunwayState.BREACHED
    below = replace(series, values=series.values - 1e-9)
    assert runway_of(below).row.state is not RunwayState.BREACHED


def test_low_is_bad_falls_to_its_limit() -> None:
    row = runway_of(history(level=0.9, per_day=-0.01), FREE).row
    assert row.state is RunwayState.OK
    assert row.breach is not None
    assert row.breach.p50 is not None
    assert row.breach.p50 > END
    assert runway_of(history(level=0.65, per_day=-0.01), FREE).row.state is RunwayState.BREACHED


def test_a_self_limiting_resource_is_named_and_not_forecast() -> None:
    estimate = runway_of(history(level=0.9), replace(LIMIT, self_limiting=True))
    assert estimate.row.state is RunwayState.SELF_LIMITING
    assert estimate.row.breach is None
    assert estimate.predictions == ()
    assert "full by design" in estimate.row.why


def test_nine_days_of_history_say_when_there_will_be_enough() -> None:
    row = runway_of(history(days=9, per_day=0.001)).row
    assert row.state is RunwayState.CANNOT_TELL
    assert row.why == "9 d of history, needs 28, ready on 2026-01-29"
    assert row.ready_at == datetime(2026, 1, 29, tzinfo=UTC)
    assert row.breach is None


def test_a_history_of_minutes_is_counted_in_minutes() -> None:
    row = runway_of(history(days=10 / 1440, step_ms=10_000)).row
    assert row.why == "10m of history, needs 28d, ready on 2026-01-29"


def test_a_limit_that_is_near_is_told_even_on_short_history() -> None:
    row = runway_of(history(days=9, level=0.5, per_day=0.04)).row
    assert row.state is RunwayState.OK
    assert row.grade is Grade.E
    assert "short history: 9 d of history" in row.why


def test_a_shorter_horizon_needs_less_history() -> None:
    assert (
        runway_of(history(days=9, per_day=0.001), horizon_s=14 * 86400.0).row.state is RunwayState.NONE_WITHIN_HORIZON
    )


@pytest.mark.parametrize(
    ("age_ms", "state"),
    [
        pytest.param(3 * HOUR_MS, RunwayState.OK, id="three_steps_old"),
        pytest.param(3 * HOUR_MS + 1, RunwayState.STALE, id="a_moment_older"),
    ],
)
def test_a_last_sample_that_is_too_old_is_stale(age_ms: int, state: RunwayState) -> None:
    series = history()
    assert runway_of(series, as_of_ms=int(series.times_ms[-1]) + age_ms).row.state is state


def test_a_last_sample_of_years_ago_is_as_stale_as_one_of_days_ago() -> None:
    """It was left out with the rest, and the row said that no sample was a number."""
    series = history(60)
    found = runway_of(series, as_of_ms=int(series.times_ms[-1]) + 900 * DAY_MS)
    assert (found.row.state, found.row.now) == (RunwayState.STALE, float(series.values[-1]))
    assert found.row.why == "the last sample is 900d old"
    assert found.evidence.left_out == (f"{len(series) - 1} samples older than 360d",)


@pytest.mark.parametrize(
    ("size", "known", "why"),
    [
        (1e200, Annotations(), "no sample counts: 1440 samples that are not numbers, or beyond 1e+100"),
        (
            1.0,
            Annotations(ignore=(IgnoreWindow(Window(0, START_MS + 99 * DAY_MS), "incident"),)),
            "no sample counts: 1440 samples in incident",
        ),
    ],
    ids=["beyond_all_measure", "all_ignored"],
)
def test_where_no_sample_counts_it_is_said_why(size: float, known: Annotations, why: str) -> None:
    series = history(60)
    found = runway_of(replace(series, values=series.values * size), resource={"annotations": known})
    assert (found.row.state, found.row.why) == (RunwayState.CANNOT_TELL, why)


def test_samples_after_the_as_of_time_are_not_looked_at() -> None:
    series = history(days=90)
    as_of_ms = START_MS + 60 * DAY_MS - HOUR_MS
    estimate = runway_of(series, as_of_ms=as_of_ms)
    assert estimate.row.now == series.values[60 * 24 - 1]
    assert f"{30 * 24} samples after the as-of time" in estimate.evidence.left_out


def test_without_a_limit_the_row_says_what_would_mend_it() -> None:
    row = runway_of(history(), None, resource={"no_limit": "give it with --limit disk=VALUE"}).row
    assert row.state is RunwayState.CANNOT_TELL
    assert row.why == "give it with --limit disk=VALUE"
    assert row.now is not None


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_series_without_a_number_cannot_be_told(bad: float) -> None:
    series = history(days=3)
    row = runway_of(replace(series, values=np.full(len(series), bad))).row
    assert row.state is RunwayState.CANNOT_TELL
    assert row.now is None


def test_an_empty_series_cannot_be_told() -> None:
    empty = Series(SeriesId("x"), np.array([], dtype=np.int64), np.array([]))
    assert runway_of(empty).row.state is RunwayState.CANNOT_TELL


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_samples_cannot_be_told_and_do_not_fail(count: int) -> None:
    series = history(days=3)
    few = replace(series, times_ms=series.times_ms[:count], values=series.values[:count])
    assert runway_of(few).row.state is RunwayState.CANNOT_TELL


def test_gaps_of_hours_and_days_leave_the_date_where_it_is() -> None:
    series = history(noise=0.002)
    keep = np.random.default_rng(1).random(len(series)) > 0.3
    keep[20 * 24 : 23 * 24] = False
    keep[-1] = True
    gappy = replace(series, times_ms=series.times_ms[keep], values=series.values[keep])
    whole, holed = runway_of(series).row.breach, runway_of(gappy).row.breach
    assert whole is not None
    assert holed is not None
    assert whole.p50 is not None
    assert holed.p50 is not None
    assert abs(whole.p50 - holed.p50) < timedelta(days=4)


def test_a_shift_of_the_clock_by_an_hour_in_mid_history_does_no_harm() -> None:
    """Local time moves against UTC twice a year: the daily wave is an hour earlier from then on."""
    series = history(noise=0.002, wave=0.05)
    day = np.arange(len(series)) / 24
    moved = 0.05 * np.sin(2 * np.pi * (day + 1 / 24)) - 0.05 * np.sin(2 * np.pi * day)
    shifted = replace(series, values=series.values + np.where(day >= 30, moved, 0.0))
    whole, after = runway_of(series).row.breach, runway_of(shifted).row.breach
    assert whole is not None
    assert after is not None
    assert whole.p50 is not None
    assert after.p50 is not None
    assert abs(whole.p50 - after.p50) < timedelta(days=3)


def test_a_counter_that_was_reset_goes_on_from_where_it_is() -> None:
    """10 a day, reset on day 40: 200 now, so 500 is reached 30 days on."""
    times = START_MS + HOUR_MS * np.arange(60 * 24, dtype=np.int64)
    total = np.arange(60 * 24) * 10 / 24.0
    values = np.where(np.arange(60 * 24) >= 40 * 24, total - 400, total)
    series = Series(SeriesId("jobs_total"), times, values, "", MetricKind.COUNTER)
    row = runway_of(series, Limit("jobs", "", "test", hard=500.0)).row
    assert row.breach is not None
    assert row.breach.p50 is not None
    assert abs(row.breach.p50 - as_datetime(START_MS + 90 * DAY_MS)) < timedelta(days=2)


def test_a_saw_tooth_below_its_limit_is_not_taken_for_growth() -> None:
    """A clean-up job empties the disk each week: it stays between 0.5 and 0.74."""
    series = history(per_day=0, wave=0, noise=0.005)
    tooth = 0.24 * ((np.arange(len(series)) / 24) % 7) / 7
    row = runway_of(replace(series, values=series.values + 0.1 + tooth)).row
    assert row.probability_none is not None
    assert row.probability_none > 0.9


def test_what_was_before_a_change_point_is_left_out() -> None:
    series = history(per_day=0.0)
    fallen = replace(series, values=np.where(np.arange(len(series)) < 24 * 20, 0.9, series.values))
    known = Annotations(changepoints=(Changepoint(START_MS + 20 * DAY_MS, "moved to a larger disk"),))
    estimate = runway_of(fallen, resource={"annotations": known})
    assert estimate.evidence.left_out == ("480 samples before moved to a larger disk",)
    assert estimate.row.state is RunwayState.NONE_WITHIN_HORIZON
    assert estimate.row.probability_none is not None
    assert estimate.row.probability_none > 0.95


def test_a_change_that_is_still_to_come_leaves_no_history_out() -> None:
    known = Annotations(changepoints=(Changepoint(START_MS + 61 * DAY_MS, "a larger disk"),))
    assert runway_of(history(), resource={"annotations": known}) == runway_of(history())


HOLIDAY = Annotations(ignore=(IgnoreWindow(Window(START_MS + 59 * DAY_MS, START_MS + 60 * DAY_MS), is_true=True),))
OUTAGE = Annotations(ignore=(IgnoreWindow(HOLIDAY.ignore[0].window),))
ENDS_ON_IT = [
    ("holiday_fine", HOLIDAY, 0.3, RunwayState.NONE_WITHIN_HORIZON, 0.3),
    ("holiday_past_the_soft_limit", HOLIDAY, 0.85, RunwayState.NONE_WITHIN_HORIZON, 0.85),
    ("holiday_passed", HOLIDAY, 0.97, RunwayState.BREACHED, 0.97),
    ("outage_passed", OUTAGE, 0.97, RunwayState.STALE, 0.4),
]


@pytest.mark.parametrize(("known", "last", "state", "now"), [c[1:] for c in ENDS_ON_IT], ids=[c[0] for c in ENDS_ON_IT])
def test_a_holiday_tells_the_present_and_teaches_nothing_and_an_outage_tells_neither(
    known: Annotations, last: float, state: RunwayState, now: float
) -> None:
    series = history(per_day=0.0, wave=0.0, noise=0.005)
    values = np.where(series.times_ms >= START_MS + 59 * DAY_MS, last, series.values)
    answer = runway_of(replace(series, values=values), resource={"annotations": known})
    assert answer.row.state is state
    assert answer.row.now == pytest.approx(now, abs=0.03)
    assert answer.evidence.samples == 59 * 24
    if state is RunwayState.BREACHED:
        assert answer.row.why == "passed since 2026-03-01 00:00"
    if state is RunwayState.NONE_WITHIN_HORIZON:
        assert answer.row.soft is not None
        assert answer.row.soft.breached == (last > 0.8)


def test_a_limit_that_a_usual_day_had_passed_is_not_passed_on_the_holiday_that_was_seen() -> None:
    """0.6345 + 0.005 a day and a peak of 0.02: day 59 would have passed 0.95, day 60 will."""
    series = history(level=0.6345, noise=0.0005)
    holiday = replace(series, values=np.where(series.times_ms >= START_MS + 59 * DAY_MS, 0.3, series.values))
    assert series.values[59 * 24 :].max() > 0.95 > series.values[: 59 * 24].max()
    row = runway_of(holiday, resource={"annotations": HOLIDAY}).row
    assert row.state is RunwayState.OK
    assert row.breach is not None
    assert row.breach.early is not None
    assert row.breach.p50 is not None
    last = as_datetime(int(series.times_ms[-1]))
    assert last < row.breach.early <= row.breach.p50 < last + timedelta(hours=12)


def test_paths_after_a_holiday_start_from_what_a_usual_day_would_be() -> None:
    series = history(per_day=0.005, noise=0.002)
    low = replace(series, values=np.where(series.times_ms >= START_MS + 59 * DAY_MS, 0.3, series.values))
    breaches = [runway_of(one, resource={"annotations": HOLIDAY}).row.breach for one in (series, low)]
    plain = runway_of(series).row.breach
    assert plain is not None
    assert plain.p50 is not None
    assert breaches[0] == breaches[1]
    assert breaches[0] is not None
    assert breaches[0].p50 == pytest.approx(plain.p50, abs=timedelta(days=1))


@pytest.mark.parametrize("last_hour", [0, 3, 7, 10, 16], ids=lambda hour: f"until_{hour}")
def test_the_day_after_a_holiday_is_read_for_a_whole_one(last_hour: int) -> None:
    series = history(59 + (last_hour + 1) / 24, wave=0.3, level=0.3, per_day=0.003, noise=0.002)
    limit = replace(LIMIT, soft=None, hard=0.9)
    known = Annotations(ignore=(IgnoreWindow(Window(START_MS + 58 * DAY_MS, START_MS + 59 * DAY_MS), is_true=True),))
    rows = [runway_of(series, limit, resource={"annotations": one}).row for one in (Annotations(), known)]
    assert all(re.match(r"rises 0\.[23]\d* points a day", row.why) for row in rows)
    plain, told = (row.breach for row in rows)
    assert plain is not None
    assert plain.p50 is not None
    assert told is not None
    assert told.p50 == pytest.approx(plain.p50, abs=timedelta(days=2))


def test_a_history_of_nothing_but_holidays_tells_the_present_only() -> None:
    known = Annotations(ignore=(IgnoreWindow(Window(START_MS, START_MS + 61 * DAY_MS), is_true=True),))
    fine, passed = (runway_of(history(level=level), resource={"annotations": known}).row for level in (0.4, 0.9))
    assert fine.state is RunwayState.CANNOT_TELL
    assert "nothing but public holidays" in fine.why
    assert passed.state is RunwayState.BREACHED


def test_a_window_to_ignore_is_a_gap() -> None:
    series = history(per_day=0.0)
    window = Window(START_MS + 20 * DAY_MS, START_MS + 21 * DAY_MS)
    known = Annotations(ignore=(IgnoreWindow(window, "load test"),))
    assert runway_of(series, resource={"annotations": known}).evidence.left_out == ("24 samples in load test",)


def test_a_known_event_brings_the_date_forward() -> None:
    known = Annotations(events=(Event("launch", START_MS + 65 * DAY_MS, None, factor=1.4),))
    plain, launched = runway_of(history()).row.breach, runway_of(history(), resource={"annotations": known}).row.breach
    assert plain is not None
    assert launched is not None
    assert plain.p50 is not None
    assert launched.p50 is not None
    assert launched.p50 < plain.p50 - timedelta(days=10)


DAY_65, DAY_67 = START_MS + 65 * DAY_MS, START_MS + 67 * DAY_MS
PROMO = Event("promo", DAY_65, DAY_67, factor=2.6)
PROMO_DATES = "2026-03-07 to 2026-03-09"


@pytest.mark.parametrize(
    ("events", "per_day", "limit", "cause"),
    [
        pytest.param([PROMO], 0.0, LIMIT, f"promo ({PROMO_DATES})", id="factor_of_two_days"),
        pytest.param([Event("promo", DAY_65, DAY_67, offset=0.7)], 0.0, LIMIT, f"promo ({PROMO_DATES})", id="offset"),
        pytest.param([Event("launch", DAY_65, None, 2.6)], 0.0, LIMIT, "launch (from 2026-03-07)", id="for_good"),
        pytest.param([Event("move", DAY_65, DAY_67, factor=0.1)], 0.0, FREE, f"move ({PROMO_DATES})", id="low_is_bad"),
        pytest.param(
            [PROMO, Event("relief", DAY_65, DAY_67, offset=-0.01)], 0.0, LIMIT, f"promo ({PROMO_DATES})", id="two_ways"
        ),
        pytest.param([Event("promo", DAY_65, DAY_67, factor=1.05)], 0.0, LIMIT, "", id="too_small_to_reach_it"),
        pytest.param([Event("promo", DAY_65, DAY_67, factor=1.05)], 0.008, LIMIT, "", id="reached_by_growth"),
        pytest.param([Event("late", START_MS + 140 * DAY_MS, None, 2.0)], 0.008, LIMIT, "", id="after_the_breach"),
    ],
)
def test_a_breach_names_the_event_that_brings_it_and_no_other(
    events: list[Event], per_day: float, limit: Limit, cause: str
) -> None:
    why = runway_of(
        history(per_day=per_day), limit, resource={"annotations": Annotations(events=tuple(events))}
    ).row.why
    assert why.startswith(f"reached with {cause}; ") if cause else "reached with" not in why


def test_a_launch_that_is_in_the_history_already_does_not_come_again() -> None:
    event = Event("launch", START_MS + 30 * DAY_MS, None, factor=1.2)
    plain = history()
    later = plain.times_ms >= event.start_ms
    launched = replace(plain, values=np.where(later, plain.values * 1.2, plain.values))
    known = runway_of(launched, LIMIT, resource={"annotations": Annotations(events=(event,))}).row.breach
    wanted = runway_of(plain, replace(LIMIT, soft=0.8 / 1.2, hard=0.95 / 1.2)).row.breach
    assert known is not None
    assert wanted is not None
    for shown, right in ((known.early, wanted.early), (known.p50, wanted.p50), (known.late, wanted.late)):
        assert shown is not None
        assert right is not None
        assert abs(shown - right) <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("step_ms", "passes_ms"),
    [(DAY_MS, 64 * DAY_MS), (HOUR_MS, 64 * DAY_MS), (6 * HOUR_MS, 64 * DAY_MS)],
    ids=["daily", "hourly", "six_hours"],
)
def test_an_event_of_a_day_changes_that_day_whichever_the_step(step_ms: int, passes_ms: int) -> None:
    known = Annotations(events=(Event("feast", START_MS + 64 * DAY_MS, START_MS + 65 * DAY_MS, factor=2.6),))
    flat = history(per_day=0.0, wave=0.0, step_ms=step_ms)
    row = runway_of(flat, resource={"annotations": known}).row
    assert row.breach is not None
    assert row.breach.p50 is not None
    assert row.breach.p50 == pytest.approx(as_datetime(START_MS + passes_ms), abs=timedelta(hours=1))


def test_an_event_multiplies_the_wave_of_the_day_with_the_level() -> None:
    """A level of 0.3 with a peak of 0.4: doubled it has its peak at 0.8, where a doubled level alone had 0.7."""
    known = Annotations(events=(Event("feast", START_MS + 64 * DAY_MS, START_MS + 65 * DAY_MS, factor=2.0),))
    wave = history(level=0.3, per_day=0.0, wave=0.1, noise=0.001)
    row = runway_of(wave, replace(LIMIT, soft=None, hard=0.78), resource={"annotations": known}).row
    assert row.breach is not None
    assert row.breach.p50 == pytest.approx(as_datetime(START_MS + 64 * DAY_MS), abs=timedelta(hours=7))


def test_an_event_at_the_end_of_the_horizon_is_no_pace() -> None:
    """Taken for a pace it would read as a rise of a third of a point a day."""
    known = Annotations(events=(Event("feast", START_MS + 140 * DAY_MS, START_MS + 160 * DAY_MS, factor=2.0),))
    row = runway_of(history(level=0.3, per_day=0.0), resource={"annotations": known}).row
    assert re.match(r"flat|(rises|falls) 0\.00", row.why)


def test_a_lead_time_past_the_horizon_is_no_clean_bill() -> None:
    """If the lead time is 120 days, it may already be too late for a breach past a horizon of 90 days."""
    calm = history(per_day=0.0)
    assert "lead time is 120d: look further ahead" in runway_of(calm, replace(LIMIT, lead_time_s=120 * 86400.0)).row.why
    assert "relief" not in runway_of(calm, replace(LIMIT, lead_time_s=80 * 86400.0)).row.why


def test_the_evidence_names_window_methods_and_error() -> None:
    evidence = runway_of(history()).evidence
    assert evidence.samples == 60 * 24
    assert evidence.step_s == 3600
    assert evidence.simulated_step_s == 86400
    assert sum(item.weight for item in evidence.methods) == pytest.approx(1, abs=0.1)
    assert evidence.accuracy is not None
    assert evidence.accuracy.skill > 0.5


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_no_scale_is_too_small_or_too_large(scale: float) -> None:
    series = history()
    row = runway_of(replace(series, values=series.values * scale), Limit("x", "", "test", hard=0.95 * scale)).row
    assert row.state is RunwayState.OK


@pytest.mark.parametrize("size", [-1e50, 1e50])
def test_spikes_past_every_scale_in_a_level_of_zero_are_answered(size: float) -> None:
    series = history()
    spikes = np.where(np.arange(len(series)) % 300 == 7, size, 0.0)
    row = runway_of(replace(series, values=spikes), Limit("x", "", "test", hard=1e55)).row
    assert row.state is RunwayState.NONE_WITHIN_HORIZON


def test_seconds_over_most_of_a_day_are_answered_in_few_steps() -> None:
    series = history(days=0.9, level=0.3, per_day=0.4, wave=0, noise=0.01, step_ms=1000)
    estimate = runway_of(series)
    assert estimate.row.state is RunwayState.OK
    assert estimate.evidence.simulated_step_s == pytest.approx(389)


def test_samples_that_are_too_sparse_are_told() -> None:
    times = np.concatenate([START_MS + np.arange(1000), [START_MS + 60 * DAY_MS]]).astype(np.int64)
    row = runway_of(Series(SeriesId("x"), times, np.linspace(0.1, 0.2, 1001), "ratio")).row
    assert row.state is RunwayState.CANNOT_TELL
    assert "too sparse" in row.why


def test_samples_of_two_readers_are_not_too_sparse() -> None:
    once = history(noise=0.002)
    twice = Series(
        once.id, np.add.outer(once.times_ms, [0, 7_000]).ravel(), np.repeat(once.values, 2), once.unit, once.kind
    )
    row, alone = runway_of(twice).row, runway_of(once).row
    assert row.breach is not None
    assert alone.breach is not None
    assert row.breach.p50 is not None
    assert alone.breach.p50 is not None
    assert abs(row.breach.p50 - alone.breach.p50) < timedelta(days=1)


def test_two_rates_in_one_series_are_judged_by_the_commoner() -> None:
    hourly, minutely = history(days=60), history(days=2, step_ms=60_000)
    times = np.union1d(hourly.times_ms, minutely.times_ms)
    values = np.interp(times, hourly.times_ms, hourly.values)
    assert runway_of(replace(hourly, times_ms=times, values=values)).row.state is RunwayState.OK


@pytest.mark.parametrize(
    ("event", "rate_before", "days"),
    [
        (Event("none", START_MS + 60 * DAY_MS), 1, 30),
        (Event("sale", START_MS + 60 * DAY_MS, START_MS + 70 * DAY_MS, factor=2.0), 1, 20),
        (Event("sale", START_MS + 60 * DAY_MS, START_MS + 70 * DAY_MS, offset=100.0), 1, 20),
        (Event("pause", START_MS + 60 * DAY_MS, START_MS + 70 * DAY_MS, factor=0.01), 1, 40),
        (Event("launch", START_MS + 40 * DAY_MS, None, factor=2.0), 2, 15),
        (Event("over", START_MS + 40 * DAY_MS, START_MS + 60 * DAY_MS, factor=2.0), 2, 30),
    ],
    ids=["no_event", "twice_as_fast", "faster_by_as_much", "nearly_stands", "goes_on_for_good", "is_over"],
)
def test_an_event_acts_on_what_a_counter_gains(event: Event, rate_before: float, days: float) -> None:
    times = START_MS + HOUR_MS * np.arange(60 * 24, dtype=np.int64)
    gains = np.random.default_rng(0).normal(100, 5, times.size)
    gains[times - HOUR_MS / 2 >= START_MS + 40 * DAY_MS] *= rate_before
    series = Series(SeriesId("jobs_total"), times, np.cumsum(gains), "", MetricKind.COUNTER)
    limit = Limit("jobs", "count", "test", hard=float(series.values[-1]) + 30 * 24 * 100)
    found = runway_of(series, limit, resource={"annotations": Annotations((event,))}).row
    assert found.breach is not None
    assert found.breach.p50 is not None
    assert (found.breach.p50 - as_datetime(int(times[-1]))).total_seconds() / 86400 == pytest.approx(days, abs=1.2)


def test_a_counter_that_stood_still_while_closed_is_dated_by_what_it_gained_before_and_since() -> None:
    times = START_MS + HOUR_MS * np.arange(60 * 24, dtype=np.int64)
    closed = Event("closed", START_MS + 50 * DAY_MS, START_MS + 55 * DAY_MS, factor=0.0)
    gains = np.random.default_rng(0).normal(100, 5, times.size)
    gains[[closed.lasts_at(round(time - HOUR_MS / 2)) for time in times]] = 0.0
    series = Series(SeriesId("jobs_total"), times, np.cumsum(gains), "", MetricKind.COUNTER)
    limit = Limit("jobs", "count", "test", hard=float(series.values[-1]) + 30 * 24 * 100)
    found = runway_of(series, limit, resource={"annotations": Annotations((closed,))})
    assert found.row.breach is not None
    dates = (found.row.breach.early, found.row.breach.p50, found.row.breach.late)
    ahead = [(one - as_datetime(int(times[-1]))).total_seconds() / 86400 for one in dates if one is not None]
    assert ahead == pytest.approx([30, 30, 30], abs=1.5)
    assert found.evidence.accuracy is not None


@pytest.mark.parametrize("step_days", [30, 91], ids=["monthly", "quarterly"])
def test_samples_of_months_are_not_cut_off_as_too_old(step_days: int) -> None:
    """They lie more than four horizons back; dropped for that, there would never be enough of them."""
    row = runway_of(history(days=24 * step_days, per_day=0.0001, wave=0, noise=0.001, step_ms=step_days * DAY_MS)).row
    assert row.state is RunwayState.NONE_WITHIN_HORIZON


def test_the_pace_is_the_same_however_short_the_horizon() -> None:
    paces = [runway_of(history(noise=0.001), horizon_s=hours * 3600.0).row.why.split(";")[0] for hours in (1, 24, 2400)]
    assert all(re.fullmatch(r"rises 0\.(4|5)\d* points a day", pace) for pace in paces), paces


def test_steps_that_came_three_times_come_as_often_again() -> None:
    """Steps of 0.06 every 18 days, and 0.0005 a day: 0.19 more in some 50 days.

    If only one step in years is expected, the probability of no breach is 0.98.
    """
    series = history(per_day=0.0005, wave=0, noise=0.002)
    days = np.arange(len(series)) / 24
    stepped = series.values + 0.06 * sum((days >= day for day in (12, 30, 48)), np.zeros(days.size))
    row = runway_of(replace(series, values=stepped), replace(LIMIT, soft=None, hard=0.8)).row
    assert row.breach is not None
    assert row.breach.p50 is not None
    assert row.probability_none is not None
    assert 0.1 < row.probability_none < 0.4


@pytest.mark.parametrize(("top", "days"), [(0.92, 15), (0.96, 25), (0.92, 40)])
def test_growth_that_levels_off_below_its_limit_gets_no_date(top: float, days: float) -> None:
    """If the pace may only wander, all of them get a date within the horizon, graded A."""
    series = history(per_day=0, wave=0, noise=0.003, level=0.0)
    grown = top - (top - 0.4) * np.exp(-np.arange(len(series)) / 24 / days)
    row = runway_of(replace(series, values=series.values + grown), replace(LIMIT, soft=None, hard=1.0)).row
    assert row.breach is None or row.breach.p50 is None
    assert row.probability_none is not None
    assert row.probability_none > 0.5


@pytest.mark.parametrize("start", [0, 1e6])
def test_a_pace_that_grows_goes_on_growing(start: float) -> None:
    """A counter of ids passes its limit in 60 days.

    If the pace may not grow, the early date is day 60.9 for ids from 10^6, and 17.9 days off for ids from 0.
    """
    history_size, ahead = 60 * 24, 60 * 24
    days = np.arange(history_size + ahead) / 24
    total = start + np.cumsum(1000 * (1 + days / 150) * np.random.default_rng(0).normal(1, 0.1, days.size)) / 24
    times = START_MS + HOUR_MS * np.arange(history_size, dtype=np.int64)
    ids = Series(SeriesId("ids"), times, total[:history_size], "", MetricKind.COUNTER)
    row = runway_of(ids, Limit("ids", "", "test", hard=float(total[-1]))).row
    assert row.breach is not None
    assert row.breach.early is not None
    assert row.breach.p50 is not None
    passed = as_datetime(int(ids.times_ms[-1])) + timedelta(hours=ahead)
    assert passed - timedelta(days=7) < row.breach.early < passed
    assert abs(row.breach.p50 - passed) < timedelta(days=5)


def test_a_kept_soft_date_does_not_lie_after_a_hard_one_that_moved() -> None:
    series, near = history(), replace(LIMIT, soft=0.949)
    first = {one.limit_type: one for one in runway_of(series, near).predictions}
    soft = first[LimitType.SOFT]
    assert soft.early_ms
    assert soft.p50_ms
    assert soft.late_ms
    later = (soft.late_ms - soft.early_ms) // 5  # within what is kept
    dates = {"early_ms": soft.early_ms + later, "p50_ms": soft.p50_ms + later, "late_ms": soft.late_ms + later}
    last = {LimitType.SOFT: replace(soft, made_at_ms=soft.made_at_ms - DAY_MS, **dates)}
    found = runway_of(series, near, resource={"last": last})
    shown = {one.limit_type: one for one in found.predictions}
    assert shown[LimitType.HARD] == first[LimitType.HARD]
    assert shown[LimitType.SOFT].p50_ms == shown[LimitType.HARD].p50_ms
    assert found.row.soft
    assert found.row.soft.breach
    assert found.row.breach
    assert found.row.soft.breach.p50 == found.row.breach.p50


def test_business_hours_on_a_line_are_dated_by_the_line() -> None:
    """They were dated weeks early: the peak, which stays as far above the line, was taken to grow with it."""
    truth = history(days=150, level=0.4, per_day=0.001, wave=0, noise=0.005)
    hours = np.arange(len(truth))
    values = truth.values + 0.2 * (np.isin(hours % 24, range(9, 18)) & (hours // 24 % 7 < 5))
    limit, seen = replace(LIMIT, soft=None, hard=0.7), 60 * 24
    known = replace(truth, times_ms=truth.times_ms[:seen], values=values[:seen])
    passed = as_datetime(int(truth.times_ms[np.flatnonzero(values >= 0.7)[0]]))
    breach = runway_of(known, limit).row.breach
    assert breach is not None
    assert breach.p50 is not None
    assert abs(breach.p50 - passed) < timedelta(days=7)
