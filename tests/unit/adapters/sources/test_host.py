"""Readings of this machine, of a process and of a directory."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import psutil
import pytest

from plimsoll.adapters.sources.host import Host
from plimsoll.adapters.sources.host.machine import Counters, rates
from plimsoll.domain.ports import CheckState, Signal
from plimsoll.domain.series import Harvest, Window
from plimsoll.domain.source_options import SourceOptions

NOW_MS = 1_700_000_000_000
WINDOW = Window(NOW_MS - 60_000, NOW_MS + 1)


def host(**options: object) -> Host:
    return Host(SourceOptions(**options), lambda: NOW_MS)  # type: ignore[arg-type]


def read(query: str, **options: object) -> Harvest:
    return host(**options).read([Signal("it", query)], WINDOW, 60)


def test_the_machine_is_seen_in_every_respect() -> None:
    one = host()
    found = {signal.name for signal in one.discover(WINDOW)}
    expected = """host_cpu_utilization_ratio host_cpu_core_utilization_ratio host_cpu_cores host_load_average
        host_memory_used_ratio host_memory_used_bytes host_disk_used_ratio host_open_files host_processes"""
    assert set(expected.split()) <= found
    harvest = one.read(one.discover(WINDOW), WINDOW, 60)
    assert not harvest.gaps
    for series in harvest.series:
        assert series.values.shape == (1,)
        assert WINDOW.start_ms <= series.times_ms[0] < WINDOW.end_ms
        assert series.values[0] >= 0, series.id
        if series.id.name.endswith("_ratio"):
            assert series.values[0] <= 1, series.id


def test_levels_agree_with_what_the_kernel_says() -> None:
    (series,) = read("host_memory_total_bytes").series
    assert series.values[0] == psutil.virtual_memory().total
    assert (series.unit, series.kind.value) == ("bytes", "bytes")


def test_cpu_is_what_is_neither_idle_nor_waiting() -> None:
    zero = psutil.cpu_times()._replace(**dict.fromkeys(psutil.cpu_times()._fields, 0.0))
    after = zero._replace(user=3.0, guest=2.0, idle=5.0, iowait=1.0, steal=1.0)
    found = {r.name: r.value for r in rates(Counters(0, (zero,), {}, {}), Counters(10, (after,), {}, {}))}
    assert found == {
        "host_cpu_core_utilization_ratio": 0.4,
        "host_cpu_utilization_ratio": 0.4,
        "host_cpu_iowait_ratio": 0.1,
        "host_cpu_steal_ratio": 0.1,
    }


def test_a_process_is_found_by_number_and_seen() -> None:
    me = f"pid:{os.getpid()}"
    names = ["process_cpu_cores", "process_memory_bytes", "process_threads", "process_open_files", "process_count"]
    signals = [Signal(name, f'{name}{{process="{me}"}}') for name in names]
    harvest = host().read(signals, WINDOW, 60)
    values = {series.id.name: series.values[0] for series in harvest.series}
    assert set(values) == set(names)
    assert values["process_memory_bytes"] > 1e6
    assert values["process_threads"] >= 1


def test_a_process_is_found_by_its_programs_name(tmp_path: Path) -> None:
    program = tmp_path / "lade-line"
    program.symlink_to(Path(sys.executable).resolve())
    waits = "import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen([program, "-c", waits], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        (series,) = read('process_count{process="lade-line"}').series
        assert series.values[0] == 1
        child.communicate()


@pytest.mark.parametrize(
    ("query", "options", "reason"),
    [
        ('process_cpu_cores{process="no-such-program"}', {}, "host: no process named no-such-program runs"),
        ("process_memory_bytes", {"processes": ("no-such-program",)}, "host: no process named no-such-program runs"),
        ('process_memory_bytes{process="pid:99999999999"}', {}, "no process named pid:99999999999 runs"),
        ('directory_bytes{path="/nowhere"}', {}, "host: /nowhere: no such file or directory"),
        ('directory_bytes{path="/usr"}', {"deadline_s": 0.0}, "host: /usr holds too many files"),
        ("host_cpu_utilisation_ratio", {}, "did you mean 'host_cpu_utilization_ratio'?"),
    ],
)
def test_what_cannot_be_read_is_a_gap_with_its_reason(query: str, options: dict, reason: str) -> None:
    harvest = read(query, **options)
    assert harvest.series == ()
    assert reason in harvest.gaps[0].reason


@pytest.mark.parametrize("window", [Window(0, 1000), Window(NOW_MS + 10_000, NOW_MS + 20_000)])
def test_the_past_and_the_future_are_gaps(window: Window) -> None:
    harvest = host().read([Signal("host_cpu_cores")], window, 1)
    assert harvest.series == ()
    assert harvest.gaps[0].reason == "host: keeps no history; it can be asked about the present only"


def test_a_directory_is_measured_as_du_counts(tmp_path: Path) -> None:
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "deep" / "a").write_bytes(b"x" * 100_000)
    (tmp_path / "deep" / "deeper" / "b").write_bytes(b"x" * 5_000)
    os.link(tmp_path / "deep" / "a", tmp_path / "again")
    (tmp_path / "out").symlink_to("/usr")
    du = subprocess.run(["du", "-s", "--block-size=1", tmp_path], capture_output=True, text=True, check=True)
    (series,) = read("directory_bytes", directories=(str(tmp_path),)).series
    assert series.values[0] == float(du.stdout.split()[0])


def test_what_is_deleted_while_a_directory_is_measured_takes_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "stays").write_bytes(b"x" * 100_000)
    (before,) = read("directory_bytes", directories=(str(tmp_path),)).series
    (tmp_path / "brief").write_bytes(b"x" * 100_000)
    listed = list(os.scandir(tmp_path))
    (tmp_path / "brief").unlink()
    (tmp_path / "gone").rmdir()
    look = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: nullcontext(listed) if path == str(tmp_path) else look(path))
    (series,) = read("directory_bytes", directories=(str(tmp_path),)).series
    assert 100_000 <= series.values[0] < before.values[0]


def test_the_diagnosis_says_what_is_seen_and_that_no_history_is_kept() -> None:
    checks = {check.name: check for check in host(processes=("no-such-program",)).diagnose(WINDOW)}
    assert checks["reachable"].state is CheckState.OK
    assert checks["history"].state is CheckState.WARNING
    assert any("no-such-program" in check.seen for check in checks.values())
