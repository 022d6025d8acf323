"""What may go wrong with a server that is slow, busy or hostile? One defensive HTTP client for all sources.

It retries transient failures (429, 502, 503, 504, a broken connection) with growing pauses, respects Retry-After, and
stops at the deadline. It reads a bounded number of bytes and trusts only verified certificates. It follows redirects
within the same server, never to another one, because headers may contain credentials. Messages contain no secrets.
"""

from __future__ import annotations

import base64
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from plimsoll.adapters.secrets import is_reference, secret
from plimsoll.domain.address import holds_credentials
from plimsoll.domain.errors import SourceMalformed, SourceUnreachable, UsageError
from plimsoll.domain.source_options import SourceOptions

MAX_BODY_BYTES = 256 << 20
BUSY = frozenset({429, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
_MAX_BROKEN = 3
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0
_SECRET_HEADERS = re.compile(r"auth|token|key|cookie|secret|password", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """The answer of a server: status, headers and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        """The media type, without its parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


class TooLong(SourceMalformed):
    """The body passed the bound on its size."""


class WebClient:
    """HTTP to one server. `address` holds no user and no password: they are in the options, by reference.

    Connections are kept while it is used as a context, and closed at its end.
    """

    def __init__(
        self,
        address: str,
        options: SourceOptions,
        *,
        max_body_bytes: int = MAX_BODY_BYTES,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = _checked(address)
        self.deadline_s = options.deadline_s
        self._max_body_bytes = max_body_bytes
        self._pause = pause
        self._headers = {"User-Agent": "plimsoll", "Accept": "application/json", "Accept-Encoding": "gzip"}
        self._secrets: list[str] = []
        self._add_credentials(options)
        self._context = _trust(self.address, options.ca_file)
        self._client: httpx.Client | None = None

    @property
    def sends_credentials(self) -> bool:
        """Whether requests carry anything secret."""
        return bool(self._secrets)

    def header(self, name: str) -> str:
        """The value of a request header, or empty; not for headers that contain a secret."""
        return next((value for sent, value in self._headers.items() if sent.lower() == name.lower()), "")

    def fetch(
        self,
        path: str,
        again: Callable[[Answer], bool],
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Get `path` (post `form` where there is one); `again` says whether an answer is worth another try.

        Raises SourceUnreachable after the deadline or on a broken connection, SourceMalformed for a redirect away.
        """
        end = time.monotonic() + self.deadline_s
        pause_s, broken, last = _FIRST_PAUSE_S, 0, "no answer"
        while True:
            wait_s = pause_s
            try:
                answer = self._follow(self.address.rstrip("/") + path, form, end)
                if not again(answer):
                    return answer
                last, wait_s = f"answered {answer.status}", _retry_after_s(answer) or pause_s
            except httpx.DecodingError:
                raise SourceMalformed(self.address, "says its answer is compressed, and it is not") from None
            except (httpx.TransportError, httpx.InvalidURL, UnicodeError) as error:
                broken, last = broken + 1, self.clean(_why(error))
                if broken >= _MAX_BROKEN or _is_final(error):
                    raise SourceUnreachable(self.address, last) from None
            if time.monotonic() + wait_s >= end:
                tried = f"within {self.deadline_s:g}s; the last try: {last}"
                raise SourceUnreachable(self.address, f"no good answer {tried}")
            self._pause(wait_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def clean(self, text: str) -> str:
        """Make a server's text fit for a message: short, on one line, without control characters or our secrets."""
        for hidden in self._secrets:
            text = text.replace(hidden, "***")
        return " ".join("".join(char if char.isprintable() else " " for char in text[:2000]).split())[:240]

    def __enter__(self) -> WebClient:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _follow(self, url: str, form: Mapping[str, str] | None, end: float) -> Answer:
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._once(url, form, end)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            target = urljoin(url, answer.headers["location"])
            if not _same_server(url, target):
                parts = urlsplit(target)
                where = self.clean(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
                remedy = "name that address if it is the right one; credentials are not carried there"
                raise SourceMalformed(self.address, f"sends us on to {where}: {remedy}")
            url = target
        raise SourceMalformed(self.address, f"redirects in a circle (more than {_MAX_REDIRECTS} times)")

    def _once(self, url: str, form: Mapping[str, str] | None, end: float) -> Answer:
        left_s = max(0.001, end - time.monotonic())
        timeout = httpx.Timeout(left_s)
        client = self._client = self._client or httpx.Client(verify=self._context, follow_redirects=False)
        with (
            self._cut_off(left_s, client),
            client.stream(
                "GET" if form is None else "POST", url, data=form, headers=self._headers, timeout=timeout
            ) as response,
        ):
            return Answer(response.status_code, dict(response.headers), self._body(response, end))

    def _body(self, response: httpx.Response, end: float) -> bytes:
        pieces, length = [], 0
        for piece in response.iter_bytes():
            pieces.append(piece)
            length += len(piece)
            if length > self._max_body_bytes:
                raise TooLong(self.address, f"answers with more than {self._max_body_bytes >> 20} MiB; ask for less")
            if time.monotonic() > end:
                raise httpx.ReadTimeout("the answer came too slowly")
        return b"".join(pieces)

    @contextmanager
    def _cut_off(self, after_s: float, client: httpx.Client) -> Iterator[None]:
        """Close the connection at the deadline; timeouts of single reads cannot stop a header sent byte by byte."""
        came = threading.Event()

        def cut() -> None:
            came.set()
            self._client = None
            client.close()

        watch = threading.Timer(after_s, cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        except (RuntimeError, OSError, httpx.TransportError) as error:
            if not came.is_set() or isinstance(error, httpx.TimeoutException):
                raise
            raise httpx.ReadTimeout("the answer came too slowly") from error
        finally:
            watch.cancel()

    def _add_credentials(self, options: SourceOptions) -> None:
        for name, text in options.headers:
            value = secret(text, f"header {name}") if is_reference(text) else text
            if not value.isascii() or any(ord(char) < 32 for char in value):
                raise UsageError(f"header {name}: its value has characters that no header may have")
            self._headers[name] = value
            if is_reference(text) or _SECRET_HEADERS.search(name):
                self._hide(value, *value.split())
        if options.bearer:
            token = secret(options.bearer, "bearer token")
            self._headers["Authorization"] = f"Bearer {token}"
            self._hide(token)
        if options.basic_user:
            password = secret(options.basic_password, "password")
            pair = base64.b64encode(f"{options.basic_user}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {pair}"
            self._hide(password, pair)

    def _hide(self, *values: str) -> None:
        self._secrets += [value for value in values if len(value) > 3 and value.lower() not in ("bearer", "basic")]
        self._secrets.sort(key=len, reverse=True)


def _checked(address: str) -> str:
    """Give the address of a server without what is no part of one; raises UsageError for what can be none."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError("the address of the server cannot be read; write it like http://HOST:PORT") from error
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError("the address of a server starts with http:// or https:// and a host")
    if parts.query or parts.fragment:
        raise UsageError(f"name the server alone ({parts.scheme}://{host}/...), without '?' or '#'")
    if holds_credentials(address):
        raise UsageError("the address of a server holds no user and no password; they are given beside it")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _trust(address: str, ca_file: str) -> ssl.SSLContext:
    """The certificates to trust; none for plain http, to avoid loading them."""
    if not ca_file and address.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"--ca-file {ca_file}: holds no certificate that can be read") from error


def _same_server(here: str, there: str) -> bool:
    a, b = urlsplit(here), urlsplit(there)
    try:
        return (a.scheme, a.hostname, a.port) == (b.scheme, b.hostname, b.port)
    except ValueError:
        return False


def _retry_after_s(answer: Answer) -> float:
    text = answer.headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(min(int(text[:9]), 86_400))
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()) if text else 0.0
    except (ValueError, TypeError):
        return 0.0


def _is_final(error: Exception) -> bool:
    final = httpx.TimeoutException | httpx.UnsupportedProtocol | httpx.InvalidURL | UnicodeError
    return isinstance(error, final) or "certificate" in str(error).lower()


def _why(error: Exception) -> str:
    text = str(error)
    if isinstance(error, UnicodeError):
        return "the address holds a name that no server has"
    if isinstance(error, httpx.ConnectTimeout):
        return "no connection within the deadline"
    if isinstance(error, httpx.TimeoutException):
        return "no answer within the deadline"
    if "certificate" in text.lower():
        found = text.rpartition("certificate verify failed:")[2].partition("(_ssl")[0].strip()
        return f"its certificate is not trusted: {found}; name the right one with --ca-file"
    if isinstance(error, httpx.ConnectError):
        return f"no connection: {re.sub(r'^.*Errno -?[0-9]+. *', '', text).lower() or 'refused'}"
    return f"the connection broke: {text.lower() or type(error).__name__}"
