"""The fits that the R package usl publishes, to the digits it prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plimsoll.capacity.choice import Choice, Trial
from plimsoll.capacity.fit import PointFit, fit, normals_of, point_fit
from plimsoll.capacity.model import Kind, Quantity
from plimsoll.capacity.models import usl
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.noise import NOISE_SHAPES
from plimsoll.capacity.peak import find_peak
from plimsoll.domain.load_line import PeakState

LAW = usl.UniversalScalabilityLaw()


def published(shared_data: Path, name: str) -> tuple[dict[str, Any], np.ndarray, np.ndarray, PointFit]:
    folder = shared_data / "loadtest"
    expected = json.loads((folder / "expected.json").read_text())["published"][name]
    load, throughput = np.genfromtxt(folder / expected["file"], delimiter=",", skip_header=1).T
    found = point_fit((LAW,), load, throughput)
    assert found is not None
    return expected, load, throughput, found


def standard_errors(found: PointFit, load: np.ndarray, freedom: int) -> np.ndarray:
    """Standard errors as nls prints them, at the optimum."""
    slopes = LAW.slopes(found.optimum.parameters, load)
    return np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes)) * found.optimum.squares / freedom)


@pytest.mark.parametrize("name", ["specsdm91", "raytracer"])
def test_parameters_residuals_and_efficiency_are_those_published(shared_data: Path, name: str) -> None:
    expected, load, throughput, found = published(shared_data, name)
    contention, coherency, rate = found.optimum.parameters
    assert contention == pytest.approx(expected["alpha"], abs=5e-7)
    assert coherency == pytest.approx(expected["beta"], abs=5e-8)
    assert rate == pytest.approx(expected["gamma"], abs=1e-5)  # nls itself stops this near to the optimum
    error = np.sqrt(found.optimum.squares / expected["df"])
    assert error == pytest.approx(expected["residual_se"], abs=0.005)
    stated = [expected["se"][name] for name in ("alpha", "beta", "gamma")]
    assert standard_errors(found, load, expected["df"]) == pytest.approx(stated, rel=2e-3)
    seen = usl.efficiency(found.optimum.parameters, load, throughput)
    assert seen == pytest.approx(expected["efficiency"], abs=5e-5)


def test_specsdm91_peak_ceiling_knee_and_overhead_are_those_published(shared_data: Path) -> None:
    expected, load, throughput, found = published(shared_data, "specsdm91")
    parameters = found.optimum.parameters
    assert float(usl.peak_load(parameters)) == pytest.approx(expected["peak_N"], abs=5e-5)
    assert float(usl.peak_throughput(parameters)) == pytest.approx(expected["peak_X"], abs=0.5)
    assert float(usl.ceiling(parameters)) == pytest.approx(expected["limit"], abs=5e-3)
    assert float(usl.knee_load(parameters)) == pytest.approx(expected["opt_N"], abs=5e-5)
    assert found.predict(np.array([expected["opt_N"]]))[0] == pytest.approx(expected["opt_X"], abs=0.5)
    assert found.predict(load) == pytest.approx(expected["fitted"], abs=0.5)
    assert throughput - found.predict(load) == pytest.approx(expected["residuals"], abs=0.06)
    for at, parts in expected["overhead_at"].items():
        assert usl.overhead(parameters, np.array([float(at)]))[0] == pytest.approx(parts, abs=5e-6)


def test_specsdm91_has_a_peak_whatever_the_draws_open_where_nothing_was_tested(shared_data: Path) -> None:
    _, load, throughput, _ = published(shared_data, "specsdm91")
    for seed in range(4):
        found = fit((LAW,), load, throughput, normals_of(seed))
        trial = Trial(LAW, found, 0.0, "", np.zeros((len(NOISE_SHAPES), load.size)))
        quantity = Quantity("throughput", Kind.THROUGHPUT)
        peak = find_peak(Choice(quantity, load, throughput, (trial,), trial, np.array([])))
        assert peak.state is PeakState.IDENTIFIED
        assert peak.load is not None
        assert peak.load.low == pytest.approx(75, abs=1.5)
        assert peak.load.high is None  # past 216 users, where nothing was measured
        assert "98%" in peak.why


def test_specsdm91_with_half_the_coherency_peaks_where_published(shared_data: Path) -> None:
    expected, _, _, found = published(shared_data, "specsdm91")
    halved = found.optimum.parameters.copy()
    halved[usl.COHERENCY] = expected["what_if"]["beta"]
    assert float(usl.peak_load(halved)) == pytest.approx(expected["what_if"]["peak_N"], abs=0.05)
    assert float(usl.peak_throughput(halved)) == pytest.approx(expected["what_if"]["peak_X"], abs=0.5)


def test_raytracer_has_no_peak_and_the_published_ceiling(shared_data: Path) -> None:
    expected, _, _, found = published(shared_data, "raytracer")
    parameters = found.optimum.parameters
    assert parameters[usl.COHERENCY] == 0
    assert np.isinf(usl.peak_load(parameters))
    assert float(usl.ceiling(parameters)) == pytest.approx(expected["limit"], abs=0.5)
    assert float(usl.knee_load(parameters)) == pytest.approx(expected["opt_N"], abs=0.05)
    for at, stated in expected["predict"].items():
        assert found.predict(np.array([float(at)]))[0] == pytest.approx(stated, abs=0.05)


def test_processor_over_request_rate_of_the_text_service_is_its_published_line() -> None:
    rate, cpu = np.array([10, 25, 50, 75, 100, 150.0]), np.array([15, 25, 40, 55, 70, 85.0])
    found = point_fit((Linear(),), rate, cpu)
    assert found is not None
    assert found.optimum.parameters == pytest.approx([13.3125, 0.5125], abs=5e-5)
