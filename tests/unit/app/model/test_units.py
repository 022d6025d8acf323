"""Values with units in the model file: read by field, written back exactly."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from plimsoll.app.model.section import Section
from plimsoll.app.model.units import Amount, Bytes, Cores, Ratio, Seconds, Share, written
from plimsoll.domain.quantity import Dimension


class Sample(Section):
    """One field of each kind."""

    time: Seconds | None = None
    cores: Cores | None = None
    memory: Bytes | None = None
    share: Share | None = None
    ratio: Ratio | None = None
    any: Amount | None = None


def test_the_dimension_of_the_field_decides_what_m_means() -> None:
    sample = Sample.model_validate({"time": "5m", "cores": "500m", "memory": "512M"})
    assert (sample.time, sample.cores, sample.memory) == (300.0, 0.5, 512e6)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("share", 70, "70 is 7000 %: write it with its % sign"),
        ("share", "170%", "out of range: 0 to 1"),
        ("time", 5, "needs a unit of seconds"),
        ("time", "5Gi", "does not measure seconds"),
        ("time", True, "is true or false, not one value with its unit"),
        ("time", [1], "is a list, not one value with its unit"),
        ("any", "5m", "could mean two things: write min for minutes"),
        ("any", "512M", "could mean two things: write kB, MB, GB"),
        ("any", "fast", "is not a number with a unit"),
        ("cores", -1, "out of range"),
        ("memory", "1e999Gi", "is not finite"),
    ],
)
def test_a_value_that_does_not_fit_its_field_is_refused_with_a_reason(field: str, value: object, why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate({field: value})
    assert why in caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("70%", 0.7, Dimension.RATIO),
        ("200ms", 0.2, Dimension.TIME),
        ("10min", 600.0, Dimension.TIME),
        ("8GB", 8e9, Dimension.BYTES),
        ("1500Mi", 1500 * 2**20, Dimension.BYTES),
        ("50MB/s", 50e6, Dimension.BYTE_RATE),
        ("100Mbit/s", 12.5e6, Dimension.BYTE_RATE),
        ("1000/s", 1000.0, Dimension.PER_SECOND),
        (160, 160.0, Dimension.COUNT),
    ],
)
def test_an_amount_is_known_by_its_own_unit(text: str | int, value: float, dimension: Dimension) -> None:
    assert Amount.read(text) == Amount(value, dimension)


@pytest.mark.parametrize(
    ("value", "dimension", "text"),
    [
        (0.0, Dimension.TIME, "0s"),
        (300.0, Dimension.TIME, "5m"),
        (0.25, Dimension.TIME, "250ms"),
        (8e9, Dimension.BYTES, "8GB"),
        (2.0**32, Dimension.BYTES, "4Gi"),
        (0.7, Dimension.RATIO, "70%"),
        (1.25e8, Dimension.BYTE_RATE, "1Gbit/s"),
        (0.02, Dimension.CORES, "20m"),
        (145.0, Dimension.COUNT, 145),
        (1000 / 60, Dimension.PER_SECOND, "1000/min"),
    ],
)
def test_a_value_is_written_in_the_largest_unit_that_is_exact(
    value: float, dimension: Dimension, text: str | int
) -> None:
    assert written(value, dimension) == text
