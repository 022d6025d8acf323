"""Quantities: the field's dimension says what a unit means."""

from __future__ import annotations

import pytest

from plimsoll.domain.errors import QuantityError
from plimsoll.domain.quantity import Dimension, format_quantity, quantity


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        pytest.param("5m", Dimension.TIME, 300.0, id="m_is_minutes_where_time_is_meant"),
        pytest.param("5m", Dimension.CORES, 0.005, id="m_is_thousandths_where_cores_are_meant"),
        pytest.param("250ms", Dimension.TIME, 0.25, id="milliseconds"),
        pytest.param("30d", Dimension.TIME, 2_592_000.0, id="days"),
        pytest.param(0, Dimension.TIME, 0.0, id="zero_needs_no_unit"),
        pytest.param("4Gi", Dimension.BYTES, 4 * 2.0**30, id="binary_prefix"),
        pytest.param("4GB", Dimension.BYTES, 4e9, id="decimal_prefix"),
        pytest.param("1Gbit/s", Dimension.BYTE_RATE, 1.25e8, id="bits_are_an_eighth"),
        pytest.param("70%", Dimension.RATIO, 0.7, id="percent_without_float_noise"),
        pytest.param("0.7", Dimension.RATIO, 0.7, id="plain_ratio"),
        pytest.param("500m", Dimension.CORES, 0.5, id="millicores"),
        pytest.param("1.5k", Dimension.COUNT, 1500.0, id="thousands"),
        pytest.param("60/min", Dimension.PER_SECOND, 1.0, id="per_minute"),
    ],
)
def test_a_quantity_is_read_into_its_base_unit(text: str | int, dimension: Dimension, value: float) -> None:
    assert quantity(text, dimension) == value


@pytest.mark.parametrize(
    ("text", "dimension", "words"),
    [
        pytest.param("5", Dimension.TIME, "needs a unit", id="time_without_unit"),
        pytest.param("5Gi", Dimension.TIME, "'Gi'", id="foreign_unit"),
        pytest.param("fast", Dimension.TIME, "is not a number", id="a_word"),
        pytest.param("", Dimension.RATIO, "is not a number", id="empty"),
        pytest.param("nan", Dimension.COUNT, "is not a number", id="not_a_number"),
        pytest.param("1e999", Dimension.COUNT, "not finite", id="overflow"),
        pytest.param("9" * 10_000_000, Dimension.COUNT, "is not a number", id="ten_million_digits"),
        pytest.param(True, Dimension.RATIO, "is not a quantity", id="a_yaml_boolean"),
    ],
)
def test_what_is_no_quantity_is_refused_with_what_would_be_one(
    text: str | bool, dimension: Dimension, words: str
) -> None:
    with pytest.raises(QuantityError, match=words) as caught:
        quantity(text, dimension)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.873, "ratio", "87.3%"),
        (3 * 2.0**30, "bytes", "3Gi"),
        (0.25, "seconds", "250ms"),
        (86400 * 30, "seconds", "30d"),
        (12345.6, "requests", "12346 requests"),
        (12.345, "", "12.35"),
        (1013 * 2.0**30, "bytes", "1013Gi"),
        (12.345, "ratio", "1234%"),
        (1234.5, "percent", "1234%"),
    ],
)
def test_a_quantity_is_written_for_people(value: float, unit: str, text: str) -> None:
    assert format_quantity(value, unit) == text
