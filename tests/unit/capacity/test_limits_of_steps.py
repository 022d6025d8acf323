"""From steps to peak, ceiling, load line, thresholds, verdicts and the next test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from plimsoll.adapters.knowledge import knowledge
from plimsoll.app.load_line.limits import LimitsAsk, limits
from plimsoll.app.load_line.load_rules import load_rules
from plimsoll.bootstrap import capacity_models
from plimsoll.capacity.fit import fit, normals_of
from plimsoll.capacity.load_line import Margin
from plimsoll.capacity.model import CapacityModel
from plimsoll.capacity.models.exponential import Exponential
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.models.mmc_latency import MmcLatency
from plimsoll.capacity.models.piecewise import Piecewise
from plimsoll.capacity.models.usl import UniversalScalabilityLaw
from plimsoll.capacity.thresholds import Rules
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.load_line import LoadTestLimits, PeakState
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.objective import objectives
from plimsoll.render.load_line import tables

TERMINAL = Steps(  # the load test of the web terminal platform
    load=np.array([10, 25, 50, 75, 100, 150, 200, 250, 300.0]),
    load_unit=LoadUnit.USERS,
    throughput=np.array([450, 850, 1200, 1400, 1550, 1600, 1550, 1300, 900.0]),
    latency_s={"p95": np.array([120, 140, 180, 220, 280, 380, 520, 720, 1200]) / 1000},
    error_ratio=np.array([0, 0, 0.1, 0.2, 0.5, 1.2, 3.5, 8.2, 15.8]) / 100,
    resources={
        "cpu": np.array([15, 25, 35, 50, 65, 75, 85, 95, 98]) / 100,
        "memory": np.array([30, 35, 45, 55, 65, 75, 85, 92, 95]) / 100,
    },
    resource_units={"cpu": "ratio", "memory": "ratio"},
    source="terminal",
)
MODELS = capacity_models()
MARK = {"any": ["cpu > 80%"]}
LATENCY_AND_ERRORS = replace(TERMINAL, throughput=None, resources={}, resource_units={})
CURVES = (Linear(), Exponential(), Piecewise())  # without the queues, which take longest to fit


def rules() -> Rules:
    return load_rules(knowledge("loadtest_rules/default.yaml"), "default")


def limits_of(
    steps: Steps,
    *slo: str,
    loads: tuple[float, ...] = (),
    probability: float = 0.95,
    models: Sequence[CapacityModel] = MODELS,
) -> LoadTestLimits:
    ask = LimitsAsk(objectives(slo), rules(), Margin(probability, 1), loads)
    return limits(steps, ask, models)


@pytest.fixture(scope="module")
def terminal() -> LoadTestLimits:
    """Return the limits of the terminal platform's test on its 95th percentile, with every model."""
    return limits_of(TERMINAL, "p95<250ms")


def law(load: np.ndarray, contention: float, coherency: float, rate: float, noise: float = 0.0) -> Steps:
    throughput = UniversalScalabilityLaw().predict(np.array([contention, coherency, rate]), load)
    factor = 1 + noise * np.random.default_rng(4).standard_normal(load.size)
    return Steps(load, LoadUnit.USERS, throughput * factor, source="made")


def test_thresholds_and_replicas_of_the_terminal_platform_are_those_of_its_guide() -> None:
    found = limits_of(TERMINAL, loads=(100, 1000), models=(Linear(),))
    marks = found.thresholds
    assert (marks.optimal, marks.warning, marks.critical, marks.maximum) == (50, 150, 150, 250)
    assert (marks.scale_out, marks.scale_in, marks.emergency) == (120, 30, 135)
    assert [(plan.needed, plan.with_buffer) for plan in found.instances] == [(2, 3), (20, 24)]


def test_the_safe_load_is_no_more_than_the_line_where_steps_outvote_the_curve() -> None:
    load = np.array([10.0, 20, 40, 60, 70, 80, 90])
    cpu = np.array([0.02, 0.19, 0.45, 0.81, 0.81, 0.94, 0.96])
    steps = Steps(load, LoadUnit.ARRIVALS_PER_S, load, resources={"cpu": cpu}, resource_units={"cpu": "ratio"})
    line = limits_of(steps, "cpu<80%", models=(Linear(),)).load_line
    assert line is not None
    assert line.load is not None
    assert line.safe_load <= line.load.value == 60


