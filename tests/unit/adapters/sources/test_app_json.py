"""Readings from an application's JSON."""

from __future__ import annotations

import math

import pytest
from tests.servers.hostile import HostileServer

from plimsoll.adapters.sources.app_json import AppJson
from plimsoll.adapters.sources.app_json.pointer import NoNumber, find, health, leaves
from plimsoll.domain.errors import SourceError, SourceMalformed
from plimsoll.domain.ports import CheckState, Signal
from plimsoll.domain.series import Harvest, Window
from plimsoll.domain.source_options import SourceOptions

NOW_MS = 1_700_000_000_000
WINDOW = Window(NOW_MS - 60_000, NOW_MS + 1)
METRICS = {
    "histograms": {"http_request_duration": {"p50": 0.02, "p95": 0.125}},
    "counters": {"http_requests_total": 12345},
    "gauges": {"heap": 17, "threads": "8", "name": "x"},
    "month_to_date": {"amount": "812.50", "currency": "EUR"},
    "a/b": {"~": True},
}
HEALTH = {
    "status": "degraded",
    "components": {"database": {"status": "UP"}, "cache": {"status": "down"}, "queue": "ok"},
}


def read(url: str, *signals: Signal, **options: object) -> Harvest:
    return AppJson(f"app+{url}", SourceOptions(**options), lambda: NOW_MS).read(signals, WINDOW, 60)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (".histograms.http_request_duration.p95", [(0.125, {})]),
        ("/histograms/http_request_duration/p95", [(0.125, {})]),
        (".counters", [(12345.0, {"key": "http_requests_total"})]),
        (".gauges", [(17.0, {"key": "heap"}), (8.0, {"key": "threads"})]),
        (".histograms.*.p50", [(0.02, {"key": "http_request_duration"})]),
        ("/a~1b/~0", [(1.0, {})]),
        (".month_to_date", [(812.5, {})]),
    ],
)
def test_a_place_in_a_document(place: str, expected: list) -> None:
    assert [(one.value, one.labels) for one in find(METRICS, place)] == expected


def test_an_amount_with_a_currency_has_the_currency_as_its_unit() -> None:
    assert find(METRICS, ".month_to_date")[0].unit == "EUR"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (".gauges.none", "has no 'none'; it has heap, threads, name"),
        (".gauges.heap.more", "nothing below which 'more'"),
        (".gauges.name", "'x' is no number"),
        ("/nothing/here", "has no 'nothing'"),
    ],
)
def test_a_place_without_a_number_says_what_is_there(place: str, words: str) -> None:
    with pytest.raises(NoNumber, match=words):
        find(METRICS, place)


def test_health_is_read_by_component() -> None:
    assert [(one.labels.get("component"), one.value) for one in health(HEALTH)] == [
        (None, 0.5),
        ("database", 1.0),
        ("cache", 0.0),
        ("queue", 1.0),
    ]


@pytest.mark.parametrize("document", [7, {}, {"status": "splendid"}, {"components": {"a": {"status": None}}}, []])
def test_a_health_document_that_says_nothing_known_is_not_guessed(document: object) -> None:
    with pytest.raises(NoNumber):
        health(document)


def test_leaves_are_bounded() -> None:
    assert len(list(leaves({str(i): {str(j): 1 for j in range(100)} for i in range(100)}))) == 1000


def test_signals_of_several_documents_are_read_each_document_once(hostile_server: HostileServer) -> None:
    hostile_server.documents = {"metrics": METRICS, "health": HEALTH}
    harvest = read(
        hostile_server.url,
        Signal("p95", "/json/metrics .histograms.http_request_duration.p95", "seconds"),
        Signal("spend", "/json/metrics#/month_to_date"),
        Signal("health", "/json/health"),
        Signal("up", "up /json/health"),
        Signal("took", "seconds /json/health"),
    )
    values = {str(series.id): series.values[0] for series in harvest.series}
    took = values.pop("took")
    assert values == {
        "p95": 0.125,
        "spend": 812.5,
        "health": 0.5,
        'health{component="cache"}': 0.0,
        'health{component="database"}': 1.0,
        'health{component="queue"}': 1.0,
        "up": 1.0,
    }
    assert 0 < took < 1
    assert hostile_server.calls["json"] == 2
    assert {series.unit for series in harvest.series if series.id.name == "spend"} == {"EUR"}


