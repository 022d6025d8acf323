"""For any invalid input a command prints one clear line, ends with the right exit code, and writes no partial file."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.conftest import REPOSITORY
from tests.journeys.bad_files import ANY, SERIES, hourly, put, table
from tests.servers.hostile import HostileServer

from plimsoll.entrypoints.cli.main import run

EXAMPLES = REPOSITORY / "examples"
FLEET, LOAD_TEST = EXAMPLES / "fleet" / "metrics.csv", EXAMPLES / "terminal-platform" / "loadtest.csv"
MODEL = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: trace}
components:
  - name: web
    demand: {unit: requests, per: 60s}
    capacity: {per_replica: 145}
    slo: {utilization: 80%}
    startup: 120s
    replicas: {min: 2, max: 500}
    policies:
      - {name: hpa70, hpa: {cpu: 70%}}
"""
TRACE = "timestamp,value\n" + "".join(f"{n * 60},{100 + n % 50 * 10}\n" for n in range(200))
LONGEST_LINE = 2020
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Called:
    """The outcome of a command line."""

    code: int
    out: str
    err: str

    @property
    def complaints(self) -> list[str]:
        return self.err.splitlines()


Call = Callable[..., Called]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command line in this process, in an empty folder; no outcome may be a crash of the program itself."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run_it(*arguments: object) -> Called:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        told = f"{arguments} -> {code}\n{shown.err[:2000]}"
        assert "fault of plimsoll itself" not in shown.err, told
        assert "Traceback" not in shown.err, told
        assert code in (0, 1, 3, 4), told
        assert not UNSEEN.search(shown.err + shown.out), told
        if code:
            assert all(line.startswith("plimsoll: ") for line in shown.err.splitlines()), told
        assert all(len(line) <= LONGEST_LINE for line in shown.err.splitlines()), told
        return Called(code, shown.out, shown.err)

    return run_it


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of valid files: a model, a trace, a panel."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "plimsoll.yaml").write_text(MODEL)
    (folder / "trace.csv").write_text(TRACE)
    hours = pa.array(np.arange(50) * 3_600_000, pa.timestamp("ms"))
    pq.write_table(pa.table({"unique_id": ["a"] * 50, "ds": hours, "y": np.arange(50.0)}), folder / "panel.parquet")
    return folder


