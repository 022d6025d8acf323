"""Every series in its base unit."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.app.runway.base_units import in_base_unit, scale_to_base
from plimsoll.domain.series import MetricKind, Series, SeriesId


def series(*values: float, name: str = "usage", unit: str = "", kind: MetricKind = MetricKind.UNKNOWN) -> Series:
    return Series(SeriesId(name), np.arange(len(values), dtype=np.int64), np.array(values), unit, kind)


@pytest.mark.parametrize(
    ("own", "unit", "last"),
    [
        pytest.param(series(7.0, name="cpu_percent"), "ratio", 0.07, id="percent_by_name"),
        pytest.param(series(250.0, unit="ms"), "seconds", 0.25, id="milliseconds"),
        pytest.param(series(3.0, unit="GB", kind=MetricKind.GAUGE), "bytes", 3e9, id="gigabytes_of_a_gauge"),
        pytest.param(series(8.0, unit="Mbit/s"), "bytes per second", 1e6, id="bits_a_second"),
        pytest.param(series(120.0, unit="/min"), "per second", 2.0, id="a_minute"),
        pytest.param(series(120.0, unit="jobs"), "jobs", 120.0, id="a_unit_of_its_own"),
        pytest.param(series(120.0), "", 120.0, id="no_unit"),
    ],
)
def test_values_are_brought_to_the_base_unit_of_what_they_measure(own: Series, unit: str, last: float) -> None:
    base = in_base_unit(own)
    assert (base.unit, base.values[-1]) == (unit, last)
    assert scale_to_base(own) == pytest.approx(last / own.values[-1])
    assert in_base_unit(base).values[-1] == last


def test_a_limit_in_percent_makes_a_share_of_what_nothing_else_is_said_of() -> None:
    assert in_base_unit(series(10, 50), as_share=True).values[-1] == 0.5
    assert in_base_unit(series(10, 50)).values[-1] == 50
    assert in_base_unit(series(10, 50, unit="GB"), as_share=True).values[-1] == 50e9
