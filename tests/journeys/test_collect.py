"""`plimsoll collect` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from tests.conftest import Plimsoll
from tests.servers.prometheus import PrometheusServer

from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.domain.series import as_datetime
from plimsoll.domain.stored import EVER, Selector
from plimsoll.entrypoints.cli import main


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two days of two metrics, one row a minute."""
    rows = [
        f"2025-07-{30 + n // 1440}T{n // 60 % 24:02d}:{n % 60:02d}:00Z,{n % 97 / 100},{1000 + n}" for n in range(2880)
    ]
    path = tmp_path / "load.csv"
    path.write_text("timestamp,cpu,disk\n" + "\n".join(rows) + "\n")
    return path


def test_a_history_is_collected_once_and_collecting_again_adds_nothing(plimsoll: Plimsoll, table: Path) -> None:
    first = plimsoll("collect", table, "--as-of", "2025-08-01T00:00:00Z", "-o", "json")
    assert first.returncode == 0, first.stderr
    found = json.loads(first.stdout)
    assert (found["kind"], found["rounds"], found["samples"]) == ("Collection", 1, 5760)
    assert found["sources"][0]["last"] == "2025-07-31T23:59:00Z"
    plimsoll("collect", table, "--as-of", "2025-08-01T00:10:00Z")
    status = json.loads(plimsoll("collect", "--status", "--as-of", "2025-08-01T00:10:00Z", "-o", "json").stdout)
    assert (status["kind"], status["samples"], len(status["series"])) == ("StoreStatus", 5760, 2)
    assert status["bytes_per_sample"] == pytest.approx(status["size_bytes"] / 5760)
    assert status["series"][0] == {
        "series": "cpu", "source": str(table), "unit": "", "samples": 2880,
        "first": "2025-07-30T00:00:00Z", "last": "2025-07-31T23:59:00Z",
    }  # fmt: skip


def test_the_signals_of_a_model_are_collected_and_the_store_answers_for_them(
    plimsoll: Plimsoll, plimsoll_process: Plimsoll, table: Path
) -> None:
    model = table.with_name("plimsoll.yaml")
    model.write_text(
        "apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: shop}\n"
        "sources:\n  - {name: history, kind: csv, file: load.csv}\n"
        "signals:\n  - {name: web_cpu, source: history, query: cpu, unit: ratio, kind: ratio}\n"
    )
    done = plimsoll("collect", "-m", model, "--as-of", "2025-08-01T00:00:00Z", "-o", "json")
    assert done.returncode == 0, done.stderr
    here = plimsoll("collect", "--as-of", "2025-08-01T00:00:00Z")
    assert here.returncode == 0, here.stderr
    status = json.loads(plimsoll("collect", "--status", "-o", "json").stdout)
    assert [(line["series"], line["unit"], line["samples"]) for line in status["series"]] == [
        ("web_cpu", "ratio", 2880)
    ]
    # A program finds the store where the program that filled it put it.
    runway = plimsoll_process("runway", "store", "--as-of", "2025-08-01T00:00:00Z", "-o", "json")
    assert [row["resource"] for row in json.loads(runway.stdout)["rows"]] == ["web_cpu"], runway.stderr


def test_a_source_that_fails_is_named_kept_as_a_gap_and_does_not_stop_the_other(
    plimsoll: Plimsoll, table: Path
) -> None:
    done = plimsoll("collect", table, "http://127.0.0.1:9", "--as-of", "2025-08-01T00:00:00Z")
    assert done.returncode == 1
    assert "5760 samples in 1 round" in done.stdout
    told, verdict = done.stderr.splitlines()
    assert told.startswith("plimsoll: http://127.0.0.1:9: no connection")
    assert told.endswith("it is kept as a gap and tried again")
    assert verdict == "plimsoll: http://127.0.0.1:9: could not be read at the end; the gap and all the rest are kept"
    status = json.loads(plimsoll("collect", "--status", "-o", "json").stdout)
    assert [gap["series"] for gap in status["gaps"]] == ["http://127.0.0.1:9"]
    assert "no connection" in status["gaps"][0]["reason"]


def test_rounds_go_on_for_as_long_as_asked(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now_ms = [1_754_006_400_000]
    clock = SimpleNamespace(
        monotonic=lambda: now_ms[0] / 1000, sleep=lambda span_s: now_ms.append(now_ms.pop() + round(span_s * 1000))
    )
    monkeypatch.setattr("plimsoll.entrypoints.cli.pace.time", clock)
    monkeypatch.setattr("plimsoll.bootstrap_sources.wall_clock_ms", lambda: now_ms[0])
    words = ["collect", str(table), "--every", "200ms", "--for", "4s", "--store", str(tmp_path / "store"), "-o", "json"]
    assert main.run(words) == 0
    assert json.loads(capsys.readouterr().out)["rounds"] == 21  # the first at once, the last at the end


def test_a_source_without_samples_in_the_window_cannot_answer(plimsoll: Plimsoll, table: Path) -> None:
    done = plimsoll("collect", table, "--as-of", "2020-01-01T00:00:00Z")
    assert done.returncode == 4
    assert done.stderr == "plimsoll: no source had a sample in the window; look at it with plimsoll doctor\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a source, such as"),
        (("m.csv", "--status"), "--status shows the store and takes no source"),
        (("m.csv", "--every", "0s"), "--every must be longer than nothing"),
        (("m.csv", "--every", "fast"), "'fast' is not a number of seconds"),
        (("m.csv", "--as-of", "soon"), "--as-of wants a time like"),
        (("nowhere.xyz",), "'nowhere.xyz' is not a source"),
        (("missing.csv", "--once"), "missing.csv"),
        (("--status", "--store", "/dev/null"), "/dev/null"),
    ],
)
def test_wrong_words_are_said_in_one_line(plimsoll: Plimsoll, arguments: tuple[str, ...], words: str) -> None:
    done = plimsoll("collect", *arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_damage_is_found_by_verify_and_named(plimsoll: Plimsoll, table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    plimsoll("collect", table, "--as-of", "2025-08-01T00:00:00Z", "--store", folder)
    sound = plimsoll("collect", "--verify", "--store", folder)
    assert (sound.returncode, sound.stderr) == (0, "")
    day = next((folder / "days").glob("2025-07-30*"))
    day.write_bytes(day.read_bytes()[:-1])
    damaged = plimsoll("collect", "--verify", "--store", folder)
    assert damaged.returncode == 1
    assert f"damaged: {day}" in damaged.stdout
    assert damaged.stderr.startswith(f"plimsoll: 1 file is damaged: {day}")


@pytest.mark.system
def test_a_server_read_in_two_sittings_gives_what_one_sitting_gives(
    plimsoll: Plimsoll, prometheus_with_history: PrometheusServer, tmp_path: Path
) -> None:
    server = prometheus_with_history
    middle = as_datetime((server.first_ms + server.last_ms) // 2).isoformat()
    end = as_datetime(server.last_ms).isoformat()
    how = ("--since", "120d", "--step", f"{server.step_ms // 1000}s")
    for folder, moments in (("two", (middle, end)), ("one", (end,))):
        for moment in moments:
            done = plimsoll("collect", server.url, *how, "--as-of", moment, "--store", tmp_path / folder)
            assert done.returncode == 0, done.stderr
    two, one = (ParquetStore(tmp_path / folder).read(Selector(), EVER) for folder in ("two", "one"))
    assert len(one.series) >= len(server.series)
    held = {series.id: series for series in two.series}
    for series in one.series:
        assert np.array_equal(held[series.id].times_ms, series.times_ms), series.id
        assert np.array_equal(held[series.id].values, series.values, equal_nan=True)