def test_a_latency_that_breaks_away_is_answered_without_a_warning_from_curves_too_steep_for_numbers() -> None:
    load = np.array([28.182, 58.0, 99.091, 118.364, 138.0, 165.818, 187.818, 198.182, 234.727])
    p95_s = np.array([0.01459, 0.01549, 0.02217, 0.01824, 0.03936, 0.06814, 0.21147, 2.44687, 5.85259])
    steps = Steps(load, LoadUnit.ARRIVALS_PER_S, load, latency_s={"p95": p95_s})
    line = limits_of(steps, "p95<250ms").load_line
    assert line is not None
    assert line.load is not None
    assert 187 <= line.load.value <= 199


def test_the_load_line_is_the_least_of_all_objectives() -> None:
    found = limits_of(TERMINAL, "p95<250ms", "errors<1%", "cpu<80%", "memory<75%")
    assert found.load_line is not None
    assert found.load_line.binding == "p95<250ms"
    assert found.load_line.load is not None
    assert 75 < found.load_line.load.value < 105
    assert found.load_line.load.value == min(limit.load.value for limit in found.objectives if limit.load)
    assert found.load_line.throughput is not None
    assert 1300 < found.load_line.throughput.value < 1700


@pytest.mark.parametrize(
    ("slo", "binding"),
    [("cpu<50%", "cpu<50%"), ("memory<45%", "memory<45%"), ("errors<0.3%", "errors<0.3%"), ("p95<150ms", "p95<150ms")],
)
def test_the_tightest_objective_binds_whatever_it_is_about(slo: str, binding: str) -> None:
    steps = replace(TERMINAL, throughput=None)
    found = limits_of(steps, "p95<2s", "errors<20%", "cpu<99.9%", "memory<99%", slo, models=CURVES)
    assert found.load_line is not None
    assert found.load_line.binding == binding


def test_a_higher_probability_never_gives_a_higher_safe_load() -> None:
    bare = replace(TERMINAL, throughput=None, error_ratio=None, resources={})
    lines = [limits_of(bare, "p95<250ms", probability=p, models=CURVES).load_line for p in (0.5, 0.8, 0.95, 0.99)]
    safe = [line.safe_load for line in lines if line is not None and line.safe_load is not None]
    assert len(safe) == 4
    assert safe == sorted(safe, reverse=True)
    assert lines[0] is not None
    assert lines[0].load is not None
    assert safe[0] == pytest.approx(lines[0].load.value, rel=0.05)


def test_loads_in_thousands_move_the_line_by_that_and_nothing_else() -> None:
    """The scalability law is not defined below one user; loads in thousands must not end the whole answer."""
    grown = np.array([0.010, 0.011, 0.013, 0.02, 0.04, 0.09, 0.2])
    load, rate = np.arange(1.0, 8), np.array([100.0, 190, 270, 320, 340, 345, 346])
    tests = [Steps(load / unit, LoadUnit.USERS, rate, {"p95": grown}) for unit in (1, 1000)]
    models = (Exponential(), UniversalScalabilityLaw())
    lines = [limits_of(steps, "p95<50ms", models=models).load_line for steps in tests]
    whole, thousandth = (line.load for line in lines if line is not None and line.load is not None)
    assert (1000 * thousandth.value, 1000 * (thousandth.low or 0)) == pytest.approx((whole.value, whole.low), rel=0.01)


def test_a_curve_that_is_found_on_its_bounds_alone_has_no_interval() -> None:
    rate = np.array([100.0, 190, 270, 320, 340, 345, 346])
    found = fit((UniversalScalabilityLaw(),), np.arange(1.0, 8) / 1000, rate, normals_of(1))
    assert found is not None
    assert not found.settled


def test_what_was_measured_outvotes_the_curve() -> None:
    found = limits_of(LATENCY_AND_ERRORS, "errors<1%", models=CURVES)
    (errors,) = [limit for limit in found.objectives if limit.objective == "errors<1%"]
    assert errors.load is not None
    assert errors.load.value <= 150


def test_without_a_curve_to_trust_no_load_past_a_step_that_broke_is_safe() -> None:
    load = np.array([12.0, 27, 35, 48, 57, 65, 75, 79, 90])
    p95 = np.array([0.033, 0.043, 0.047, 0.066, 0.111, 1.482, 0.099, 0.59, 4.13])
    found = limits_of(Steps(load, LoadUnit.ARRIVALS_PER_S, None, {"p95": p95}), "p95<250ms", models=CURVES)
    assert found.load_line is not None
    assert found.load_line.safe_load is not None
    assert 57 <= found.load_line.safe_load < 65
    assert "between 57, up to which every step held, and 79" in found.objectives[0].why


