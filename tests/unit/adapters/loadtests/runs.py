"""Runs in stairs, written in the format of each tool, with known users and latency, so that steps can be checked.

Requests are evenly spaced: each user makes `RATE` requests per second, and one request in `FAIL_EVERY` fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

START = 1_772_000_000  # Unix seconds
RATE = 5
FAIL_EVERY = 50
LOCUST_WINDOW_S = 10
LOCUST_PERCENTS = (50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100)
K6_HEADER = (
    "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,"
    "service,status,subproto,tls_version,url,extra_tags"
)
JMETER_HEADER = (
    "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,"
    "grpThreads,allThreads,URL,Latency,IdleTime,Connect"
)
LOCUST_HEADER = (
    "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,"
    "Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,"
    "Total Min Response Time,Total Max Response Time,Total Average Content Size"
)


@dataclass(frozen=True)
class Request:
    """One finished request: when it ended (Unix ms), how long it took (ms), whether it failed, and users then."""

    end_ms: int
    latency_ms: int
    failed: bool
    users: int


def stairs(levels: tuple[int, ...] = (10, 20, 30), seconds: int = 30) -> Iterator[tuple[int, int]]:
    """Yield each second with its users."""
    for number, users in enumerate(levels):
        for second in range(seconds):
            yield START + number * seconds + second, users


def requests(levels: tuple[int, ...] = (10, 20, 30), seconds: int = 30) -> Iterator[Request]:
    """Yield requests of a run in stairs: latency is 50 ms plus 2 ms a user, every tenth three times as long."""
    count = 0
    for second, users in stairs(levels, seconds):
        for number in range(users * RATE):
            count += 1
            latency = (50 + 2 * users) * (3 if number % 10 == 9 else 1)
            end_ms = second * 1000 + number * 999 // (users * RATE)
            yield Request(end_ms, latency, count % FAIL_EVERY == 0, users)


def k6_lines(path: Path, with_failed: bool = True) -> Path:
    """Write k6 JSON lines."""
    lines = [
        '{"type":"Metric","data":{"name":"vus","type":"gauge","contains":"default","thresholds":[],"submetrics":null},"metric":"vus"}'
    ]
    form = '{{"metric":"{metric}","type":"Point","data":{{"time":"{time}","value":{value},"tags":{tags}}}}}'
    for second, users in stairs():
        lines.append(form.format(metric="vus", time=_rfc(second * 1000), value=users, tags="null"))
    for one in requests():
        expected = "false" if one.failed else "true"
        tags = f'{{"expected_response":"{expected}","group":"","method":"GET","status":"{500 if one.failed else 200}"}}'
        time = _rfc(one.end_ms)
        lines.append(form.format(metric="http_reqs", time=time, value=1, tags=tags))
        lines.append(form.format(metric="http_req_duration", time=time, value=f"{one.latency_ms}.0", tags=tags))
        if with_failed:
            lines.append(form.format(metric="http_req_failed", time=time, value=int(one.failed), tags=tags))
        lines.append(form.format(metric="http_req_waiting", time=time, value=1.5, tags=tags))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def k6_csv(path: Path, dates: bool = False) -> Path:
    """Write k6 CSV, with times in Unix seconds or as dates with an offset from UTC."""
    blank = "," * 15
    lines = [K6_HEADER]

    def time(second: int) -> str:
        return datetime.fromtimestamp(second, timezone(timedelta(hours=2))).isoformat() if dates else str(second)

    lines += [f"vus,{time(second)},{users}.000000{blank}" for second, users in stairs()]
    for one in requests():
        second = time(one.end_ms // 1000)
        lines.append(f"http_req_duration,{second},{one.latency_ms}.000000{blank}")
        lines.append(f"http_req_failed,{second},{int(one.failed)}.000000{blank}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def jmeter_csv(path: Path, header: bool = True, delimiter: str = ",", dates: bool = False) -> Path:
    """Write a JTL in CSV, with a transaction controller's row for every tenth request."""
    lines = [delimiter.join(JMETER_HEADER.split(","))] if header else []
    for number, one in enumerate(requests()):
        start_ms, ok = one.end_ms - one.latency_ms, str(not one.failed).lower()
        moment = datetime.fromtimestamp(start_ms // 1000, tz=UTC)
        start = f"{moment:%Y/%m/%d %H:%M:%S}.{start_ms % 1000:03d}" if dates else start_ms
        said = f'"expected ""200"";{delimiter}\ngot 500 für «öffnen»"' if one.failed else ""
        row = [start, one.latency_ms, "home", 500 if one.failed else 200, "OK", "g 1-1", "text", ok, said, 512, 120]
        row += [one.users, one.users, "http://x/", one.latency_ms, 0, 1]
        lines.append(delimiter.join(map(str, row)))
        if number % 10 == 0:
            message = '"Number of samples in transaction : 1, number of failing samples : 0"'
            row[4], row[2] = message, "whole"
            lines.append(delimiter.join(map(str, row)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def jmeter_xml(path: Path, transactions: str = "") -> Path:
    """Write a JTL in XML; every tenth request holds a sample of its own (a redirect).

    Every tenth has a transaction controller `after` it or `around` it, where that is asked for.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testResults version="1.2">']
    for number, one in enumerate(requests()):
        start, ok = one.end_ms - one.latency_ms, str(not one.failed).lower()
        said = f't="{one.latency_ms}" lt="9" ts="{start}" s="{ok}" na="{one.users}"'
        inner = f'<httpSample t="9999" ts="{start}" s="true" na="{one.users}"/>' if number % 10 == 0 else ""
        request = (
            f'<httpSample {said} lb="home" rc="200" rm="OK">{inner}<java.net.URL>http://x/</java.net.URL></httpSample>'
        )
        whole = f'<sample {said} lb="whole" rm="Number of samples in transaction : 1, number of failing samples : 0">'
        forms = {"": request, "after": f"{request}{whole}</sample>", "around": f"{whole}{request}</sample>"}
        lines.append(forms[transactions if number % 10 == 0 else ""])
    path.write_text("\n".join([*lines, "</testResults>"]) + "\n", encoding="utf-8")
    return path


def vegeta_results(path: Path, as_csv: bool = False) -> Path:
    """Write each request of an attack with a stepped rate, one object or row per line; a URL may contain a comma."""
    lines = []
    for number, one in enumerate(requests()):
        start_ms, code = one.end_ms - one.latency_ms, 503 if one.failed else 200
        if as_csv:
            error = '"503, try again"' if one.failed else ""
            lines.append(
                f'{start_ms}000000,{code},{one.latency_ms}000000,0,512,{error},,,{number},GET,"http://x/?a,b",'
            )
        else:
            lines.append(
                f'{{"attack":"","seq":{number},"code":{code},"timestamp":"{_rfc(start_ms)}",'
                f'"latency":{one.latency_ms}000000,"bytes_out":0,"bytes_in":512,"error":"","body":null}}'
            )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def locust_history(path: Path, full: bool = True) -> Path:
    """Write a Locust history: `full` has rows by request and quantiles of ten seconds, otherwise since the start."""
    lines, latencies, failed = [LOCUST_HEADER], np.empty(0), 0
    by_second: dict[int, list[Request]] = {}
    for one in requests():
        by_second.setdefault(one.end_ms // 1000, []).append(one)
    before = {START - 1: 0}
    for second, users in stairs():
        here = by_second.get(second, [])
        latencies = np.append(latencies, [one.latency_ms for one in here])
        failed, before[second] = failed + sum(one.failed for one in here), latencies.size
        recent = latencies[before[max(second - LOCUST_WINDOW_S, START - 1)] :] if full else latencies
        quantiles = ",".join(locust_quantile(recent, percent) for percent in LOCUST_PERCENTS)
        whole = f"{locust_quantile(latencies, 50)},{latencies.mean()},{latencies.min():.1f},{latencies.max():.1f}"
        tail = f"{quantiles},{latencies.size},{failed},{whole},100"
        if full:
            lines.append(f"{second},{users},GET,/orders,1.0,0.0,{tail}")
        lines.append(f"{second},{users},,Aggregated,1.0,0.0,{tail}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def locust_quantile(latency_ms: NDArray[np.float64], percent: float) -> str:
    """Compute a quantile as Locust does: the rank is truncated, the value rounded to two digits."""
    value = float(np.sort(latency_ms)[min(int(latency_ms.size * percent / 100), latency_ms.size - 1)])
    return str(int(round(value, 0 if value < 100 else -1 if value < 1000 else -2)))


def _rfc(time_ms: int) -> str:
    moment = datetime.fromtimestamp(time_ms // 1000, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}456789Z"
