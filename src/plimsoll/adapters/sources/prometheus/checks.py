"""Is this Prometheus server fit to plan on: is there access, how far back does it go, is any scrape target down?

Each check makes one call of the API and reports what was found and the remedy. A fault of the server makes the check
failed or unknown; no check raises.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from plimsoll.adapters.sources.prometheus.api import PrometheusApi, QueryTooLarge
from plimsoll.adapters.sources.prometheus.matrix import NotAResult, Pieces
from plimsoll.adapters.sources.prometheus.ranges import Grid, sweep
from plimsoll.domain.errors import SourceError, SourceRefused
from plimsoll.domain.ports import Check, CheckState
from plimsoll.domain.quantity import format_duration, some_of
from plimsoll.domain.series import as_datetime
from plimsoll.domain.time_spans import DAY_MS, HOUR_MS

_OK, _WARNING, _FAILED, _UNKNOWN = CheckState.OK, CheckState.WARNING, CheckState.FAILED, CheckState.UNKNOWN
_MOST_SKEW_S = 5.0
_FORECAST_DAYS = 28
_PROBE = Grid(0, 11_001 * 1000, 1000)  # two points more than the server's own bound of 11,000
_TENANT_REMEDY = "if the server holds tenants, name yours with -H 'X-Scope-OrgID: NAME'"

Question = Callable[[PrometheusApi, int], Check]


def diagnose(api: PrometheusApi, now_ms: Callable[[], int]) -> tuple[Check, ...]:
    """Run all checks; if the server cannot be reached at all, only the first."""
    access = _access(api, now_ms())
    if access[-1].state is _FAILED:
        return access
    return (*access, *(_run(name, question, api, now_ms()) for name, question in _QUESTIONS.items()))


def _access(api: PrometheusApi, now: int) -> tuple[Check, ...]:
    try:
        api.query("1", now)
    except SourceRefused as error:
        reached = Check("reachable", _OK, api.address)
        return reached, Check("auth", _FAILED, error.message, "use --bearer env:NAME, --user, or the tenant's header")
    except SourceError as error:
        return (Check("reachable", _FAILED, error.message, "check address, path prefix, network and --deadline"),)
    return Check("reachable", _OK, api.address), Check("auth", _OK, f"let in {api.credentials}")


def _run(name: str, question: Question, api: PrometheusApi, now: int) -> Check:
    try:
        return question(api, now)
    except (SourceError, NotAResult) as error:
        return Check(name, _UNKNOWN, str(error), "the server does not answer this; the rest stands without it")


def _transport(api: PrometheusApi, now: int) -> Check:
    parts = urlsplit(api.address)
    if parts.scheme == "https":
        return Check("transport", _OK, "TLS with a verified certificate")
    if api.credentials.startswith("with ") and not _is_here(parts.hostname or ""):
        return Check("transport", _WARNING, "credentials travel in the clear over http", "use https")
    return Check("transport", _OK, "plain http")


def _tenant(api: PrometheusApi, now: int) -> Check:
    if api.tenant:
        return Check("tenant", _OK, f"asked as {api.tenant}")
    return Check("tenant", _OK, "none named, none asked for", _TENANT_REMEDY)


def _version(api: PrometheusApi, now: int) -> Check:
    data = api.look("/api/v1/status/buildinfo").data
    version = str(data.get("version", "")) if isinstance(data, dict) else ""
    return Check("version", _OK if version else _UNKNOWN, version[:60] or "not said")


def _clock(api: PrometheusApi, now: int) -> Check:
    pieces = Pieces()
    pieces.add(api.query("time()", None).data)
    skew_s = next(float(values[-1]) - now / 1000 for _, _, values in pieces.joined())
    text = f"the server is {abs(skew_s):.1f}s {'ahead of' if skew_s > 0 else 'behind'} this machine"
    if abs(skew_s) > _MOST_SKEW_S:
        return Check("clock", _WARNING, text, "set both by NTP; the last samples may fall outside a window")
    return Check("clock", _OK, text)


def _history(api: PrometheusApi, now: int) -> Check:
    """Find the first block by bisection: the labels of everything up to a moment are empty before it."""
    if not api.label_names(0, now):
        return Check("history", _FAILED, "holds no sample", "let it scrape something, or name another server or tenant")
    empty, full = 0, now
    while full - empty > HOUR_MS:
        middle = (empty + full) // 2
        empty, full = (empty, middle) if api.label_names(0, middle) else (middle, full)
    days = (now - full) / DAY_MS
    span = f"samples since about {as_datetime(full):%Y-%m-%d %H:%MZ} ({format_duration(now / 1000 - full / 1000)})"
    if days < _FORECAST_DAYS:
        ready = as_datetime(full + _FORECAST_DAYS * DAY_MS)
        return Check("history", _WARNING, span, f"a forecast wants {_FORECAST_DAYS} days: there from {ready:%Y-%m-%d}")
    return Check("history", _OK, span)


def _point_limit(api: PrometheusApi, now: int) -> Check:
    grid = Grid(now - _PROBE.last_ms, now, _PROBE.step_ms)
    try:
        api.query_range("vector(1)", grid.first_ms, grid.last_ms, grid.step_ms)
        whole = "at once"
    except QueryTooLarge:
        whole = ""
    pieces, parts = Pieces(), 0
    for _, outcome in sweep(api, "vector(1)", grid):
        if isinstance(outcome, SourceError):
            return Check("point limit", _FAILED, outcome.message, "read with a longer step")
        pieces.add(outcome.data)
        parts += 1
    points = sum(times.size for _, times, _ in pieces.joined())
    if points != grid.points:
        return Check("point limit", _FAILED, f"{points} of {grid.points} points came", "read with a longer step")
    return Check("point limit", _OK, f"{points} points answered {whole or f'in {parts} parts, not at once'}")


def _labels(api: PrometheusApi, now: int) -> Check:
    names = [name for name in api.label_names(now - DAY_MS, now) if name != "__name__"]
    if not names:
        return Check("labels", _WARNING, "no label in the last 24h", "is anything scraped now?")
    return Check("labels", _OK, some_of([name[:40] for name in names], 12))


def _scraping(api: PrometheusApi, now: int) -> Check:
    up, down = Pieces(), Pieces()
    if not up.add(api.query("up", now).data):
        return Check("scraping", _WARNING, "no target is scraped now", "without fresh samples nothing is forecast")
    count = down.add(api.query("up == 0", now).data)
    total = len(up.samples)
    if not count:
        return Check("scraping", _OK, f"{total} targets, all up")
    names = [f"{dict(labels).get('job', '?')[:40]} {dict(labels).get('instance', '?')[:60]}" for labels in down.samples]
    more = f" and {count - 3} more" if count > 3 else ""
    text = f"{count} of {total} targets are down: {', '.join(names[:3])}{more}"
    return Check("scraping", _WARNING, text, "their series have gaps; see the server's /targets page")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_QUESTIONS: dict[str, Question] = {
    "transport": _transport,
    "tenant": _tenant,
    "version": _version,
    "clock": _clock,
    "history": _history,
    "point limit": _point_limit,
    "labels": _labels,
    "scraping": _scraping,
}
