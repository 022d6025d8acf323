"""The example application: a request causes real work. What a ramp finds of it is tested on the demo's."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from plimsoll.adapters.example_service import MIX, RunningService, example_service
from plimsoll.adapters.load_driver import Step, drive, wait_until_up
from plimsoll.domain.errors import SourceUnreachable
from plimsoll.example_app.__main__ import main as example_main

pytestmark = [pytest.mark.system, pytest.mark.quiet]


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with example_service() as running:
        yield running


def test_it_answers_about_orders_and_says_how_it_is(service: RunningService) -> None:
    with httpx.Client(base_url=service.base_url, trust_env=False) as client:
        assert client.get("/orders/7").json()["open"] == 5
        assert client.get("/report/7").json()["paid"] == 30
        health = client.get("/health").json()
        assert health["components"]["pool"] == {"status": "up", "in_use": 0, "size": 8}


def test_it_fetches_nothing_from_elsewhere_and_takes_no_other_method(service: RunningService) -> None:
    with httpx.Client(base_url=service.base_url, trust_env=False) as client:
        assert [client.get(path).status_code for path in ("/docs", "/redoc", "/orders/many")] == [404, 404, 422]
        assert client.post("/orders/1", content=b"x" * 10_000_000).status_code == 405


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--port", "99999"], "ports go from 0 to 65535"),
        (["--pool-size", "0"], "no request is served"),
        (["--query-ms", "-1"], "0 or more"),
    ],
    ids=["port", "pool", "query"],
)
def test_what_it_cannot_serve_with_is_told_in_a_line(words: list[str], told: str, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["example_app", *words])
    with pytest.raises(SystemExit):
        example_main()
    assert told in capsys.readouterr().err.splitlines()[-1]


def test_it_counts_what_it_does_for_prometheus_and_as_json(service: RunningService) -> None:
    with httpx.Client(base_url=service.base_url, trust_env=False) as client:
        client.get("/orders/1")
        families = {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}
        samples = client.get("/stats").json()["samples"]
    served = sum(sample.value for sample in families["example_requests"].samples if sample.name.endswith("_total"))
    assert served >= 1
    assert samples["example_pool_connections_max"] == 8.0
    assert families["example_request_duration_seconds"].type == "histogram"
    assert families["process_cpu_seconds"].samples[0].value > 0


def test_a_dearer_kind_of_request_costs_more_processor_time(service: RunningService) -> None:
    def seconds_for(path: str) -> float:
        with httpx.Client(base_url=service.base_url, trust_env=False) as client:

            def spent() -> float:
                return float(client.get("/stats").json()["samples"]["process_cpu_seconds_total"])

            before = spent()
            for number in range(40):
                client.get(path.format(n=number))
            return spent() - before

    assert seconds_for("/report/{n}") > 1.5 * seconds_for("/orders/{n}")


def test_the_load_is_offered_on_time_whether_or_not_it_is_answered(service: RunningService) -> None:
    (answers,) = asyncio.run(drive(service.base_url, MIX, [Step(50.0, 4.0)], seed=1, on_step=lambda *_: None))
    assert len(answers) == pytest.approx(200, rel=0.25)
    assert {answer.kind for answer in answers} == {"orders", "report"}


def test_a_service_that_does_not_come_up_is_named() -> None:
    with pytest.raises(SourceUnreachable, match=r"127\.0\.0\.1:9: /health did not answer 200"):
        asyncio.run(wait_until_up("http://127.0.0.1:9", "/health", 0.3))