def test_an_objective_that_holds_everywhere_puts_the_line_past_what_was_tested() -> None:
    climbing = law(np.linspace(1, 60, 10), 0.01, 0.0, 50.0, 0.01)
    found = limits_of(
        replace(climbing, resources={"cpu": climbing.load / 200}, resource_units={"cpu": "ratio"}), "cpu<80%"
    )
    assert found.load_line is not None
    assert found.load_line.beyond_tested
    assert found.load_line.load is None
    assert found.load_line.safe_load == 60
    assert found.next_test is not None
    assert min(found.next_test.loads) > 60


def test_an_objective_broken_from_the_start_gives_no_line_and_asks_for_lower_loads() -> None:
    found = limits_of(LATENCY_AND_ERRORS, "p95<50ms", models=(Exponential(),))
    assert found.load_line is None
    assert "already broken" in found.load_line_reason
    assert found.next_test is not None
    assert max(found.next_test.loads) <= 10


def test_an_objective_that_nothing_measures_asks_for_the_same_loads_with_it_recorded() -> None:
    found = limits_of(TERMINAL, "connections<500", models=(Linear(),))
    assert found.next_test is not None
    assert found.next_test.loads[0] == TERMINAL.load[0]
    assert found.next_test.loads[-1] == TERMINAL.load[-1]
    assert "connections" in found.next_test.why
    in_another_unit = limits_of(TERMINAL, "cpu<60", models=(Linear(),))
    assert in_another_unit.load_line is None
    assert "write it like cpu<80%" in in_another_unit.load_line_reason
    assert in_another_unit.next_test is None or "lacks" not in in_another_unit.next_test.why


def test_where_throughput_never_rises_lower_loads_are_asked_for_and_over_arrivals_none() -> None:
    load = np.array([40.0, 60, 80, 100, 120, 160, 200])
    flat = Steps(load, LoadUnit.USERS, np.array([301.0, 299, 300, 302, 298, 300, 301]), source="flat")
    found = limits_of(flat)
    assert found.next_test is not None
    assert max(found.next_test.loads) == 40
    assert limits_of(replace(flat, load_unit=LoadUnit.ARRIVALS_PER_S)).next_test is None


def test_where_intervals_about_a_knee_cannot_hold_95_percent_that_is_said_with_the_loads_that_mend_it() -> None:
    seven, added = np.array([40.0, 90, 130, 170, 210, 260, 300]), np.array([60.0, 80, 100])
    scatter = dict(
        zip((*seven, *added), (0.01, -0.012, 0.006, -0.008, 0.01, -0.004, 0.003, 0.004, -0.006, 0.002), strict=True)
    )

    def tested(load: np.ndarray, slo: str = "cpu<80%", unit: float = 1.0) -> LoadTestLimits:
        line = Piecewise(120.0).predict(np.array([0.1, 0.0054, -0.0044]), load)
        cpu = line * (1 + np.array([scatter[one] for one in load]))
        steps = Steps(
            load * unit, LoadUnit.ARRIVALS_PER_S, load * unit, resources={"cpu": cpu}, resource_units={"cpu": "ratio"}
        )
        slow = {} if slo.startswith("cpu") else {"p95": np.exp(load / 250) / 10}
        return limits_of(replace(steps, latency_s=slow), slo, models=CURVES)

    few = tested(seven)
    assert few.next_test is not None
    assert min(seven) < min(few.next_test.loads) <= max(few.next_test.loads) < 130
    marked = [
        table
        for table in tables(few)
        if any(note.startswith("† cpu, piecewise: too few steps") for note in table.notes)
    ]
    assert [table.title for table in marked] == ["Models"]
    assert all(")†" in row[4] for row in marked[0].rows if row[:2] == ("cpu", "piecewise"))
    assert tested(seven, "p95<250ms").next_test is None  # the interval of the binding objective covers 95 %
    in_another_unit = tested(seven, unit=1e-4).next_test
    assert in_another_unit is not None
    assert in_another_unit.loads == pytest.approx([load / 1e4 for load in few.next_test.loads])
    enough = tested(np.sort(np.concatenate([seven, added])))
    assert enough.next_test is None
    assert not any(note.startswith("†") for table in tables(enough) for note in table.notes)


