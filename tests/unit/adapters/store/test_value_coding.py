"""Each kind of values is stored in the most suitable form, and is restored bit by bit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plimsoll.adapters.store.value_coding import code
from plimsoll.domain.series import Values

RNG = np.random.default_rng(7)
N = 400
KINDS = {
    "decimals": (np.round(50 + np.cumsum(RNG.normal(0, 0.3, N)), 3), "scaled"),
    "percentages": (np.round(RNG.uniform(0, 100, N), 2), "scaled"),
    "counter": (np.cumsum(RNG.poisson(300, N)).astype(float), "scaled"),
    "pages_of_memory": (4096.0 * RNG.integers(10**6, 10**7, N), "scaled"),
    "decimals_with_nan": (np.where(np.arange(N) % 100 == 7, math.nan, np.round(np.linspace(0, 9, N), 2)), "scaled"),
    "constant": (np.full(N, 1 / 3), "level"),
    "few_states": (RNG.integers(0, 5, N).astype(float), "level"),
    "full_entropy": (RNG.normal(0, 1, N), "raw"),
    "huge": (RNG.uniform(1e300, 1e308, N), "raw"),
    "not_a_number": (np.full(N, math.nan), "raw"),
}


def back(values: Values, starts: list[int]) -> tuple[Values, set[str]]:
    """Decode the forms as a reader does, and name those that were used."""
    coded = code(values, np.array(starts))
    assert not np.any(coded.is_scaled & coded.is_level)
    with np.errstate(invalid="ignore"):
        again = np.where(coded.is_scaled, coded.scaled / coded.divisor, values)
    forms = {"scaled": coded.is_scaled, "level": coded.is_level, "raw": ~coded.is_scaled & ~coded.is_level}
    return again, {name for name, used in forms.items() if np.count_nonzero(used) > 0.5 * values.size}


@pytest.mark.parametrize("kind", KINDS)
def test_values_take_the_form_that_suits_them_and_come_back_bit_by_bit(kind: str) -> None:
    values, form = KINDS[kind]
    again, forms = back(values, [0])
    assert again.view(np.int64).tolist() == values.view(np.int64).tolist()
    assert forms == {form}


def test_each_run_has_a_form_of_its_own() -> None:
    values = np.concatenate([KINDS["full_entropy"][0], KINDS["decimals"][0], KINDS["constant"][0]])
    coded = code(values, np.array([0, N, 2 * N]))
    assert coded.is_scaled.tolist() == [False] * N + [True] * N + [False] * N
    assert coded.is_level.tolist() == [False] * 2 * N + [True] * N


@pytest.mark.parametrize(
    "odd", [math.nan, math.inf, -math.inf, -0.0, 1 / 3, 1e308, 5e-324, 2.0**51, 2.0**53 + 1], ids=str
)
def test_one_odd_value_in_a_run_stays_what_it_is(odd: float) -> None:
    values = KINDS["decimals"][0].copy()
    values[123] = odd
    again, forms = back(values, [0])
    assert again.view(np.int64).tolist() == values.view(np.int64).tolist()
    assert forms == {"scaled"}


@pytest.mark.parametrize("odd", [math.nan, -0.0], ids=str)
def test_what_a_dictionary_may_take_for_another_value_is_kept_beside_it(odd: float) -> None:
    values = KINDS["few_states"][0].copy()
    values[123] = odd
    coded = code(values, np.array([0]))
    assert np.flatnonzero(~coded.is_level).tolist() == [123]


def test_low_bits_that_are_always_zero_are_left_out() -> None:
    coded = code(4096.0 * np.arange(1000, 1000 + N), np.array([0]))
    assert coded.scaled[:3].tolist() == [1000, 1001, 1002]
    assert set(coded.divisor.tolist()) == {1 / 4096}