# What reads a file: a word for it, how the file ends, and the command line; BAD, GOOD and OUT stand for the file, the
# folder of right files, and a folder to write into.
READERS: dict[str, tuple[str, str]] = {
    "runway": ("csv", "runway BAD"),
    "forecast": ("csv", "forecast BAD"),
    "assess": ("csv", "assess BAD"),
    "patterns": ("csv", "assess BAD --patterns"),
    "doctor_csv": ("csv", "doctor csv BAD"),
    "report": ("csv", "report BAD --output OUT/page.html"),
    "init": ("csv", "init BAD --output OUT/model.yaml"),
    "collect": ("csv", "collect BAD --once --as-of 2026-01-13 --store OUT/store"),
    "telemetry": ("csv", "limits from-telemetry BAD --signal demand=value --signal cpu=value"),
    "demo": ("csv", "demo --real BAD --output OUT/demo"),
    "replay": ("csv", "replay BAD -m GOOD/plimsoll.yaml --rules plain --trajectory OUT/course.parquet"),
    "suggest": ("csv", "policy suggest BAD -m GOOD/plimsoll.yaml --slo-miss 1% --output OUT/policy.yaml"),
    "load_test": ("csv", "limits from-loadtest BAD"),
    "load_test_columns": ("csv", "limits from-loadtest BAD --columns load=timestamp,throughput=value"),
    "load_test_of_a_report": ("csv", f"report {FLEET} --loadtest BAD --output OUT/page.html"),
    "per_unit": ("csv", "limits per-unit BAD --kinds a=value --resources cpu=value"),
    "cache": ("csv", "limits cache BAD --columns hit_ratio=value,latency=timestamp"),
    "validate": ("yaml", "validate BAD"),
    "show": ("yaml", "show BAD -o yaml"),
    "plan": ("yaml", "plan -m BAD"),
    "upgrade": ("yaml", "model upgrade BAD --in-place"),
    "model_of_a_runway": ("yaml", "runway -m BAD"),
    "model_of_a_forecast": ("yaml", f"forecast {FLEET} -m BAD"),
    "model_of_an_assessment": ("yaml", "assess -m BAD"),
    "model_of_a_report": ("yaml", "report -m BAD --output OUT/page.html"),
    "model_of_a_collection": ("yaml", "collect -m BAD --once --store OUT/store"),
    "model_of_a_replay": ("yaml", "replay GOOD/trace.csv -m BAD"),
    "model_of_a_suggestion": ("yaml", "policy suggest GOOD/trace.csv -m BAD --slo-miss 1%"),
    "rules": ("yaml", f"limits from-loadtest {LOAD_TEST} --rules BAD"),
    "policy_compared": ("yaml", "replay GOOD/trace.csv -m GOOD/plimsoll.yaml --compare BAD"),
    "policy_as_budget": ("yaml", "policy suggest GOOD/trace.csv -m GOOD/plimsoll.yaml --budget BAD"),
    "policy_test": ("yaml", "policy test BAD"),
    "policy_import": ("yaml", "policy import BAD"),
    "conformance": ("json", "policy conformance BAD"),
    "panel": ("parquet", "forecast panel --input BAD --output OUT/o.parquet --freq h --horizon 3 --quantiles 0.1,0.9"),
    "parquet": ("parquet", "runway BAD"),
    "doctor_parquet": ("parquet", "doctor parquet BAD"),
}
# These show what is wrong in their answer: every check of the doctor, every case.
ANSWERS_FAULTS = {"doctor_csv", "doctor_parquet", "conformance"}
# The reason, and that the gap is kept; the store remembers it.
COLLECTS = {"collect", "model_of_a_collection"}
# These share the reading code with another command of the list; a few edge cases show that they behave alike.
LIKE_OTHERS = {
    "forecast", "assess", "patterns", "report", "init", "telemetry", "demo", "suggest", "load_test_of_a_report",
    "cache", "show", "plan", "policy_as_budget", "parquet", *(name for name in READERS if name.startswith("model_of")),
}  # fmt: skip
FEW = ("missing", "folder", "link_to_itself", "empty", "noise", "web_page", "latin_1", "long_key", "json_list")
ASKED = [(reader, edge) for reader in READERS for edge in (FEW if reader in LIKE_OTHERS else ANY)]
# `model upgrade` rewrites the text of a version it knows and judges nothing else.
READ_ANYWAY = {("upgrade", "yaml_key_twice")}


def command_line(words: str, bad: Path, good: Path, out: Path) -> list[str]:
    places = {"BAD": bad, "GOOD": good, "OUT": out}
    return [re.sub("BAD|GOOD|OUT", lambda found: str(places[found[0]]), word) for word in words.split()]


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(("reader", "edge"), ASKED)
def test_a_file_of_another_kind_is_refused_in_a_line_that_names_it(
    reader: str, edge: str, call: Call, good: Path, tmp_path: Path
) -> None:
    ending, words = READERS[reader]
    bad = put(ANY[edge], tmp_path / f"bad.{ending}")
    before = bad.read_bytes() if bad.is_file() else None
    out = tmp_path / "out"
    out.mkdir()
    called = call(*command_line(words, bad, good, out))
    if reader in ANSWERS_FAULTS:
        assert called.code in (1, 3)
        assert called.out or called.err
    else:
        assert called.code in ((1, 4) if (reader, edge) not in READ_ANYWAY else (0,))
        assert f"bad.{ending}" in called.err
        assert called.out == "" or reader in COLLECTS
    if ending == "csv" and reader not in COLLECTS:
        assert len(called.complaints) <= 1
    if reader not in COLLECTS:
        assert content_of(out) == {}
    assert (bad.read_bytes() if bad.is_file() else None) == before


# Where a series file is wrong in one cell, the line says which.
SPOTS = {
    "no_header": "bad.csv:1: the first line must name the columns",
    "rows_too_long": "bad.csv:5: has 4 cells where the header names 2 columns",
    "rows_too_short": "bad.csv:5: has 1 cells where the header names 2 columns",
    "decimal_commas": "bad.csv:3:2: value: '1,51' is not a number",
    "column_twice": "bad.csv:1:3: columns 2 and 3 have the same name 'value'",
    "no_time_column": "bad.csv:2:1: name: 'a' is not a time",
    "time_alone": "bad.csv:1: names one column",
    "word_for_a_value": "bad.csv:7:2: value: 'many' is not a number",
    "word_for_a_time": "bad.csv:7:1: timestamp: 'yesterday' is not a time",
    "time_left_out": "bad.csv:7:1: timestamp: '' is not a time",
    "times_of_two_kinds": "bad.csv:7:1: timestamp: '1767225600' is not a time",
    "seconds_then_milliseconds": "bad.csv:3:1: timestamp: '1767229200000' is not a time",
    "number_among_dates": "bad.csv:3:1: timestamp: '1e300' is not a time",
    "negative_times": "bad.csv:2:1: timestamp: '-5' is not a time",
    "header_alone": "bad.csv: holds a header and no rows",
}


