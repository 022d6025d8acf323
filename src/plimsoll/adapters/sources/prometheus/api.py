"""What does one call of the Prometheus HTTP API answer, and what does a refusal mean?

https://prometheus.io/docs/prometheus/latest/querying/api/: an envelope of status, data, warnings and infos, or an
errorType and an error. Proxies and login pages answer with HTML, which is distinguished from a fault of the query.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from plimsoll.adapters.web_client import BUSY, Answer, TooLong, WebClient
from plimsoll.domain.errors import SourceError, SourceMalformed, SourceRefused

_TOO_MUCH = re.compile(
    r"too many (samples|points)|maximum resolution|query timed out|exceeds the (limit|maximum)|query length|"
    r"max(imum)?[ -]?(samples|points|query)|limit.{0,40}(samples|points|chunks|bytes)",
    re.IGNORECASE,
)
_GET_ONLY = frozenset({404, 405})


class QueryRefused(SourceError):
    """The server works, but refuses this one query."""


class QueryTooLarge(QueryRefused):
    """The server says that the query exceeds its limits; a shorter span may work."""


@dataclass(frozen=True)
class Reply:
    """The data of an envelope, and the server's warnings."""

    data: Any
    remarks: tuple[str, ...] = ()


class PrometheusApi:
    """Calls of the HTTP API of one server."""

    def __init__(self, web: WebClient) -> None:
        self._web = web
        self._post = True

    @property
    def address(self) -> str:
        """The server's address, without credentials."""
        return self._web.address

    @property
    def credentials(self) -> str:
        """Whether requests carry credentials, in words."""
        return "with credentials" if self._web.sends_credentials else "without credentials"

    @property
    def tenant(self) -> str:
        """The tenant that requests name, or nothing."""
        return self._web.clean(self._web.header("X-Scope-OrgID"))

    def query(self, promql: str, at_ms: int | None) -> Reply:
        """Evaluate `promql` at one moment; None is the server's own now."""
        moment = {} if at_ms is None else {"time": _seconds(at_ms)}
        return self._request("/api/v1/query", {"query": promql, **moment, **self._patience()})

    def query_range(self, promql: str, first_ms: int, last_ms: int, step_ms: int) -> Reply:
        """Evaluate `promql` at `first_ms`, every `step_ms` after it, up to `last_ms` inclusive."""
        span = {"start": _seconds(first_ms), "end": _seconds(last_ms), "step": _seconds(step_ms)}
        return self._request("/api/v1/query_range", {"query": promql, **span, **self._patience()})

    def label_values(self, label: str, start_ms: int, end_ms: int) -> tuple[str, ...]:
        """List the values of a label in a span."""
        reply = self.look(f"/api/v1/label/{label}/values?start={_seconds(start_ms)}&end={_seconds(end_ms)}")
        return self._texts(reply.data)

    def label_names(self, start_ms: int, end_ms: int) -> tuple[str, ...]:
        """List the names of labels in a span."""
        return self._texts(self.look(f"/api/v1/labels?start={_seconds(start_ms)}&end={_seconds(end_ms)}").data)

    def metadata(self) -> dict[str, str]:
        """The type of each metric, as its exporter states it."""
        data = self.look("/api/v1/metadata?limit_per_metric=1").data
        if not isinstance(data, dict):
            raise self._malformed("the metadata are no object")
        entries = ((name, found[0]) for name, found in data.items() if isinstance(found, list) and found)
        return {name: str(entry.get("type", "")) for name, entry in entries if isinstance(entry, dict)}

    def look(self, path: str) -> Reply:
        """Get one path of the API."""
        return self._reply(self._web.fetch(path, _is_worth_a_retry))

    def _request(self, path: str, form: Mapping[str, str]) -> Reply:
        try:
            if self._post:
                answer = self._web.fetch(path, _is_worth_a_retry, form)
                if answer.status not in _GET_ONLY:
                    return self._reply(answer)
                self._post = False  # a proxy that only allows GET
            return self._reply(self._web.fetch(f"{path}?{urlencode(form)}", _is_worth_a_retry))
        except TooLong as error:
            raise QueryTooLarge(self.address, error.message) from error

    def _patience(self) -> dict[str, str]:
        return {"timeout": f"{max(1, int(self._web.deadline_s))}s"}

    def _reply(self, answer: Answer) -> Reply:
        envelope = self._envelope(answer)
        if answer.status in (401, 403):
            message = self._web.clean(str((envelope or {}).get("error", "") or _plain(answer)))
            remedy = "say who you are with --bearer, --user or -H (a tenant: -H 'X-Scope-OrgID: NAME')"
            raise SourceRefused(self.address, f"answered {answer.status}{f' ({message})' if message else ''}; {remedy}")
        if envelope is None:
            raise self._malformed(_unexpected(answer, self._web.clean(_plain(answer))))
        remarks = [*_listed(envelope.get("warnings")), *_listed(envelope.get("infos"))]
        if envelope.get("isPartial") is True:  # docs.victoriametrics.com, Cluster availability
            remarks.append("the answer is partial: some of its storage did not answer")
        if envelope.get("status") == "success" and answer.status < 400:
            return Reply(envelope.get("data"), tuple(self._web.clean(text) for text in remarks))
        raise self._refusal(answer, envelope)

    def _envelope(self, answer: Answer) -> dict[str, Any] | None:
        """The answer as an object, None if it is something else; raises if it claims to be JSON and is not."""
        if answer.content_type != "application/json" and answer.body[:1] != b"{":
            return None
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            if answer.status >= 400:
                return None
            raise self._malformed("answered JSON that breaks off or is no JSON") from error
        return found if isinstance(found, dict) and "status" in found else None

    def _refusal(self, answer: Answer, envelope: Mapping[str, Any]) -> SourceError:
        message = self._web.clean(str(envelope.get("error", "no reason given")))
        kind = self._web.clean(str(envelope.get("errorType", "")))
        if kind in ("timeout", "canceled") or _TOO_MUCH.search(message):
            return QueryTooLarge(self.address, message)
        if answer.status < 500 or kind in ("execution", "bad_data", "internal"):
            return QueryRefused(self.address, f"refused the query: {message}")
        return SourceError(self.address, f"answered {answer.status}: {message}")

    def _texts(self, data: Any) -> tuple[str, ...]:
        if not isinstance(data, list) or not all(isinstance(item, str) for item in data):
            raise self._malformed("a list of names holds something else")
        return tuple(data)

    def _malformed(self, message: str) -> SourceMalformed:
        return SourceMalformed(self.address, message)


def _is_worth_a_retry(answer: Answer) -> bool:
    """Whether to retry: a busy server yes, a query that timed out no, because it would do so again."""
    return answer.status in BUSY and not (answer.status == 503 and b'"errorType"' in answer.body[:4096])


def _unexpected(answer: Answer, message: str) -> str:
    if answer.content_type == "text/html" and answer.status < 400:
        return "answered a web page where its API was asked (a login page, or the wrong address?)"
    if answer.status == 404:
        return "answered 404: no Prometheus API at this address (is a path prefix missing?)"
    if answer.status >= 400:
        return f"answered {answer.status}{f' ({message})' if message else ''}"
    return f"answered {answer.content_type or 'no content type'} where JSON of the Prometheus API was asked"


def _plain(answer: Answer) -> str:
    return answer.body[:400].decode("utf-8", "replace") if answer.content_type == "text/plain" else ""


def _listed(found: Any) -> list[str]:
    return [str(item) for item in found] if isinstance(found, list) else []


def _seconds(time_ms: int) -> str:
    return f"{time_ms // 1000}.{time_ms % 1000:03d}" if time_ms % 1000 else str(time_ms // 1000)
