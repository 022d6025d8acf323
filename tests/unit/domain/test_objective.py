"""Objectives are read with their units, or refused with examples."""

from __future__ import annotations

import pytest

from plimsoll.domain.errors import InputError
from plimsoll.domain.objective import objective, objectives

READ = {
    "quantile": ("p99<250ms", "latency", "p99", 0.25, "seconds", 0.99),
    "many_nines": ("p99.9 <= 2s", "latency", "p99.9", 2.0, "seconds", 0.999),
    "mean_has_no_quantile": ("avg<1s", "latency", "mean", 1.0, "seconds", None),
    "unnamed_statistic": ("response_time > 300ms", "latency", "latency", 0.3, "seconds", None),
    "errors_in_percent": ("errors<1%", "errors", "errors", 0.01, "ratio", None),
    "errors_as_ratio": ("error_rate<0.01", "errors", "errors", 0.01, "ratio", None),
    "processor": ("cpu<80%", "resource", "cpu", 0.8, "ratio", None),
    "memory_in_bytes": ("memory<4Gi", "resource", "memory", 4 * 2.0**30, "bytes", None),
    "network_rate": ("network<1Gbit/s", "resource", "network", 1.25e8, "bytes/s", None),
    "plain_count": ("websockets<500", "resource", "websockets", 500.0, "count", None),
}


@pytest.mark.parametrize(("text", "kind", "name", "bound", "unit", "quantile"), READ.values(), ids=READ.keys())
def test_an_objective_is_read_into_base_units(
    text: str, kind: str, name: str, bound: float, unit: str, quantile: float | None
) -> None:
    found = objective(text)
    assert (found.kind, found.name, found.bound, found.unit, found.quantile) == (kind, name, bound, unit, quantile)


@pytest.mark.parametrize(
    "text", ["", "p99", "p99<", "<250ms", "p99<250", "errors<1s", "errors<5", "cpu<-5%", "p99=250ms", "cpu<many"]
)
def test_what_is_no_objective_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"objective"):
        objective(text)


@pytest.mark.parametrize("text", ["p101<50ms", "p100<50ms", "p0<50ms", "p99.9.9<1s"])
def test_a_percentile_that_there_is_none_of_is_called_that(text: str) -> None:
    with pytest.raises(InputError, match=r"there is no p\d"):
        objective(text)


@pytest.mark.parametrize(
    ("text", "value", "held"),
    [("p99<250ms", 0.25, False), ("p99<=250ms", 0.25, True), ("x>5", 5, False), ("x>=5", 5, True)],
    ids=["below_excludes_the_bound", "at_most_includes_it", "above_excludes_it", "at_least_includes_it"],
)
def test_a_bound_is_met_or_not_at_its_edge(text: str, value: float, held: bool) -> None:
    assert objective(text).holds(value) is held


def test_commas_and_repetition_list_objectives_alike() -> None:
    assert objectives(["p99<250ms,errors<1%", "cpu<80%"]) == objectives(["p99<250ms", "errors<1%", "cpu<80%"])
