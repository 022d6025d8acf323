"""The Prometheus source against slow, busy and hostile servers, and against real ones."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from tests.servers.hostile import HostileServer
from tests.servers.prometheus import HOUR_MS, PrometheusServer, serving

from plimsoll.adapters.sources.prometheus import Prometheus
from plimsoll.adapters.sources.prometheus.matrix import NotAResult, Pieces
from plimsoll.adapters.sources.prometheus.ranges import grid_of
from plimsoll.adapters.web_client import WebClient
from plimsoll.domain.errors import SourceError, SourceMalformed, SourceRefused, SourceUnreachable, UsageError
from plimsoll.domain.ports import CheckState, Signal
from plimsoll.domain.series import Harvest, Window
from plimsoll.domain.source_options import SourceOptions

DAY_MS = 86_400_000
NOW_MS = 1_700_000_000_000
WINDOW = Window(NOW_MS - DAY_MS, NOW_MS)
LOAD = Signal("load")


def source(url: str, deadline_s: float = 5.0, **options: object) -> Prometheus:
    """A source that retries at once; the skipped pauses still count against its deadline."""
    told = SourceOptions(deadline_s=deadline_s, **options)  # type: ignore[arg-type]
    web = WebClient(url, told, max_body_bytes=1 << 20, pause=lambda _: None)
    return Prometheus(web, lambda: NOW_MS)


def read(url: str, window: Window = WINDOW, step_s: float = 60, **options: object) -> Harvest:
    return source(url, **options).read([LOAD], window, step_s)


@pytest.mark.parametrize(
    ("way", "kind", "words"),
    [
        ("truncated", SourceMalformed, "breaks off"),
        ("short", SourceUnreachable, "the connection broke"),
        ("login", SourceMalformed, "a login page"),
        ("refused", SourceRefused, "401"),
        ("always-busy", SourceUnreachable, "answered 503"),
        ("circle", SourceMalformed, "in a circle"),
        ("away", SourceMalformed, "sends us on to http://localhost:1"),
        ("not-gzip", SourceMalformed, "compressed"),
        ("deep", SourceMalformed, "JSON"),
        ("garbled", SourceMalformed, "JSON"),
        ("needs-tenant", SourceRefused, "X-Scope-OrgID"),
    ],
)
def test_a_server_that_misbehaves_is_one_clear_error(
    hostile_server: HostileServer, way: str, kind: type[SourceError], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        read(f"{hostile_server.url}/{way}")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(hostile_server.url)


@pytest.mark.parametrize("way", ["huge", "bomb"])
def test_a_body_without_bound_ends_as_a_gap_in_little_memory(hostile_server: HostileServer, way: str) -> None:
    harvest = read(f"{hostile_server.url}/{way}", Window(NOW_MS - 120_000, NOW_MS))
    assert harvest.series == ()
    assert "more than 1 MiB" in harvest.gaps[0].reason


@pytest.mark.parametrize("way", ["good", "busy", "moved", "flaky", "get-only", "warns", "small-limit"])
def test_a_server_that_is_only_clumsy_is_read_whole(hostile_server: HostileServer, way: str) -> None:
    harvest = read(f"{hostile_server.url}/{way}")
    assert harvest.gaps == ()
    assert len(harvest.series[0]) == 1440
    assert set(np.diff(harvest.series[0].times_ms)) == {60_000}


def test_a_range_that_the_server_finds_too_large_is_halved_until_it_passes(hostile_server: HostileServer) -> None:
    read(f"{hostile_server.url}/small-limit")
    assert hostile_server.calls["small-limit"] < 30


def test_warnings_are_passed_on_without_control_characters(hostile_server: HostileServer) -> None:
    (note,) = read(f"{hostile_server.url}/warns").notes
    assert note.endswith("load: one store [2J is away")


def test_an_answer_marked_as_partial_is_told(hostile_server: HostileServer) -> None:
    (note,) = read(f"{hostile_server.url}/partial").notes
    assert note.endswith("load: the answer is partial: some of its storage did not answer")


def test_results_that_are_no_samples_are_a_gap(hostile_server: HostileServer) -> None:
    (gap,) = read(f"{hostile_server.url}/wrong-type", Window(NOW_MS - 120_000, NOW_MS)).gaps
    assert gap.reason == f"{hostile_server.url}/wrong-type: answered a sample that is no pair of time and number"


@pytest.mark.parametrize("way", ["slow", "drip"])
def test_the_deadline_ends_a_header_and_a_body_that_come_byte_by_byte(hostile_server: HostileServer, way: str) -> None:
    with pytest.raises(SourceUnreachable) as caught:
        read(f"{hostile_server.url}/{way}", deadline_s=0.3)
    assert str(caught.value) == f"{hostile_server.url}/{way}: no answer within the deadline"


def test_a_server_that_says_to_come_back_after_the_deadline_is_not_asked_again(hostile_server: HostileServer) -> None:
    with pytest.raises(SourceUnreachable, match="answered 429"):
        read(f"{hostile_server.url}/come-back-tomorrow", deadline_s=30)
    assert hostile_server.calls.total() == 1


@pytest.mark.parametrize("url", ["http://a..b:9090", f"http://{'a' * 70}.com", "http://xn--:9090"])
def test_a_name_that_no_server_can_have_is_said_in_one_line(url: str) -> None:
    with pytest.raises(SourceUnreachable, match="the address holds a name that no server has"):
        read(url)


def test_nothing_listening_is_said_in_one_line() -> None:
    with pytest.raises(SourceUnreachable, match="no connection: connection refused"):
        read("http://127.0.0.1:9")


def test_headers_and_bearer_token_are_sent_and_never_shown(
    hostile_server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "t0p-secret-token")
    options = {"bearer": "env:TOKEN", "headers": (("X-Scope-OrgID", "prod"),)}
    read(f"{hostile_server.url}/good", **options)
    assert hostile_server.seen[-1]["Authorization"] == "Bearer t0p-secret-token"
    assert hostile_server.seen[-1]["X-Scope-OrgID"] == "prod"
    with pytest.raises(SourceRefused) as caught:
        read(f"{hostile_server.url}/refused", **options)
    refused = source(f"{hostile_server.url}/refused", **options)
    checks = refused.diagnose(WINDOW)
    for shown in (str(caught.value), repr(refused), repr(checks), refused.name):
        assert "t0p-secret" not in shown
    assert checks[-1].state is CheckState.FAILED


def test_credentials_in_the_address_are_refused_unseen(hostile_server: HostileServer) -> None:
    with pytest.raises(UsageError, match="no user and no password") as caught:
        source(hostile_server.url.replace("http://", "http://alice:open-sesame@"))
    assert "sesame" not in str(caught.value)


def test_basic_authentication_by_reference(hostile_server: HostileServer, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("open-sesame\n")
    with pytest.raises(SourceRefused) as caught:
        read(f"{hostile_server.url}/refused", basic_user="alice", basic_password=f"file:{tmp_path / 'password'}")
    assert "sesame" not in str(caught.value)
    assert hostile_server.seen[-1]["Authorization"].split()[1] not in str(caught.value)
    read(f"{hostile_server.url}/good", basic_user="alice", basic_password=f"file:{tmp_path / 'password'}")
    assert hostile_server.seen[-1]["Authorization"] == "Basic YWxpY2U6b3Blbi1zZXNhbWU="


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"bearer": "my-secret"}, "not taken from the command line"),
        ({"bearer": "env:NOT_SET_ANYWHERE"}, "the environment has no NOT_SET_ANYWHERE"),
        ({"bearer": "file:/nowhere/token"}, "no such file"),
        ({"ca_file": "/nowhere/ca.pem"}, "no certificate"),
        ({"headers": (("X-A", "b\r\nX-C: d"),)}, "no header may have"),
    ],
)
def test_credentials_that_cannot_be_had_are_the_users_mistake(options: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        source("http://127.0.0.1:9", **options)
    assert "my-secret" not in str(caught.value)


def test_credentials_never_follow_a_redirect_to_another_host(hostile_server: HostileServer) -> None:
    with pytest.raises(SourceMalformed, match="credentials are not carried there"):
        read(f"{hostile_server.url}/away", headers=(("Authorization", "Bearer abcdef"),))
    assert hostile_server.calls.total() == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(hostile_tls_server: HostileServer) -> None:
    with pytest.raises(SourceUnreachable, match=r"certificate is not trusted: .*; name the right one with --ca-file"):
        read(f"{hostile_tls_server.url}/good")
    assert hostile_tls_server.calls.total() == 0


def test_a_certificate_of_ones_own_is_trusted_by_its_file(hostile_tls_server: HostileServer, certificate: Path) -> None:
    assert len(read(f"{hostile_tls_server.url}/good", ca_file=str(certificate)).series) == 1


def test_a_certificate_of_another_name_is_refused(hostile_tls_server: HostileServer, certificate: Path) -> None:
    with pytest.raises(SourceUnreachable, match="its certificate is not trusted"):
        read(f"{hostile_tls_server.url.replace('127.0.0.1', 'localhost')}/good", ca_file=str(certificate))


@pytest.mark.parametrize(
    ("window", "step_s", "first", "points"),
    [
        pytest.param(Window(0, 600_000), 60, 0, 10, id="end_is_not_in_it"),
        pytest.param(Window(1, 600_001), 60, 60_000, 10, id="start_is_rounded_up"),
        pytest.param(Window(0, 0), 60, -1, 1, id="empty_window_is_one_moment"),
        pytest.param(Window(0, 600_000), 0, 599_999, 1, id="no_step_is_the_end"),
        pytest.param(Window(1, 59_999), 60, 59_998, 1, id="shorter_than_a_step"),
    ],
)
def test_the_grid_of_a_window(window: Window, step_s: float, first: int, points: int) -> None:
    grid = grid_of(window, step_s)
    assert (grid.first_ms, grid.points) == (first, points)


def test_a_window_with_too_many_steps_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(UsageError, match="take a longer step"):
        grid_of(Window(0, NOW_MS), 1)


def test_neighboring_windows_meet_without_gap_or_double(hostile_server: HostileServer) -> None:
    one = source(f"{hostile_server.url}/good")
    middle = NOW_MS - DAY_MS // 2 + 17
    left = one.read([LOAD], Window(WINDOW.start_ms, middle), 60).series[0]
    right = one.read([LOAD], Window(middle, WINDOW.end_ms), 60).series[0]
    whole = one.read([LOAD], WINDOW, 60).series[0]
    assert np.array_equal(np.concatenate([left.times_ms, right.times_ms]), whole.times_ms)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"resultType": "string", "result": [1, "x"]},
        {"resultType": "matrix", "result": {}},
        {"resultType": "matrix", "result": [7]},
        {"resultType": "matrix", "result": [{"metric": {"a": 1}, "values": []}]},
        {"resultType": "matrix", "result": [{"metric": {}, "values": [[1]]}]},
        {"resultType": "matrix", "result": [{"metric": {}, "values": [["NaN", "1"]]}]},
        {"resultType": "vector", "result": [{"metric": {}, "value": [1e300, "1"]}]},
    ],
)
def test_data_that_are_not_what_the_api_says_are_told_apart(data: object) -> None:
    with pytest.raises(NotAResult):
        Pieces().add(data)


def test_values_written_as_text_are_read_and_histograms_kept_out() -> None:
    pieces = Pieces()
    pieces.add(
        {
            "resultType": "matrix",
            "result": [
                {"metric": {"__name__": "a"}, "values": [[1.5, "NaN"], [2.5, "+Inf"], [3.5, "-Inf"], [4.5, "1e-3"]]},
                {"metric": {"__name__": "h"}, "histograms": [[1, {"count": "1"}]]},
            ],
        }
    )
    ((labels, times, values),) = pieces.joined()
    assert (labels, times.tolist()) == ((), [1500, 2500, 3500, 4500])
    assert np.array_equal(values, [np.nan, np.inf, -np.inf, 1e-3], equal_nan=True)
    assert pieces.histograms == {"h"}


@pytest.mark.parametrize(
    ("second_s", "expected"),
    [
        (1, {(("__name__", "load1"), ("job", "x")): [1.0], (("__name__", "load5"), ("job", "x")): [5.0]}),
        (2, {(("job", "x"),): [1.0, 5.0]}),
    ],
    ids=["side_by_side_is_two_series", "one_after_the_other_is_one_series"],
)
def test_metrics_of_other_names_under_the_same_labels_are_never_mixed(
    second_s: int, expected: dict[tuple[tuple[str, str], ...], list[float]]
) -> None:
    pieces = Pieces()
    both = [("load1", 1, "1"), ("load5", second_s, "5")]
    result = [{"metric": {"__name__": name, "job": "x"}, "values": [[at, value]]} for name, at, value in both]
    pieces.add({"resultType": "matrix", "result": result})
    assert {labels: values.tolist() for labels, _, values in pieces.joined()} == expected


@pytest.mark.system
class TestRealServer:
    """Against a real Prometheus."""

    def test_history_is_read_as_it_was_written(self, prometheus_with_history: PrometheusServer) -> None:
        server = prometheus_with_history
        window = Window(server.first_ms, server.last_ms + 1)
        harvest = Prometheus(WebClient(server.url, SourceOptions()), lambda: server.last_ms).read(
            [Signal("cloud_metric")], window, HOUR_MS / 1000
        )
        assert len(harvest.series) == len(server.series) == 40
        for one in harvest.series:
            written = server.values[one.id.label_map["resource"]]
            assert np.allclose(one.values[-len(written) :][-24:], written[-24:], rtol=1e-12)

    def test_a_window_of_more_than_11000_points_is_read_in_parts(
        self, prometheus_with_history: PrometheusServer
    ) -> None:
        server = prometheus_with_history
        query = 'last_over_time(cloud_metric{resource="ms_api-01"}[1h])'
        window = Window(server.last_ms - 7 * DAY_MS, server.last_ms)
        one = Prometheus(WebClient(server.url, SourceOptions()), lambda: server.last_ms)
        (series,) = one.read([Signal("load", query)], window, 20).series
        assert len(series) == 7 * 86_400 // 20 > 11_000
        assert set(np.diff(series.times_ms)) == {20_000}

    def test_the_servers_own_bound_on_samples_is_met_by_halving(self, tmp_path: Path) -> None:
        with serving(tmp_path, {}, "--query.max-samples=500") as server:
            now = time.time_ns() // 1_000_000
            one = Prometheus(WebClient(server.url, SourceOptions()), lambda: now)
            (series,) = one.read([Signal("one", "vector(1)")], Window(now - 7_200_000, now), 2).series
            assert len(series) == 3600

    def test_a_bad_query_is_a_gap_that_names_the_server_and_the_others_are_read(
        self, prometheus_server: PrometheusServer
    ) -> None:
        now = time.time_ns() // 1_000_000
        one = Prometheus(WebClient(prometheus_server.url, SourceOptions()), lambda: now)
        signals = [Signal("bad", "sum("), Signal("none", "no_such_metric"), Signal("up", 'up{job="node"}')]
        harvest = one.read(signals, Window(now - 1000, now), 0)
        assert [series.id.name for series in harvest.series] == ["up"]
        bad, none = harvest.gaps
        assert bad.reason.startswith(f"{prometheus_server.url}: refused the query: ")
        assert bad.reason.endswith("parse error: unclosed left parenthesis")
        assert (none.id.name, none.reason) == ("none", f"{prometheus_server.url}: has no sample of it in the window")

    def test_metrics_are_discovered_with_unit_and_kind(self, prometheus_server: PrometheusServer) -> None:
        now = time.time_ns() // 1_000_000
        one = Prometheus(WebClient(prometheus_server.url, SourceOptions()), lambda: now)
        found = {signal.name: signal for signal in one.discover(Window(now - 60_000, now))}
        assert (found["node_memory_MemTotal_bytes"].unit, found["node_memory_MemTotal_bytes"].kind.value) == (
            "bytes",
            "bytes",
        )
        assert found["node_cpu_seconds_total"].kind.value == "counter"
        assert not any(name.endswith("_bucket") for name in found)