def test_a_document_that_fails_is_a_gap_beside_one_that_comes(hostile_server: HostileServer) -> None:
    hostile_server.documents = {"metrics": METRICS}
    harvest = read(
        hostile_server.url,
        Signal("heap", "/json/metrics .gauges.heap"),
        Signal("gone", "/login .x"),
        Signal("up", "up /come-back-tomorrow"),
        Signal("odd", "nonsense"),
    )
    assert {series.id.name: series.values[0] for series in harvest.series} == {"heap": 17, "up": 0}
    reasons = {gap.id.name: gap.reason for gap in harvest.gaps}
    assert "/login answered 200 with text/html, no JSON" in reasons["gone"]
    assert "names no place" in reasons["odd"]


@pytest.mark.parametrize(
    "way", ["slow", "truncated", "login", "refused", "huge", "deep", "garbled", "circle", "away", "bomb"]
)
def test_an_application_that_only_misbehaves_is_one_clear_error(hostile_server: HostileServer, way: str) -> None:
    deadline_s = 0.3 if way == "slow" else 30.0
    with pytest.raises(SourceError) as caught:
        read(hostile_server.url, Signal("x", f"/{way} .x"), deadline_s=deadline_s)
    assert "\n" not in str(caught.value)


def test_numbers_that_json_should_not_hold_are_not_a_number(hostile_server: HostileServer) -> None:
    hostile_server.documents = {"odd": {"nan": math.nan, "inf": math.inf, "big": 10**400}}
    harvest = read(hostile_server.url, *(Signal(key, f"/json/odd .{key}") for key in ("nan", "inf", "big")))
    assert all(math.isnan(series.values[0]) for series in harvest.series)
    assert len(harvest.series) == 3


def test_what_a_document_offers_is_discovered_and_can_be_read(hostile_server: HostileServer) -> None:
    hostile_server.documents = {"metrics": METRICS}
    app = AppJson(f"app+{hostile_server.url}/json/metrics", SourceOptions(), lambda: NOW_MS)
    signals = app.discover(WINDOW)
    assert "json_metrics_gauges_heap" in [signal.name for signal in signals]
    harvest = app.read(signals, WINDOW, 60)
    assert not harvest.gaps
    assert len(harvest.series) == len(signals)


def test_the_diagnosis_says_which_component_is_not_well(hostile_server: HostileServer) -> None:
    hostile_server.documents = {"health": HEALTH}
    checks = AppJson(f"app+{hostile_server.url}/json/health", SourceOptions(), lambda: NOW_MS).diagnose(WINDOW)
    states = {check.name: check for check in checks}
    assert states["reachable"].state is CheckState.OK
    assert states["health"].seen == "not well: the whole, cache"


def test_the_diagnosis_of_an_application_that_is_away_fails() -> None:
    (check,) = AppJson("app+http://127.0.0.1:9", SourceOptions(), lambda: NOW_MS).diagnose(WINDOW)
    assert check.state is CheckState.FAILED
    assert "connection refused" in check.seen


def test_a_token_in_the_address_is_not_in_the_name() -> None:
    app = AppJson("app+http://127.0.0.1:9/m?token=hidden", SourceOptions(), lambda: NOW_MS)
    assert app.name == "app+http://127.0.0.1:9/m"
    with pytest.raises(SourceError) as caught:
        app.read([Signal("x", ".x")], WINDOW, 60)
    assert "hidden" not in str(caught.value)


def test_malformed_is_told_from_unreachable(hostile_server: HostileServer) -> None:
    with pytest.raises(SourceMalformed, match="no JSON"):
        read(hostile_server.url, Signal("x", "/login .x"))
