"""Laws of every capacity model, including those of other packages."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.bootstrap import capacity_models
from plimsoll.capacity.choice import Choice, Trial, choose
from plimsoll.capacity.crossings import crossing
from plimsoll.capacity.fit import Fit, fit, normals_of, point_fit
from plimsoll.capacity.least_squares import slopes_at, to_search
from plimsoll.capacity.model import CapacityModel, Kind, Parameter, Quantity, Values
from plimsoll.capacity.noise import NOISE_SHAPES
from plimsoll.domain.load_test import LoadUnit
from plimsoll.domain.objective import objective

MODELS = capacity_models()
NORMALS = normals_of(3, 2048)  # laws hold for any number of draws
LOAD = np.array([4, 9, 16, 25, 36, 50, 64, 80.0])
QUANTITIES = (
    Quantity("throughput", Kind.THROUGHPUT, unit="1/s"),
    Quantity("p95", Kind.LATENCY, LoadUnit.ARRIVALS_PER_S, 0.95, "seconds"),
    Quantity("cpu", Kind.RESOURCE, unit="ratio"),
    Quantity("errors", Kind.ERRORS, unit="ratio"),
)
SHAPES = {
    Kind.THROUGHPUT: lambda x: 40 * x / (1 + 0.03 * (x - 1) + 2e-4 * x * (x - 1)),
    Kind.LATENCY: lambda x: 0.02 / (1 - 0.01 * x),
    Kind.RESOURCE: lambda x: 0.1 + 0.008 * x,
    Kind.ERRORS: lambda x: 0.0005 * np.exp(0.05 * x),
}
PAIRS = [
    pytest.param(model, quantity, id=f"{model.name}-{quantity.name}")
    for model in MODELS
    for quantity in QUANTITIES
    if not isinstance(model.variants(quantity, LOAD, SHAPES[quantity.kind](LOAD)), str)
]
BOUNDED = [pair for pair in PAIRS if pair.values[1].kind is not Kind.THROUGHPUT]  # no upper bound is set on throughput


def measured_of(quantity: Quantity, seed: int = 0, noise: float = 0.03) -> Values:
    true = SHAPES[quantity.kind](LOAD)
    return true * (1 + noise * np.random.default_rng(seed).standard_normal(LOAD.size))


def fitted(model: CapacityModel, quantity: Quantity, load: Values, measured: Values) -> Fit:
    variants = model.variants(quantity, load, measured)
    assert not isinstance(variants, str)
    found = fit(variants, load, measured, NORMALS)
    assert found is not None
    return found


def test_every_model_describes_something_and_says_what_it_does_not() -> None:
    for model in MODELS:
        offered = [model.variants(quantity, LOAD, SHAPES[quantity.kind](LOAD)) for quantity in QUANTITIES]
        assert any(not isinstance(one, str) for one in offered), model.name
        assert all(one for one in offered)


@pytest.mark.parametrize(("model", "quantity"), PAIRS)
def test_intervals_hold_their_point_and_stay_within_bounds(model: CapacityModel, quantity: Quantity) -> None:
    found = fitted(model, quantity, LOAD, measured_of(quantity))
    bounds = {parameter.name: parameter for parameter in model.parameters}
    for name, estimate in found.parameters().items():
        assert estimate.low is None or estimate.low <= estimate.value
        assert estimate.high is None or estimate.high >= estimate.value
        if name in bounds and bounds[name].low is not None:
            assert estimate.low is not None
            assert estimate.low >= bounds[name].low


@pytest.mark.parametrize(("model", "quantity"), PAIRS)
def test_a_curve_without_noise_is_found_again(model: CapacityModel, quantity: Quantity) -> None:
    true = fitted(model, quantity, LOAD, measured_of(quantity)).point.predict(LOAD)
    again = fitted(model, quantity, LOAD, true)
    assert again.point.predict(LOAD) == pytest.approx(true, rel=1e-5)


@pytest.mark.parametrize(("model", "quantity"), PAIRS)
def test_changing_the_unit_of_what_is_measured_changes_nothing_else(model: CapacityModel, quantity: Quantity) -> None:
    measured = measured_of(quantity)
    one = fitted(model, quantity, LOAD, measured).point.predict(LOAD)
    if quantity.kind is Kind.LATENCY:  # seconds become minutes, so that arrivals a second become arrivals a minute
        other = fitted(model, quantity, LOAD * 60, measured / 60).point.predict(LOAD * 60) * 60
    else:
        other = fitted(model, quantity, LOAD, measured * 1000).point.predict(LOAD) / 1000
    assert other == pytest.approx(one, rel=1e-4)


@pytest.mark.parametrize(("model", "quantity"), PAIRS)
def test_the_order_of_steps_does_not_matter(model: CapacityModel, quantity: Quantity) -> None:
    measured = measured_of(quantity)
    order = np.random.default_rng(1).permutation(LOAD.size)
    one = fitted(model, quantity, LOAD, measured).point.predict(LOAD)
    other = fitted(model, quantity, LOAD[order], measured[order]).point.predict(LOAD)
    assert other == pytest.approx(one, rel=1e-6)


@pytest.mark.parametrize(("model", "quantity"), PAIRS)
def test_the_band_never_crosses_itself(model: CapacityModel, quantity: Quantity) -> None:
    low, high = fitted(model, quantity, LOAD, measured_of(quantity)).band(LOAD)
    assert np.all(low <= high)


@pytest.mark.parametrize(("model", "quantity"), PAIRS)
def test_a_step_without_load_breaks_no_model(model: CapacityModel, quantity: Quantity) -> None:
    load = np.array([0, *LOAD])
    variants = model.variants(quantity, load, SHAPES[quantity.kind](load))
    found = point_fit(variants, load, SHAPES[quantity.kind](load))
    assert found is not None
    assert np.all(np.isfinite(found.predict(load)))
    assert np.all(np.isfinite(slopes_at(found.model, to_search(found.model, found.optimum.parameters), load)))


@pytest.mark.parametrize(("model", "quantity"), BOUNDED)
def test_a_stricter_objective_never_allows_more_load(model: CapacityModel, quantity: Quantity) -> None:
    measured = measured_of(quantity)
    trial = Trial(model, fitted(model, quantity, LOAD, measured), 0.0, "", np.zeros((len(NOISE_SHAPES), LOAD.size)))
    choice = Choice(quantity, LOAD, measured, (trial,), trial, np.array([]))
    unit = "s" if quantity.kind is Kind.LATENCY else "%"
    scale = 1 if unit == "s" else 100
    bounds = np.linspace(float(measured.min()) * 1.3, float(measured.max()) * 0.9, 5)
    loads = []
    for bound in bounds:
        limit = crossing(objective(f"{quantity.name}<{bound * scale:.6f}{unit}"), choice, 1).limit
        loads.append(limit.load.value if limit.load else (0.0 if limit.state == "never_met" else np.inf))
    assert loads == sorted(loads)


@pytest.mark.parametrize("steps", [6, 7, 8, 9, 10, 12, 14, 16, 18, 20])
def test_any_measurements_give_a_choice_or_an_excuse_for_every_model(steps: int) -> None:
    random = np.random.default_rng(steps)  # the same in each run: one takes five times as long as another
    load = np.sort(random.uniform(1, 100, steps)).round(1)
    measured = random.lognormal(0, 2, steps)
    for quantity in QUANTITIES[::2]:
        found = choose(MODELS, quantity, load, measured, NORMALS)
        for trial in found.trials:
            assert trial is found.chosen or trial.excuse
            for estimate in trial.parameters().values():
                assert np.isfinite(estimate.value)


def test_a_model_of_another_package_is_tried_like_our_own() -> None:
    class Constant:
        name = "constant"
        formula = "level"
        linear = True
        fixed: tuple[tuple[str, float], ...] = ()
        parameters = (Parameter("level"),)

        def variants(self, quantity: Quantity, load: Values, measured: Values) -> tuple[CapacityModel, ...]:
            return (self,)

        def start(self, load: Values, measured: Values) -> Values:
            return np.array([float(np.mean(measured))])

        def predict(self, parameters: Values, load: Values) -> Values:
            return np.asarray(parameters[..., 0:1] + 0 * load)

    flat = 5 + 0.1 * np.random.default_rng(2).standard_normal(LOAD.size)
    found = choose((*MODELS, Constant()), QUANTITIES[2], LOAD, flat, NORMALS)
    assert found.chosen is not None
    assert found.chosen.model.name == "constant"