def test_where_a_queue_hangs_on_its_highest_step_loads_beside_that_step_mend_its_intervals() -> None:
    def tested(load: np.ndarray) -> LoadTestLimits:
        mean = MmcLatency(4).predict(np.array([0.05]), load) * (
            1 + 0.02 * np.random.default_rng(3).normal(size=load.size)
        )
        steps = Steps(load, LoadUnit.ARRIVALS_PER_S, load, latency_s={"mean": mean}, source="queue")
        return limits_of(steps, "mean<80ms", models=(MmcLatency(),))

    seven = np.linspace(72 / 7, 72, 7)
    few = tested(seven)
    assert few.next_test is not None
    assert seven[-2] < min(few.next_test.loads) <= max(few.next_test.loads) < seven[-1]
    assert "how noise grows" in few.next_test.why
    assert tested(np.sort(np.concatenate([seven, few.next_test.loads]))).next_test is None


def test_an_objective_that_nothing_measures_gives_no_line_but_the_others_stay() -> None:
    found = limits_of(LATENCY_AND_ERRORS, "p95<250ms", "connections<500", models=(Exponential(),))
    assert found.load_line is None
    assert "connections" in found.load_line_reason
    assert [limit.state for limit in found.objectives if limit.objective.startswith("p95")] == ["identified"]


def test_without_objective_and_peak_there_is_no_line() -> None:
    found = limits_of(law(np.linspace(1, 40, 10), 0.05, 0.0, 20.0, 0.02))
    assert found.load_line is None
    assert "--slo" in found.load_line_reason


def one_full_server(load: np.ndarray, noise: float = 0.0) -> Steps:
    """Serve users who think for 1 s at one server of 10 ms: exact mean value analysis of a closed system."""
    waiting, throughput = 0.0, []
    for users in range(1, int(load[-1]) + 1):
        throughput.append(users / (0.01 * (1 + waiting) + 1.0))
        waiting = throughput[-1] * 0.01 * (1 + waiting)
    factor = 1 + noise * np.random.default_rng(4).standard_normal(load.size)
    return Steps(load, LoadUnit.USERS, np.array([throughput[int(one) - 1] for one in load]) * factor, source="closed")


FULL = np.array([10.0, 30, 60, 90, 110, 130, 150, 170, 185, 200])
VERDICTS = {
    "full_and_flat": (one_full_server(FULL), PeakState.NOT_IDENTIFIED),
    "full_and_flat_with_noise": (one_full_server(FULL, 0.01), PeakState.NOT_IDENTIFIED),
    "full_and_flat_with_more_noise": (one_full_server(FULL, 0.03), PeakState.NOT_IDENTIFIED),
    "identified": (law(np.linspace(1, 216, 12), 0.028, 1e-4, 90, 0.02), PeakState.IDENTIFIED),
    "no_coherency": (law(np.linspace(1, 64, 12), 0.058, 0.0, 22, 0.02), PeakState.NOT_IDENTIFIED),
    "noise_hides_it": (law(np.linspace(1, 80, 7), 0.028, 1e-5, 90, 0.05), PeakState.NOT_IDENTIFIED),
    "clearly_past_the_test": (law(np.linspace(1, 60, 30), 0.02, 1e-4, 90, 0.002), PeakState.BEYOND_TESTED),
    "linear_to_the_last_digit": (law(np.array([5.0, 10, 20, 40, 80, 120]), 0, 0, 3.3), PeakState.NOT_IDENTIFIED),
    "perhaps_below_the_test": (law(np.linspace(5, 60, 7), 0.02, 0.03, 90, 0.03), PeakState.NOT_IDENTIFIED),
}


@pytest.mark.parametrize(("steps", "state"), VERDICTS.values(), ids=VERDICTS.keys())
def test_a_peak_is_a_number_only_where_it_was_seen(steps: Steps, state: PeakState) -> None:
    peak = limits_of(steps).peak
    assert peak.state is state
    assert (peak.load is not None) is (state is PeakState.IDENTIFIED)
    assert peak.why


def test_a_full_server_is_called_neither_a_peak_nor_without_a_ceiling_and_no_higher_load_is_asked_for() -> None:
    found = limits_of(one_full_server(FULL))
    assert "piecewise predicts held-out steps better" in found.peak.why
    assert found.ceiling.throughput is None
    assert found.ceiling.why == found.peak.why
    assert found.next_test is not None  # the base depends on few steps
    assert max(found.next_test.loads) < FULL[-1]