@pytest.mark.parametrize("edge", sorted(SPOTS))
@pytest.mark.parametrize("words", ["runway BAD", "forecast BAD", "assess BAD", "init BAD"])
def test_a_cell_that_cannot_be_read_is_named_by_line_and_column(
    words: str, edge: str, call: Call, good: Path, tmp_path: Path
) -> None:
    bad = put(SERIES[edge], tmp_path / "bad.csv")
    called = call(*command_line(words, bad, good, tmp_path))
    assert (called.code, len(called.complaints)) == (4 if edge == "header_alone" else 1, 1)
    assert f"{tmp_path}/{SPOTS[edge]}" in called.err


@pytest.mark.parametrize(
    ("edge", "told"),
    [
        ("times_past_all_years", "102:1: timestamp: '99999-01-01T00:00:00Z': 3 rows with a time outside"),
        ("epochs_past_all_years", "2:1: timestamp: '-5': 3 rows with a time outside"),
    ],
)
def test_a_date_outside_the_calendar_costs_its_row_and_is_warned_of_in_one_line(
    edge: str, told: str, call: Call, tmp_path: Path
) -> None:
    bad = put(SERIES[edge], tmp_path / "bad.csv")
    for words in ("runway --horizon 30d", "assess", "forecast --horizon 2h"):
        command, *more = words.split()
        called = call(command, bad, *more, "-o", "json")
        assert (called.code, len(called.complaints)) == (0, 1)
        assert f"{bad}:{told} the years 1 to 9999 left out" in called.err
        assert any(told in note for note in json.loads(called.out)["notes"])
    assert "1 series, 288 samples" in call("doctor", "csv", bad, "-o", "json").out


def test_a_series_of_which_no_row_has_a_time_has_its_state_beside_the_others(call: Call, tmp_path: Path) -> None:
    rows = [row.replace(",", ",good,") for row in hourly()] + ["12026-01-01T00:00:00Z,late,5", "99999-01-01,late,6"]
    bad = put(table(rows, "timestamp,host,cpu_percent"), tmp_path / "bad.csv")
    called = call("forecast", bad, "--horizon", "2h", "-o", "json")
    good, late = json.loads(called.out)["forecasts"]
    assert (good["state"], len(good["rows"]), late["state"], late["rows"]) == ("ok", 2, "cannot_tell", [])
    assert late["why"] == "no sample in the span that was read; the notes say why"
    assert "290:1: timestamp: '12026-01-01T00:00:00Z': 2 rows" in called.err
    states = {
        row["resource"]: row["state"]
        for row in json.loads(call("runway", bad, "--horizon", "30d", "-o", "json").out)["rows"]
    }
    assert states == {"good/cpu_percent": "none_within_horizon", "late/cpu_percent": "cannot_tell"}


# Two readers of series, the trace reader and the reader of load tests see every odd series.
ODD_READERS = ["assess", "doctor_csv", "replay", "load_test_columns", "init"]


@pytest.mark.parametrize("edge", sorted(SERIES))
@pytest.mark.parametrize("reader", ODD_READERS)
def test_an_odd_series_is_answered_or_refused_in_one_line(
    reader: str, edge: str, call: Call, good: Path, tmp_path: Path
) -> None:
    bad = put(SERIES[edge], tmp_path / "bad.csv")
    out = tmp_path / "out"
    out.mkdir()
    called = call(*command_line(READERS[reader][1], bad, good, out))
    if called.code and reader not in ANSWERS_FAULTS:
        assert len(called.complaints) >= 1
        assert "bad" in called.err or called.code == 4
        assert content_of(out) == {}


ODD_BUT_READ = ["zones_mixed", "infinities", "negative_counter", "huge_values", "times_shuffled", "percent_past_all"]


