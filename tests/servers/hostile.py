"""A small HTTP server that misbehaves; the first part of a path says how, what follows is the API's own path.

/good/...              answers every query with one series of ones over the range asked
/slow/...              sends a byte of the header every 50 ms, for ever
/drip/...              sends a byte of the body every 50 ms, for ever
/truncated/...         JSON that breaks off
/short/...             says a longer Content-Length than it sends
/login/...             a web page, with status 200
/refused/...           401, and an error that repeats the Authorization header
/busy/...              429 with Retry-After 0, twice; then well
/always-busy/...       503 for ever
/circle/...            redirects to itself
/away/...              redirects to another host
/moved/...             redirects to /good/... on the same server
/huge/...              a body without end
/bomb/...              a small compressed body that unfolds to 1 GiB
/not-gzip/...          says gzip and is not
/deep/...              JSON nested 100,000 deep
/garbled/...           200 application/json with bytes that are no text
/wrong-type/...        results that are not what the API says
/small-limit/...       refuses ranges of more than 100 points as too many samples
/warns/...             well, with warnings that hold control characters
/partial/...           well, marked as partial
/needs-tenant/...      401 "no org id" without X-Scope-OrgID
/get-only/...          405 for POST
/flaky/...             closes the connection once, then well
/json/NAME             the document that a test has put into `documents[NAME]`
"""

from __future__ import annotations

import gzip
import json
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.servers.programs import program


@dataclass
class HostileServer:
    """The server's address, what it was sent, and the documents it hands out under /json/."""

    url: str
    seen: list[dict[str, str]] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def hostile_server() -> Iterator[HostileServer]:
    """A server that misbehaves by path; one per test, so that its counts belong to that test."""
    yield from _serving(_Server(("127.0.0.1", 0), _Misbehaving), "http")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1; its key is beside it as `key.pem`."""
    folder = tmp_path_factory.mktemp("certificate")
    make = [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ["-subj", "/CN=plimsoll test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "certificate.pem"]
    subprocess.run([*make, *names, *files], check=True, capture_output=True, timeout=60)
    return folder / "certificate.pem"


@pytest.fixture
def hostile_tls_server(certificate: Path) -> Iterator[HostileServer]:
    """The same server behind TLS with `certificate`."""
    server = _Server(("127.0.0.1", 0), _Misbehaving)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.parent / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    yield from _serving(server, "https")


def _serving(server: _Server, scheme: str) -> Iterator[HostileServer]:
    server.state = HostileServer(f"{scheme}://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    server.stopping = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.state  # type: ignore[attr-defined]
    server.stopping.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent if a client has closed the connection."""