def test_an_idle_step_says_nothing_of_throughput_and_changes_nothing_of_its_peak() -> None:
    users, served = np.array([10, 20, 30, 40, 50, 60.0]), np.array([79, 114, 122, 120, 113, 105.0])
    law = (UniversalScalabilityLaw(),)
    busy = limits_of(Steps(users, LoadUnit.USERS, served, {}, None), models=law)
    idle = limits_of(Steps(np.array([0, *users]), LoadUnit.USERS, np.array([0, *served]), {}, None), models=law)
    assert idle.peak == busy.peak
    assert idle.peak.state is PeakState.IDENTIFIED
    assert (idle.models, idle.load_line) == (busy.models, busy.load_line)


def test_every_model_that_lost_has_an_excuse_and_one_is_chosen(terminal: LoadTestLimits) -> None:
    models = [model for model in terminal.models if model.of == "p95"]
    assert sum(model.chosen for model in models) == 1
    assert {model.name for model in models} == {model.name for model in MODELS}
    assert all(model.chosen or model.excuse for model in models)


def test_a_gross_outlier_is_set_aside_and_said() -> None:
    steps = law(np.linspace(1, 216, 12), 0.028, 1e-4, 90, 0.02)
    assert steps.throughput is not None
    spoiled = steps.throughput.copy()
    spoiled[5] *= 4
    found = limits_of(replace(steps, throughput=spoiled))
    (fitted,) = [model for model in found.models if model.name == "usl" and model.of == "throughput"]
    low, high = fitted.parameters["contention"].low, fitted.parameters["contention"].high
    assert low is not None
    assert high is not None
    assert low < 0.028 < high
    assert any("set aside" in note for note in found.tested.notes)


@pytest.mark.parametrize(("column", "slo"), [("p95", "p95<250ms"), ("latency", "p95<250ms"), ("latency", "")])
def test_a_step_that_was_set_aside_makes_no_mark_but_its_twin_does(column: str, slo: str) -> None:
    load = np.array([10, 20, 30, 40, 40, 50, 60, 70, 80, 90, 100.0])
    latency = 0.04 + load / 500
    latency[3] = 0.9  # the mistake; the fifth step is at the same load
    steps = Steps(load, LoadUnit.ARRIVALS_PER_S, latency_s={column: latency}, source="slip")
    found = limits_of(steps, *filter(None, [slo]), models=(Linear(),))
    assert any("set aside" in note for note in found.tested.notes)
    assert found.thresholds.warning is None
    assert any("no mark is read off" in note and "at load 40" in note for note in found.tested.notes)


def test_clean_steps_are_not_set_aside(terminal: LoadTestLimits) -> None:
    assert not any("set aside" in note for note in terminal.tested.notes)


SUDDEN = Steps(  # errors set in at the last step but one, as they do where a queue is full
    load=np.array([1, 18, 36, 72, 108, 144, 216.0]),
    load_unit=LoadUnit.USERS,
    throughput=np.array([89.9, 1072, 1519, 1726, 1741, 1670, 1494]),
    error_ratio=np.array([0, 0, 0, 0, 0, 0.002, 0.02]),
    source="sudden",
)


def test_errors_that_set_in_at_the_highest_load_are_never_set_aside() -> None:
    found = limits_of(SUDDEN, "errors<1%")
    (limit,) = [one for one in found.objectives if one.objective == "errors<1%"]
    assert limit.state == "identified"
    assert not any("set aside" in note for note in found.tested.notes)


def test_the_highest_load_is_never_set_aside_for_nothing_beyond_says_that_it_is_a_slip() -> None:
    steps = law(np.linspace(1, 216, 12), 0.028, 1e-4, 90, 0.02)
    assert steps.throughput is not None
    spoiled = steps.throughput.copy()
    spoiled[-1] /= 4
    assert not any("set aside" in note for note in limits_of(replace(steps, throughput=spoiled)).tested.notes)


def test_where_no_curve_foretells_steps_the_interval_spans_what_held_and_what_broke() -> None:
    (limit,) = [one for one in limits_of(SUDDEN, "errors<1%").objectives if one.objective == "errors<1%"]
    assert limit.load is not None
    assert limit.load.low == pytest.approx(144, abs=2)
    assert limit.load.high == pytest.approx(216, abs=2)
    assert "off on held-out steps" in limit.why