@pytest.mark.parametrize("edge", ODD_BUT_READ)
@pytest.mark.parametrize("reader", ["runway", "forecast", "patterns", "report"])
def test_an_odd_series_does_not_make_the_long_chain_stumble(
    reader: str, edge: str, call: Call, good: Path, tmp_path: Path
) -> None:
    called = call(*command_line(READERS[reader][1], put(SERIES[edge], tmp_path / "bad.csv"), good, tmp_path))
    assert called.code in (0, 1, 4)


@pytest.mark.parametrize(
    ("edge", "words"),
    [
        ("zones_mixed", "times without a zone taken as UTC"),
        ("times_shuffled", "rows out of order (sorted)"),
        ("times_twice", "288 samples with a time that came again dropped (the last one stands)"),
        ("infinities", "3 infinite values"),
    ],
)
def test_what_was_put_right_in_a_file_is_said(edge: str, words: str, call: Call, good: Path, tmp_path: Path) -> None:
    called = call("doctor", "csv", put(SERIES[edge], tmp_path / "bad.csv"), "-o", "json")
    assert words in called.out


def test_clocks_that_change_are_followed_in_the_zone_that_is_named(call: Call, tmp_path: Path) -> None:
    back = put(SERIES["clocks_go_back"], tmp_path / "back.csv")
    forward = put(SERIES["clocks_go_forward"], tmp_path / "forward.csv")
    assert "12 samples" in call("doctor", "csv", back, "--tz", "Europe/Berlin", "-o", "json").out
    assert "do not exist (clocks went forward)" in call("doctor", "csv", forward, "--tz", "Europe/Berlin").out


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("1,x\n2,5\n", "trace.csv:2:2: value: 'x' is no number"),
        ("1,-4\n2,5\n", "trace.csv:2:2: value: '-4' is no demand"),
        ("1,nan\n2,5\n", "trace.csv:2:2: value: 'nan' is no demand"),
        ("2,5\n1,5\n", "trace.csv:3:1: timestamp: the second row is not later than the first"),
        ("1,0\n2,0\n", "trace.csv: holds no demand"),
        ("1,5\n", "trace.csv: has 1 rows"),
        ("1\n2\n", "trace.csv:2: has 1 cells where 2 were expected"),
        (
            "1767225600000,5\n1767225660000,5\n",
            "trace.csv:2:1: timestamp: '1767225600000' is outside the years 1 to 9999; write epoch seconds",
        ),
        ("0001-01-01T00:00:00Z,1\n9999-12-31T00:00:00Z,2\n", "trace.csv:3:1: timestamp: its last step ends after"),
        ("0,1e308\n60,1e308\n", "asks for 6.9e+305 replicas of web"),
    ],
    ids=["word", "negative", "nan", "backward", "zeros", "one_row", "one_cell", "milliseconds", "far", "past_measure"],
)
def test_a_trace_that_is_none_is_refused(rows: str, told: str, call: Call, good: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("timestamp,value\n" + rows)
    called = call("replay", trace, "-m", good / "plimsoll.yaml", "--rules", "plain")
    assert (called.code, len(called.complaints)) == (1, 1)
    assert told in called.err


@pytest.mark.parametrize("way", ["slow", "drip", "truncated", "short", "login", "refused", "always-busy", "circle",
                                 "away", "bomb", "not-gzip", "deep", "garbled", "wrong-type"])  # fmt: skip
def test_a_server_that_lies_or_dawdles_is_named_in_one_line(
    hostile_server: HostileServer, way: str, call: Call
) -> None:
    called = call("runway", f"{hostile_server.url}/{way}", "--deadline", "400ms")
    assert (called.code, called.out, len(called.complaints)) == (1, "", 1)
    assert f"{hostile_server.url}/{way}: " in called.err


SERVER_READERS = {
    "runway": "runway URL",
    "forecast": "forecast URL",
    "assess": "assess URL",
    "report": "report URL --output OUT/page.html",
    "init": "init URL --output OUT/model.yaml",
    "telemetry": "limits from-telemetry URL --signal demand=x",
    "runway_of_an_application": "runway app+URL",
}


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is bound but not listened on, so that no other program answers there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


@pytest.mark.parametrize("trouble", ["closed", "login", "slow"])
@pytest.mark.parametrize("reader", sorted(SERVER_READERS))
def test_every_command_says_in_one_line_what_is_wrong_with_a_server(
    reader: str, trouble: str, hostile_server: HostileServer, closed_port: int, call: Call, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{closed_port}" if trouble == "closed" else f"{hostile_server.url}/{trouble}"
    out = tmp_path / "out"
    out.mkdir()
    words = SERVER_READERS[reader].replace("URL", url).replace("OUT", str(out)).split()
    called = call(*words, *(("--deadline", "300ms") if trouble == "slow" else ()))
    assert (called.code, called.out, len(called.complaints)) == (1, "", 1)
    assert url.removesuffix("/slow") in called.err
    assert content_of(out) == {}


@pytest.mark.parametrize("words", ["runway DSN", "assess DSN", "collect DSN --once --store OUT/store"])
def test_a_database_that_is_not_there_is_named_without_its_password(
    words: str, closed_port: int, call: Call, tmp_path: Path
) -> None:
    dsn = f"postgresql://someone@127.0.0.1:{closed_port}/orders"
    called = call(*words.replace("DSN", dsn).replace("OUT", str(tmp_path)).split())
    assert called.code == 1
    assert all(f"127.0.0.1:{closed_port}/orders: " in line for line in called.complaints)


# Commands that write, and the places they may be asked to write to.
WRITERS = {
    "report": f"report {FLEET} --output PLACE",
    "init": f"init {FLEET} --force --output PLACE",
    "trajectory": "replay GOOD/trace.csv -m GOOD/plimsoll.yaml --rules plain --trajectory PLACE",
    "chart": "replay GOOD/trace.csv -m GOOD/plimsoll.yaml --rules plain --chart PLACE",
    "panel": "forecast panel --input GOOD/panel.parquet --output PLACE --freq h --horizon 3 --quantiles 0.1,0.9",
}


def writing(writer: str, place: Path, good: Path) -> list[str]:
    return [word.replace("GOOD", str(good)).replace("PLACE", str(place)) for word in WRITERS[writer].split()]


@pytest.mark.parametrize("writer", sorted(WRITERS))
@pytest.mark.parametrize("place", ["a_folder", "under_a_file"])
def test_a_place_that_cannot_be_written_is_named(
    writer: str, place: str, call: Call, good: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "file").write_text("as it was")
    called = call(*writing(writer, out if place == "a_folder" else out / "file" / "x", good))
    assert (called.code, len(called.complaints)) == (1, 1)
    assert "cannot be written" in called.err
    assert content_of(out) == {"file": b"as it was"}


@pytest.mark.parametrize("writer", sorted(WRITERS))
def test_a_device_is_written_to_and_a_link_stays_a_link(writer: str, call: Call, good: Path, tmp_path: Path) -> None:
    pipe, link, file = tmp_path / "pipe", tmp_path / "link", tmp_path / "file"
    link.symlink_to(file)
    assert call(*writing(writer, Path("/dev/null"), good)).code == 0
    assert Path("/dev/null").is_char_device()
    assert call(*writing(writer, link, good)).code == 0
    assert link.is_symlink()
    assert file.stat().st_size > 0
    assert not pipe.exists()


@pytest.mark.parametrize("reader", ["report", "init", "replay", "suggest", "panel", "demo"])
def test_what_was_written_before_stands_where_the_next_input_is_bad(
    reader: str, call: Call, good: Path, tmp_path: Path
) -> None:
    ending, words = READERS[reader]
    bad = put(ANY["noise"], tmp_path / f"bad.{ending}")
    (tmp_path / "out" / "demo").mkdir(parents=True)
    names = ("page.html", "model.yaml", "course.parquet", "policy.yaml", "o.parquet", "demo/report.html")
    for name in names:
        (tmp_path / "out" / name).write_text("as it was")
    more = ["--force"] if reader == "init" else []
    assert call(*command_line(words, bad, good, tmp_path / "out"), *more).code == 1
    assert content_of(tmp_path / "out") == dict.fromkeys(names, b"as it was")


@pytest.mark.parametrize("reader", ["runway", "validate", "replay", "load_test", "conformance", "panel", "upgrade"])
def test_what_may_never_end_is_not_read(reader: str, call: Call, good: Path, tmp_path: Path) -> None:
    ending, words = READERS[reader]
    pipe, device = tmp_path / f"bad.{ending}", tmp_path / f"device.{ending}"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    for bad, what in ((pipe, "a named pipe"), (device, "a device")):
        called = call(*command_line(words, bad, good, tmp_path))
        assert (called.code, len(called.complaints)) == (1, 1)
        assert f"{bad}: is {what}, which may never end" in called.err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("include: [pipe.csv]", "validate model.yaml"),
        ("drivers: [{name: users, history: {file: pipe.csv}}]", "plan -m model.yaml --growth 5%"),
        (
            "sources: [{name: file, kind: csv, file: pipe.csv}]\nsignals: [{name: x, source: file}]",
            "collect -m model.yaml --once --store store",
        ),
    ],
    ids=["include", "history", "source"],
)
def test_what_may_never_end_is_not_read_where_a_model_names_it(more: str, words: str, call: Call) -> None:
    os.mkfifo("pipe.csv")
    Path("model.yaml").write_text(f"{MODEL}{more}\n")
    called = call(*words.split())
    assert called.code == 1
    assert "pipe.csv: is a named pipe, which may never end" in called.err


