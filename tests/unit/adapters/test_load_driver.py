"""The demo's load driver against a server that answers at once."""

from __future__ import annotations

import asyncio
import itertools
from types import SimpleNamespace

import pytest
from tests.servers.hostile import HostileServer
from tests.servers.programs import free_port

from plimsoll.adapters import load_driver
from plimsoll.adapters.load_driver import Mix, Step, drive, peak_throughput

MIX = Mix({"good": "/good/{n}"}, {"good": 1.0})


def test_a_clock_that_is_set_back_makes_no_latency_wrong(
    hostile_server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", map(float, itertools.count(2_000_000_000, -3600)).__next__)
    (answers,) = asyncio.run(drive(hostile_server.url, MIX, [Step(50.0, 0.2)], 1, lambda *_: None))
    assert answers
    assert all(0 < answer.latency_s < 60 and not answer.failed for answer in answers)


def test_an_answer_that_comes_after_all_patience_is_a_failure(
    hostile_server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_look_4_s_later = SimpleNamespace(monotonic=map(float, itertools.count(0, 4)).__next__)
    monkeypatch.setattr(load_driver, "time", every_look_4_s_later)
    (answers,) = asyncio.run(drive(hostile_server.url, MIX, [Step(50.0, 0.2)], 1, lambda *_: None))
    assert answers
    assert all(answer.latency_s > 3 and answer.failed for answer in answers)


def test_what_was_not_served_is_no_throughput() -> None:
    assert asyncio.run(peak_throughput(f"http://127.0.0.1:{free_port()}", MIX, 1, 0.05)) == 0