def test_where_the_highest_step_holds_again_the_line_is_still_between_what_held_and_the_first_that_broke() -> None:
    """Errors of a single step can pull the curve over its bound at half the load up to which there were none."""
    errors = np.array([0, 0, 0, 0, 0, 0, 0, 0.187, 0])
    load = np.array([27.1, 61, 82, 110, 137, 148, 155, 185, 208])
    answer = limits_of(Steps(load, LoadUnit.ARRIVALS_PER_S, None, error_ratio=errors), "errors<1%", models=CURVES)
    assert answer.load_line is not None
    assert answer.load_line.load is not None
    assert (answer.load_line.load.value, answer.load_line.load.high) == (155, pytest.approx(185, rel=0.01))
    assert answer.load_line.safe_load == 155


def test_a_crossing_that_hangs_on_one_step_is_known_no_better_than_between_two() -> None:
    load = np.array([26.2, 52.2, 88.2, 115.1, 130.0, 147.1, 169.6, 195.8, 216.9])
    latency = np.array([0.016, 0.021, 0.022, 0.065, 0.077, 0.054, 0.093, 3.504, 7.766])  # two steps past the bend
    steps = Steps(load, LoadUnit.ARRIVALS_PER_S, load, latency_s={"p95": latency}, source="overload")
    found = limits_of(steps, "p95<250ms", models=CURVES)
    (limit,) = found.objectives
    (trial,) = [model for model in found.models if model.name == "piecewise" and model.of == "p95"]
    assert limit.load is not None
    assert limit.load.low == pytest.approx(169.6, abs=1.5)
    assert limit.load.high == pytest.approx(195.8, abs=1.5)
    assert "depends on the step at" in limit.why
    assert trial.error is not None
    assert trial.error > 0.2, "each step past the bend is predicted by fits without it"


def test_a_crossing_that_many_steps_bear_keeps_the_interval_of_its_curve() -> None:
    load = np.linspace(10, 300, 24)
    latency = np.maximum(0.05, 0.05 + 0.004 * (load - 150)) * (1 + 0.02 * np.random.default_rng(3).normal(size=24))
    steps = Steps(load, LoadUnit.ARRIVALS_PER_S, load, latency_s={"p95": latency})
    (limit,) = limits_of(steps, "p95<250ms", models=CURVES).objectives
    assert limit.load is not None
    assert limit.load.low is not None
    assert limit.load.high is not None
    assert limit.why == ""
    assert limit.load.low <= 200 <= limit.load.high
    assert limit.load.high - limit.load.low < 10


P95 = TERMINAL.latency_s["p95"]
ONE = Steps(np.array([10.0]), LoadUnit.USERS, np.array([450.0]), source="one")
MIXED = replace(TERMINAL, latency_s={"p95": np.where(np.arange(9) < 4, P95, P95 * 1000)})
BAD = {
    "one_step": (ONE, NothingToAnswer, "one step only .* test next"),
    "constant_load": (replace(TERMINAL, load=np.full(9, 50.0)), NothingToAnswer, "constant load: 9 steps.* test next"),
    "constant_rate_but_for_its_scatter": (
        replace(TERMINAL, load=100 + np.arange(9) / 100, load_unit=LoadUnit.ARRIVALS_PER_S),
        NothingToAnswer,
        "constant load: 9 steps, all at 100.04 arrivals/s.* test next 25, 54, 83",
    ),
    "all_errors": (
        replace(TERMINAL, error_ratio=np.ones(9)),
        NothingToAnswer,
        "every request failed.* test next 1, 4, 7, 10 users",
    ),
    "no_throughput": (replace(TERMINAL, throughput=np.zeros(9)), NothingToAnswer, "throughput is zero.* test next"),
    "latency_zero": (replace(TERMINAL, latency_s={"p95": np.zeros(9)}), InputError, "p95 is 0 at load 10"),
    "units_mixed_in_a_column": (MIXED, InputError, "units mixed up"),
    "latency_in_another_unit": (replace(TERMINAL, latency_s={"mean": P95 * 1000}), InputError, "Little's law"),
    "load_missing": (replace(TERMINAL, load=np.append(TERMINAL.load[:-1], np.nan)), InputError, "no load"),
}