def test_a_pipe_of_the_shell_is_read_like_a_file(call: Call, good: Path) -> None:
    reading, writing_end = os.pipe()
    os.write(writing_end, (good / "plimsoll.yaml").read_bytes())
    os.close(writing_end)
    assert call("validate", f"/dev/fd/{reading}").code == 0
    os.close(reading)


@pytest.mark.skipif(os.geteuid() == 0, reason="the root user may read everything")
@pytest.mark.parametrize("words", ["runway BAD", "validate BAD", "limits from-loadtest BAD", "policy conformance BAD"])
def test_a_file_that_may_not_be_read_is_named(words: str, call: Call, good: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("time,x\n1,2\n")
    bad.chmod(0)
    called = call(*command_line(words, bad, good, tmp_path))
    assert (called.code, len(called.complaints)) == (1, 1)
    assert "permission denied" in called.err.lower()


USAGE = {
    "no_such_command": "sail",
    "no_such_option": "runway --sail",
    "argument_left_out": "limits from-loadtest",
    "argument_too_many": "schema one two",
    "no_source": "runway",
    "no_such_source": "runway ftp://host",
    "no_such_format": "catalog -o xml",
    "nothing_after_the_sign": "demo --real=",
    "no_number": "limits queue --arrival-rate 2 --service-time 1s --servers many",
    "no_duration": f"runway {FLEET} --horizon soon",
    "duration_without_end": f"runway {FLEET} --horizon 1e400d",
    "duration_negative": f"forecast {FLEET} --horizon=-3d",
    "no_moment": f"runway {FLEET} --as-of yesterday",
    "moment_past_the_calendar": f"runway {FLEET} --as-of 9999-12-31",
    "no_zone": f"runway {FLEET} --tz Mars/Olympus --as-of 2026-10-01",
    "zone_that_leads_out": f"assess {FLEET} --tz ../../etc/passwd",
    "header_without_colon": "runway http://127.0.0.1:9 -H token",
    "secret_typed_out": "runway http://127.0.0.1:9 --bearer hunter2",
    "no_such_variable": "runway http://127.0.0.1:9 --bearer env:PLIMSOLL_NO_SUCH",
    "limit_without_value": f"runway {FLEET} --limit disk",
    "quantiles_of_nothing": f"forecast {FLEET} --quantiles 0,1",
    "quantile_not_a_number": f"forecast {FLEET} --quantiles nan",
    "objective_of_nothing": f"limits from-loadtest {LOAD_TEST} --slo fast",
    "both_questions": "limits queue --arrival-rate 2 --service-time 1s --servers 3 --wait-probability 0.1",
    "servers_below_one": "limits queue --arrival-rate 2 --service-time 1s --servers 0",
    "rate_not_a_number": "limits queue --arrival-rate nan --service-time 1s --servers 3",
    "rate_without_end": "limits queue --arrival-rate inf --service-time 1s --wait-probability 0.1",
    "growth_past_all": "plan -m GOOD/plimsoll.yaml --growth 1e300%",
    "months_past_all": "plan -m GOOD/plimsoll.yaml --growth 5% --months 99999999",
    "policy_of_nothing": "replay GOOD/trace.csv -m GOOD/plimsoll.yaml --compare sail",
    "policy_word_without_value": "replay GOOD/trace.csv -m GOOD/plimsoll.yaml --compare hpa:cpu=",
    "share_past_one": "replay GOOD/trace.csv -m GOOD/plimsoll.yaml --score-last 1.5",
    "share_not_a_number": "replay GOOD/trace.csv -m GOOD/plimsoll.yaml --score-last nan",
    "no_such_component": "replay GOOD/trace.csv -m GOOD/plimsoll.yaml --component sail",
    "step_of_nothing": "forecast panel --input GOOD/panel.parquet --output x --freq 0h --horizon 3 --quantiles 0.1",
    "no_such_limit": "catalog sails",
    "no_model_here": "validate",
    "store_not_there": "runway store:nowhere",
    "store_to_show_not_there": "collect --status --store nowhere",
    "lead_time_of_nothing": f"runway {FLEET} --lead-time sail=3d",
    "limit_of_nothing": f"report {FLEET} --output x.html --limit sail=3",
    "series_of_nothing": f"forecast {FLEET} --series sail",
    "one_series_of_nothing": f"forecast {FLEET} --series api/* --series sail",
    "signal_of_nothing": f"replay {FLEET} -m GOOD/plimsoll.yaml --signal sail",
    "role_of_nothing": f"limits from-telemetry {FLEET} --signal demand=sail",
    "group_of_nothing": "catalog --group sail",
    "scenario_of_nothing": "plan -m GOOD/plimsoll.yaml --scenario sail",
    "token_beside_the_sources_of_a_model": "report -m GOOD/plimsoll.yaml --output x.html --bearer env:TOKEN",
    "window_negative": f"assess {FLEET} --window=-1d",
    "history_negative": f"report {FLEET} --history=-3d",
    "step_without_length": "demo --step 0s",
    "delay_negative": "replay GOOD/trace.csv -m GOOD/plimsoll.yaml --metric-delay=-5m",
    "seed_negative": "replay GOOD/trace.csv -m GOOD/plimsoll.yaml --seed=-1",
    "load_not_a_number": f"limits from-loadtest {LOAD_TEST} --columns load=concurrent_users,throughput=throughput_rps"
    " --for-load nan",
    "cores_of_nothing": "limits per-unit GOOD/trace.csv --kinds a=value --resources cpu=value --cores 0",
    "growth_past_nothing": "plan -m GOOD/plimsoll.yaml --growth=-200%",
    "driver_without_growth": "plan -m GOOD/plimsoll.yaml --driver users",
    "plan_past_the_calendar": "plan -m GOOD/plimsoll.yaml --as-of 9999-12-31",
    "event_that_ends_first": f"forecast {FLEET} --event a=2026-10-02..2026-10-01*2",
    "horizon_past_all": f"forecast {FLEET} --horizon 100000d",
    "bounds_that_cross": "forecast panel --input GOOD/panel.parquet --output x --freq h --horizon 3 --quantiles 0.1"
    " --lower 5 --upper 1",
    "panel_onto_itself": "forecast panel --input GOOD/panel.parquet --output GOOD/panel.parquet --freq h --horizon 3"
    " --quantiles 0.1",
}


@pytest.mark.parametrize("mistake", sorted(USAGE))
def test_wrong_words_end_with_1_in_one_line(mistake: str, call: Call, good: Path) -> None:
    called = call(*(word.replace("GOOD", str(good)) for word in USAGE[mistake].split()))
    assert (called.code, len(called.complaints), called.out) == (1, 1, ""), called


@pytest.mark.parametrize(
    "words", [("demo", "--real", ""), ("demo", "--output", ""), ("validate", ""), ("plan", "-m", "")]
)
def test_a_value_without_text_is_not_taken_for_the_default(words: tuple[str, ...], call: Call) -> None:
    called = call(*words)
    assert (called.code, len(called.complaints), called.out) == (1, 1, "")
    assert "without a value" in called.err
    assert list(Path().iterdir()) == []


def test_a_secret_that_was_typed_out_is_not_repeated(call: Call) -> None:
    assert "hunter2" not in call("runway", "http://127.0.0.1:9", "--bearer", "hunter2").err
    assert "hunter2" not in call("runway", "postgresql://me:hunter2@127.0.0.1:9/x", "--deadline", "300ms").err


def test_what_cannot_be_answered_for_want_of_data_ends_with_4(call: Call, good: Path, tmp_path: Path) -> None:
    assert call("explain", "sails").code == 4
    assert call("runway", put(SERIES["one_row"], tmp_path / "short.csv"), "--limit", "short=100").code == 4


def test_a_file_that_is_right_is_read(call: Call, tmp_path: Path) -> None:
    """Shows that the commands do not refuse everything."""
    assert call("runway", FLEET, "--no-record").code == 0
    assert call("doctor", "csv", put(SERIES["constant"], tmp_path / "fine.csv")).code == 0
