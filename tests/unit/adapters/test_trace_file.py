"""Reading a recorded demand: what is accepted, and what is refused with its place."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.adapters.trace_file import read_trace
from plimsoll.domain.errors import InputError


def written(tmp_path, text):
    path = tmp_path / "trace.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "first_s", "step_s"),
    [
        pytest.param("timestamp,value\n0,1\n60,2\n", 0.0, 60.0, id="epoch_seconds"),
        pytest.param("timestamp,value\n0.5,1\n10.5,2\n", 0.5, 10.0, id="epoch_with_fraction"),
        pytest.param("timestamp,value\n1970-01-02T00:00:00Z,1\n1970-01-02T00:05:00Z,2\n", 86400.0, 300.0, id="zulu"),
        pytest.param(
            "timestamp,value\n1970-01-02 00:00:00,1\n1970-01-02 01:00:00,2\n", 86400.0, 3600.0, id="naive_is_utc"
        ),
        pytest.param(
            "timestamp,value\n1970-01-02T02:00:00+02:00,1\n1970-01-02T02:01:00+02:00,2\n", 86400.0, 60.0, id="offset"
        ),
        pytest.param("value,timestamp,host\n1,0,a\n2,60,a\n", 0.0, 60.0, id="columns_by_name"),
    ],
)
def test_time_stamps_are_taken_as_written(tmp_path, text, first_s, step_s):
    trace = read_trace(written(tmp_path, text))
    assert (trace.times_s[0], trace.step_s, trace.load.tolist()) == (first_s, step_s, [1.0, 2.0])
    assert trace.findings == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param("time,value\n0,1\n60,2\n", "of another file name a --signal", id="no_timestamp_column"),
        pytest.param("timestamp,value\n0,1\n", "has 1 rows", id="one_row"),
        pytest.param("timestamp,value\n0,1\n0,2\n", "not later than the first", id="no_step"),
        pytest.param("timestamp,value\n60,1\n0,2\n", "not later than the first", id="backwards"),
        pytest.param("timestamp,value\n0,1\n60,two\n", ":3:2: value: 'two' is no number", id="no_number"),
        pytest.param("timestamp,value\n0,1\nsoon,2\n", ":3:1: timestamp: 'soon' is no time", id="no_time"),
        pytest.param("timestamp,value\n0,1\n60,-2\n", "not below 0", id="negative"),
        pytest.param("timestamp,value\n0,1\n60,nan\n", "must be finite", id="not_a_number"),
        pytest.param("timestamp,value\n0,1\n60\n", ":3: has 1 cells where 2 were expected", id="short_row"),
        pytest.param("timestamp,value\n0,0\n60,0\n", "every value is 0", id="no_demand"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(tmp_path, text, message):
    with pytest.raises(InputError, match=None) as refused:
        read_trace(written(tmp_path, text))
    assert message in str(refused.value)


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path):
    with pytest.raises(InputError, match=r"cannot be read: no such file or directory$"):
        read_trace(tmp_path / "none.csv")


def test_rows_without_a_value_are_steps_without_demand_and_a_finding(tmp_path):
    trace = read_trace(written(tmp_path, "timestamp,value\n0,1\n60,\n120,3\n"))
    assert np.array_equal(trace.load, [1.0, 0.0, 3.0])
    assert [finding.rule for finding in trace.findings] == ["trace-blank"]


def test_a_row_outside_the_calendar_is_left_out_with_its_cells_and_a_finding(tmp_path, caplog):
    text = "timestamp,value,sessions\n99999-01-01,7,x\n0,1,10\n60,2,20\n1e20,7,y\n120,3,30\n"
    trace = read_trace(written(tmp_path, text))
    assert (trace.load.tolist(), trace.times_s.tolist()) == ([1.0, 2.0, 3.0], [0.0, 60.0, 120.0])
    ((name, values),) = trace.columns
    assert (name, values.tolist()) == ("sessions", [10.0, 20.0, 30.0])
    (finding,) = trace.findings
    assert (finding.rule, str(finding.places[0])) == ("trace-outside", f"{tmp_path}/trace.csv:2:1: timestamp")
    assert "'99999-01-01': 2 rows with a time outside the years 1 to 9999 left out" in caplog.text


def test_the_step_is_that_of_most_rows_and_not_of_the_first_two(tmp_path):
    trace = read_trace(written(tmp_path, "timestamp,value\n0,1\n3600,2\n3660,3\n3720,4\n7200,5\n"))
    assert trace.step_s == 60.0


def test_uneven_rows_are_one_step_each_and_a_finding(tmp_path):
    trace = read_trace(written(tmp_path, "timestamp,value\n0,1\n60,2\n200,3\n"))
    assert trace.load.size == 3
    (finding,) = trace.findings
    assert finding.rule == "trace-uneven"
    assert finding.taken.endswith("the clock of schedules is 80s off at the end")
    assert str(finding.places[0]).endswith("trace.csv:4:1: timestamp")


@pytest.mark.parametrize(("late_s", "rules"), [(6, []), (7, ["trace-uneven"])], ids=["a_tenth_of_a_step", "more"])
def test_a_row_may_be_a_tenth_of_a_step_late(tmp_path, late_s, rules):
    rows = "".join(f"{time_s},1\n" for time_s in (0, 60, 120, 180 + late_s))
    assert [one.rule for one in read_trace(written(tmp_path, "timestamp,value\n" + rows)).findings] == rules


def test_rows_of_a_clock_that_jitters_are_the_steps_that_it_means(tmp_path):
    """With the median distance of 300.002 s as the step, a policy that decides every 15 s drifts and flaps."""
    late = np.random.default_rng(1).uniform(0, 2, 400)
    rows = "".join(f"{300 * i + late[i]:.3f},{i + 1}\n" for i in range(400))
    trace = read_trace(written(tmp_path, "timestamp,value\n" + rows))
    assert (trace.step_s, trace.findings) == (300.0, ())


def test_further_columns_of_numbers_are_series_of_their_own(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("timestamp,value,sessions,zone\n0,5,10,eu\n60,6,,us\n120,7,30,eu\n")
    ((name, values),) = read_trace(file).columns
    assert (name, str(values.tolist())) == ("sessions", "[10.0, nan, 30.0]")