@pytest.mark.parametrize(("steps", "error", "words"), BAD.values(), ids=BAD.keys())
def test_steps_that_cannot_be_true_or_teach_nothing_get_a_clear_word(
    steps: Steps, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        limits_of(steps, "p95<250ms")


def test_failures_that_no_objective_bounds_are_said() -> None:
    said = "of all requests fail, and no objective bounds errors"
    failing = replace(TERMINAL, throughput=None, resources={})
    notes = limits_of(failing, "p95<250ms", models=(Linear(),)).tested.notes
    assert any(said in note and "0.158" in note for note in notes)
    for bound in (("p95<250ms", "errors<2%"), ()):
        assert not any(said in note for note in limits_of(failing, *bound, models=(Linear(),)).tested.notes)


def test_an_objective_on_throughput_is_said_to_be_none() -> None:
    found = limits_of(LATENCY_AND_ERRORS, "throughput>500", models=(Linear(),))
    assert "the load line itself is stated in throughput" in found.load_line_reason
    assert found.next_test is None or "throughput" not in found.next_test.why


def test_what_two_steps_lack_is_said_of_models_that_could_describe_them() -> None:
    few = Steps(np.array([10, 20.0]), LoadUnit.USERS, latency_s={"p95": np.array([0.05, 0.06])}, source="few")
    reason = limits_of(few, "p95<55ms").load_line_reason
    assert reason == (
        "p95<55ms: no model could be judged: exponential: needs 3 different loads, has 2; "
        "ggc_latency: it needs loads that are arrivals a second; these are users who wait for their answer"
    )


def test_two_steps_give_thresholds_and_a_test_to_do() -> None:
    few = Steps(np.array([10, 50.0]), LoadUnit.USERS, np.array([100, 400.0]), source="few")
    found = limits_of(few)
    assert found.peak.state is PeakState.NOT_IDENTIFIED
    assert found.thresholds.optimal == 50
    assert found.next_test is not None
    assert len(found.next_test.loads) >= 6


def test_the_same_steps_give_the_same_answer(terminal: LoadTestLimits) -> None:
    assert limits_of(TERMINAL, "p95<250ms") == terminal


def test_no_chart_draws_what_cannot_be() -> None:
    errors = np.array([0, 0.14, 0.3, 0.43, 0.6, 0.74, 0.88])
    steps = Steps(np.linspace(10, 70, 7), LoadUnit.USERS, error_ratio=errors, source="steady")
    (chart,) = limits_of(steps, "errors<1%", models=(Linear(),)).charts
    assert (np.min(chart.curve_low), np.max(chart.curve_high)) == (0, 1)


def test_a_curve_that_runs_off_is_drawn_no_farther_than_a_page_reaches() -> None:
    load = np.linspace(10, 70, 7)
    p95 = 1e-9 * np.exp(0.35 * load) * np.array([1, 1.01, 0.99, 1.01, 1, 0.99, 1])
    steps = Steps(load, LoadUnit.ARRIVALS_PER_S, latency_s={"p95": p95}, source="steep")
    (chart,) = limits_of(steps, "p95<250ms", models=(Exponential(),)).charts
    assert np.max(chart.curve_high) == 100 * np.max(p95)


REFUSED = Steps(  # from 70 users on, what is served waits for the whole queue, and the rest is refused
    np.linspace(10, 120, 12),
    LoadUnit.USERS,
    latency_s={"p95": np.array([0.041, 0.042, 0.043, 0.045, 0.047, 0.052, 1.02, 1.01, 1.03, 1.02, 1.03, 1.02])},
    source="refused",
)


def test_where_no_model_describes_a_quantity_that_is_said_and_its_chart_joins_the_steps() -> None:
    found = limits_of(REFUSED, "p95<200ms", models=CURVES)
    (chart,), (limit,) = found.charts, found.objectives
    assert not chart.described
    drawn = np.interp(chart.load, chart.curve_load, chart.curve)
    assert drawn.tolist() == list(chart.measured)
    assert max(chart.curve_load) == 120
    assert np.all(np.isnan(chart.curve_low))
    assert np.all(np.isnan(chart.curve_high))
    assert any(note.startswith("p95: no model describes it: the best, linear, is 5") for note in found.tested.notes)
    assert limit.model == ""
    assert found.load_line is not None
    assert "linear" not in found.load_line.why


BENT = {
    "a_knee": (Piecewise(), lambda x: 0.1 + 0.002 * x + 0.01 * np.maximum(x - 150, 0)),
    "errors_that_set_in_late": (Exponential(), lambda x: 1e-5 * np.exp(0.04 * x)),
}


@pytest.mark.parametrize(("model", "curve"), BENT.values(), ids=BENT.keys())
def test_straight_lines_between_the_points_of_a_chart_do_not_leave_the_curve(
    model: CapacityModel, curve: Callable[[np.ndarray], np.ndarray]
) -> None:
    load = np.array([10, 25, 50, 75, 100, 150, 200, 250.0])
    (drawn,) = limits_of(Steps(load, LoadUnit.USERS, latency_s={"p95": curve(load)}), models=(model,)).charts
    tested = np.linspace(10, 250, 4001)
    off = np.abs(np.interp(tested, drawn.curve_load, drawn.curve) - curve(tested))
    assert np.max(off) < 0.0015 * np.ptp(curve(tested))
    assert len(drawn.curve_load) < 150
    assert drawn.knee is None or drawn.knee in drawn.curve_load


def test_charts_label_what_lies_past_the_test(terminal: LoadTestLimits) -> None:
    (chart,) = [chart for chart in terminal.charts if chart.of == "p95"]
    assert chart.tested == (10, 300)
    assert chart.objective == 0.25
    assert [load > 300 for load in chart.curve_load] == list(chart.curve_extrapolated)
    inside = [i for i, load in enumerate(chart.curve_load) if load <= 300]
    assert all(
        chart.curve_low[i] <= chart.curve[i] * 1.1 and chart.curve_high[i] >= chart.curve[i] * 0.9 for i in inside
    )


def test_replicas_that_cannot_be_counted_are_said_not_to_be() -> None:
    mild = load_rules({"warning": {"any": ["latency > 9s"]}, "instances": {"per": "warning"}}, "mild")
    found = limits(LATENCY_AND_ERRORS, LimitsAsk((), mild, loads=(1000,)), (Linear(),))
    assert found.instances == ()
    assert any("no step makes the mark warning" in note for note in found.tested.notes)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "mapping"),
        ({"optimum": {}}, "unknown key"),
        ({"warning": {"any": []}}, "warning"),
        ({"warning": {"any": ["latency ! 3"]}}, "my.yaml: warning: 'latency ! 3' is not an objective"),
        ({"warning": {"any": ["p95 < 200ms"]}}, "warning: 'p95 < 200ms' holds from the lowest load on"),
        ({"scale_out": {"of": "best", "times": 0.8}}, "scale_out"),
        ({"warning": MARK, "scale_out": {"of": "warning", "times": "much"}}, "not a number"),
        (
            {"scale_out": {"of": "warning", "times": 0.8}},
            "scale_out: is a share of warning, for which there is no rule",
        ),
        ({"instances": {"per": "luck"}}, "instances"),
        ({"instances": {"buffer_at_least": 1.5}}, "buffer_at_least: 1.5 is no number of replicas"),
    ],
    ids=[
        "no_mapping",
        "unknown_key",
        "empty_any",
        "bad_bound",
        "bound_of_an_objective",
        "unknown_mark",
        "no_number",
        "share_of_no_rule",
        "unknown_per",
        "half_a_replica",
    ],
)
def test_a_fault_in_a_rules_file_is_named(content: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_rules(content, "my.yaml")


def test_a_model_whose_parameters_the_steps_do_not_settle_is_not_chosen() -> None:
    load = np.array([20.99, 43.38, 63.57, 86.1, 101.66, 111.67, 125.04, 140.2, 167.65])
    p95_s = np.array([0.0321, 0.0235, 0.1495, 0.0344, 0.0319, 0.0248, 0.0858, 0.306, 2.4276])
    steps = Steps(load, LoadUnit.ARRIVALS_PER_S, latency_s={"p95": p95_s})
    found = limits_of(steps, "p95<250ms")
    assert found.load_line is not None
    assert all(model.parameters for model in found.models if model.chosen)


@pytest.mark.parametrize(
    ("seconds", "said"), [(6, "6%"), (60, None)], ids=["six_seconds", "a_minute"]
)  # 2 / sqrt(200 x 6) and 2 / sqrt(200 x 60)
def test_that_short_steps_of_arrivals_widen_the_line_is_said(seconds: float, said: str | None) -> None:
    load = np.linspace(25, 200, 8)
    steps = Steps(
        load,
        LoadUnit.ARRIVALS_PER_S,
        latency_s={"p95": 0.05 * np.exp(0.01 * load) * (1 + 0.01 * (-1.0) ** np.arange(8))},
        duration_s=np.full(8, seconds),
    )
    notes = [note for note in limits_of(steps, "p95<250ms", models=CURVES).tested.notes if "steps this short" in note]
    assert [note.split(" only")[0].rpartition(" ")[2] for note in notes] == ([said] if said else [])
