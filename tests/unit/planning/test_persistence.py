"""Dates from run to run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plimsoll.domain.limit import Direction, LimitType
from plimsoll.domain.prediction import Prediction
from plimsoll.planning.persistence import Dates, not_after, steady_dates

Parts = tuple[int | None, int | None, int | None]
NEW = Dates(1000, 1400, 1800, 0.1)


def before(early: int | None, p50: int | None, late: int | None, made_at: int = 10) -> Prediction:
    return Prediction(
        "s", "r", LimitType.HARD, 0.9, Direction.HIGH_IS_BAD, made_at, 5000, early, p50, late, probability_none=0.3
    )


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        pytest.param(None, False, id="first_run"),
        pytest.param(before(1100, 1300, 1900), True, id="within_a_quarter_of_the_span"),
        pytest.param(before(1200, 1400, 1800), True, id="a_quarter_exactly"),
        pytest.param(before(1201, 1400, 1800), False, id="early_moved_too_far"),
        pytest.param(before(1000, 1601, 1800), False, id="p50_moved_too_far"),
        pytest.param(before(1000, 1400, None), False, id="late_was_far_past_the_new_one"),
        pytest.param(before(None, None, None), False, id="there_was_no_date"),
        pytest.param(before(1000, 1400, 1800, made_at=500), False, id="made_at_the_same_time"),
        pytest.param(before(499, 1400, 1800), False, id="early_date_has_passed"),
    ],
)
def test_dates_are_kept_while_they_tell_the_same(last: Prediction | None, kept: bool) -> None:
    found = steady_dates(NEW, last, as_of_ms=500, horizon_end_ms=5000)
    assert (found.kept_from_ms is not None) is kept
    assert found.parts == ((last.early_ms, last.p50_ms, last.late_ms) if kept and last else NEW.parts)


def test_a_date_without_a_late_part_is_measured_against_the_horizon() -> None:
    new = Dates(1000, 1400, None, 0.3)
    assert steady_dates(new, before(1900, 2300, None), 500, 5000).kept_from_ms == 10
    assert steady_dates(new, before(2100, 2300, None), 500, 5000).kept_from_ms is None


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        pytest.param((1000, 1400, None), (1000, 1400, 4200), True, id="late_comes_within"),
        pytest.param((1000, 1400, 4000), (1000, 1400, None), True, id="late_goes_past"),
        pytest.param((1000, 1400, None), (1000, 1400, 4199), False, id="late_comes_too_far_within"),
        pytest.param((1000, 1400, 3999), (1000, 1400, None), False, id="late_goes_too_far_past"),
        pytest.param((1000, None, None), (1000, 4000, None), True, id="p50_comes_within"),
        pytest.param((1000, None, None), (1000, 3999, None), False, id="p50_comes_too_far_within"),
        pytest.param((4900, None, None), (None, None, None), False, id="early_goes_past"),
    ],
)
def test_a_date_past_the_horizon_is_compared_as_its_end(old: Parts, new: Parts, kept: bool) -> None:
    found = steady_dates(Dates(*new, 0.3), before(*old), as_of_ms=500, horizon_end_ms=5000)
    assert found.parts == (old if kept else new)


def test_dates_do_not_go_to_and_fro_as_late_goes_over_the_end_of_the_horizon() -> None:
    day_ms = 86_400_000
    last, shown = None, []
    for day, late in enumerate((None, 92, None, 93, 94, None)):
        as_of_ms, end_ms = day * day_ms, (90 + day) * day_ms
        new = Dates((75 + day % 2) * day_ms, 82 * day_ms, late and late * day_ms, 0.3)
        dates = steady_dates(new, last, as_of_ms, end_ms)
        last = replace(before(*dates.parts), made_at_ms=as_of_ms, horizon_end_ms=end_ms)
        shown.append(dates.parts)
    assert set(shown) == {(75 * day_ms, 82 * day_ms, None)}


def test_what_has_no_date_stays_without() -> None:
    assert steady_dates(Dates(None, None, None, 1.0), before(1000, 1400, 1800), 500, 5000).parts == (None, None, None)


def test_the_probability_of_none_is_kept_with_the_dates() -> None:
    """A p50 date beside a probability of none above one half, or the other way round, would contradict itself."""
    kept = steady_dates(Dates(1000, 4900, None, 0.45), before(1000, None, None), 500, 5000)
    moved = steady_dates(Dates(1000, 1400, None, 0.45), before(1000, None, None), 500, 5000)
    assert (kept.p50_ms, kept.probability_none) == (None, 0.3)
    assert (moved.p50_ms, moved.probability_none) == (1400, 0.45)


def test_a_date_that_another_horizon_hid_is_shown_as_soon_as_it_is_seen() -> None:
    """The last run looked as far as 5000: past it is not past 9000."""
    new = Dates(1000, 8000, None, 0.4)
    assert steady_dates(new, before(1000, None, None), 500, 9000) == new


def test_a_date_past_the_horizon_that_is_asked_for_now_is_not_shown() -> None:
    new = Dates(1000, 1400, None, 0.2)
    assert steady_dates(new, before(1000, 1400, 1900), 500, 1800) == new


@pytest.mark.parametrize(
    ("end_ms", "kept"),
    [
        pytest.param(5000, True, id="the_same"),
        pytest.param(5490, True, id="moved_with_time"),
        pytest.param(5980, True, id="grew_with_the_history"),
        pytest.param(9000, False, id="a_longer_one"),
        pytest.param(3900, False, id="a_shorter_one"),
    ],
)
def test_dates_of_another_horizon_are_not_kept(end_ms: int, kept: bool) -> None:
    """Late is shown as past the horizon, and none as likely within it: of another one both would be wrong."""
    old, new = before(1000, 1400, None), Dates(1000, 1400, 4400 if end_ms > 4400 else None, 0.05)
    assert (steady_dates(new, old, 500, end_ms).kept_from_ms is not None) is kept


def test_a_soft_limit_is_never_dated_after_the_hard_one() -> None:
    """One of them may be kept while the other moves."""
    soft, hard = Dates(1000, 1300, None, 0.2), Dates(900, 1400, 1800, 0.08)
    assert not_after(soft, hard) == Dates(900, 1300, 1800, 0.08)
    assert not_after(Dates(1000, 1300, 1500, 0.01), Dates(None, None, None, 0.97)) == Dates(1000, 1300, 1500, 0.01)