def matrix(form: dict[str, str]) -> dict[str, Any]:
    """One series of ones over the range that a query asks for, or one value for an instant query."""
    if "step" in form:
        start, end, step = float(form["start"]), float(form["end"]), float(form["step"])
        values = [[start + i * step, "1"] for i in range(int((end - start) // step) + 1)]
        return {"resultType": "matrix", "result": [{"metric": {"host": "a"}, "values": values}]}
    moment = float(form.get("time", time.time()))
    return {"resultType": "vector", "result": [{"metric": {"host": "a"}, "value": [moment, "1"]}]}


class _Misbehaving(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # header and body leave in one packet

    def do_GET(self) -> None:
        self._serve(dict(urlsplit_query(self.path)))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._serve({k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()})

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self, form: dict[str, str]) -> None:
        way, _, rest = urlsplit(self.path).path.lstrip("/").partition("/")
        state: HostileServer = self.server.state  # type: ignore[attr-defined]
        state.seen.append({**dict(self.headers), "path": self.path, "method": self.command})
        state.calls[way] += 1
        try:
            getattr(self, "way_" + way.replace("-", "_"), self.way_good)(form, rest, state)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _json(self, status: int, document: Any, **headers: str) -> None:
        self._bytes(status, json.dumps(document).encode(), "application/json", **headers)

    def _bytes(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, piece: bytes) -> None:
        self.close_connection = True
        while not self.server.stopping.wait(0.05):  # type: ignore[attr-defined]
            self.wfile.write(piece)
            self.wfile.flush()

    def way_good(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        if rest.startswith("api/v1/label"):
            self._json(200, {"status": "success", "data": ["host"]})
        elif rest.startswith("api/v1/metadata"):
            self._json(200, {"status": "success", "data": {"host": [{"type": "gauge"}]}})
        else:
            self._json(200, {"status": "success", "data": matrix(form)})

    def way_slow(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self._drip(b"a")

    def way_drip(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self._drip(b" ")

    def way_truncated(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(200, b'{"status":"success","data":{"resultType":"mat', "application/json")

    def way_short(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(200, b'{"status":"succ', "application/json", Content_Length="5000")
        self.close_connection = True

    def way_login(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(200, b"<html><form action=/login>", "text/html; charset=utf-8")

    def way_refused(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        told = f"bad token {self.headers.get('Authorization')} \x1b[31m"
        self._json(401, {"status": "error", "errorType": "unauthorized", "error": told})

    def way_busy(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        if state.calls["busy"] <= 2:
            self._bytes(429, b"slow down", "text/plain", Retry_After="0")
        else:
            self.way_good(form, rest, state)

    def way_always_busy(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(503, b"no", "text/plain")

    def way_come_back_tomorrow(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(429, b"slow down", "text/plain", Retry_After="86400")

    def way_circle(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(302, b"", "text/plain", Location=self.path)

    def way_away(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(307, b"", "text/plain", Location="http://localhost:1/steal")

    def way_moved(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(307, b"", "text/plain", Location=f"/good/{rest}")

    def way_huge(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.close_connection = True
        while not self.server.stopping.is_set():  # type: ignore[attr-defined]
            self.wfile.write(b" " * 65_536)

    def way_bomb(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        body = gzip.compress(b" " * (1 << 24)) * 64
        self._bytes(200, body, "application/json", Content_Encoding="gzip")

    def way_not_gzip(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(200, b"plain", "application/json", Content_Encoding="gzip")

    def way_deep(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(200, b"[" * 100_000 + b"]" * 100_000, "application/json")

    def way_garbled(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._bytes(200, b'{"status": "\xff\xfe"}', "application/json")

    def way_wrong_type(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        result = [{"metric": {"a": "b"}, "values": [["yesterday", {}]]}]
        self._json(200, {"status": "success", "data": {"resultType": "matrix", "result": result}})

    def way_small_limit(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        if "step" in form and (float(form["end"]) - float(form["start"])) / float(form["step"]) >= 100:
            told = "query processing would load too many samples into memory in query execution"
            self._json(422, {"status": "error", "errorType": "execution", "error": told})
        else:
            self.way_good(form, rest, state)

    def way_warns(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._json(200, {"status": "success", "data": matrix(form), "warnings": ["one store\x1b[2J\nis away"]})

    def way_partial(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._json(200, {"status": "success", "isPartial": True, "data": matrix(form)})

    def way_needs_tenant(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        if self.headers.get("X-Scope-OrgID"):
            self.way_good(form, rest, state)
        else:
            self._bytes(401, b"no org id", "text/plain")

    def way_get_only(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        if self.command == "POST":
            self._bytes(405, b"", "text/plain")
        else:
            self.way_good(form, rest, state)

    def way_flaky(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        if state.calls["flaky"] == 1:
            self.close_connection = True
        else:
            self.way_good(form, rest, state)

    def way_json(self, form: dict[str, str], rest: str, state: HostileServer) -> None:
        self._json(200, state.documents[rest])


def urlsplit_query(path: str) -> list[tuple[str, str]]:
    """The query part of a path as pairs."""
    return [(name, values[0]) for name, values in parse_qs(urlsplit(path).query).items()]
