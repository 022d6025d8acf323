"""Files of every tool become the same steps, whatever they are called."""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from plimsoll.adapters.loadtests.reader import read_columns, read_load_test, read_rates
from plimsoll.adapters.loadtests.rules_file import read_rules
from plimsoll.capacity.columns import column_of
from plimsoll.capacity.plateaus import cut_steps
from plimsoll.domain.errors import InputError, UsageError
from plimsoll.domain.load_test import LoadUnit, Recording, Steps
from plimsoll.domain.objective import objective

sys.path.insert(0, str(Path(__file__).parent))
import runs

FILES = Path(__file__).parent / "files"
WRITERS: dict[str, Callable[[Path], Path]] = {
    "k6_json_lines": runs.k6_lines,
    "k6_json_lines_without_http_req_failed": lambda path: runs.k6_lines(path, with_failed=False),
    "k6_csv": runs.k6_csv,
    "k6_csv_with_dates": lambda path: runs.k6_csv(path, dates=True),
    "jmeter_csv": runs.jmeter_csv,
    "jmeter_csv_without_header": lambda path: runs.jmeter_csv(path, header=False),
    "jmeter_csv_with_dates": lambda path: runs.jmeter_csv(path, dates=True),
    "jmeter_csv_with_semicolons": lambda path: runs.jmeter_csv(path, delimiter=";"),
    "jmeter_xml": runs.jmeter_xml,
    "jmeter_xml_with_transactions_after_their_requests": lambda path: runs.jmeter_xml(path, "after"),
    "jmeter_xml_with_transactions_around_their_requests": lambda path: runs.jmeter_xml(path, "around"),
    "locust_full_history": runs.locust_history,
    "locust_with_quantiles_of_its_own": lambda path: without_columns(
        runs.locust_history(path), "75%", "99.99%", "100%"
    ),
}


def without_columns(path: Path, *names: str) -> Path:
    """Leave columns out of a CSV without quotes."""
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    kept = [place for place, name in enumerate(rows[0]) if name not in names]
    path.write_text("\n".join(",".join(row[place] for place in kept) for row in rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_a_run_in_stairs_gives_the_same_steps_in_every_format(write: Callable[[Path], Path], tmp_path: Path) -> None:
    recording = read_load_test([write(tmp_path / "results.bin")])
    assert isinstance(recording, Recording)
    steps = cut_steps(recording)
    assert steps.load.tolist() == [10, 20, 30]
    assert steps.load_unit is LoadUnit.USERS
    assert steps.throughput == pytest.approx([49, 98, 147], rel=0.03)
    assert steps.error_ratio == pytest.approx([0.02] * 3, abs=0.005)
    assert steps.latency_s["p50"] == pytest.approx([0.070, 0.090, 0.110], rel=0.02)
    assert steps.latency_s["p95"] == pytest.approx([0.210, 0.270, 0.330], rel=0.02)
    assert steps.latency_s["mean"] == pytest.approx([0.084, 0.108, 0.132], rel=0.03)
    assert any("warm-up" in note for note in steps.notes)


@pytest.mark.parametrize("as_csv", [False, True], ids=["json", "csv"])
def test_single_results_of_vegeta_are_steps_over_arrivals(as_csv: bool, tmp_path: Path) -> None:
    recording = read_load_test([runs.vegeta_results(tmp_path / "results", as_csv)])
    assert isinstance(recording, Recording)
    steps = cut_steps(recording)
    assert steps.load_unit is LoadUnit.ARRIVALS_PER_S
    assert steps.load == pytest.approx([50, 100, 150], rel=0.03)
    assert steps.error_ratio == pytest.approx([0.02] * 3, abs=0.006)
    assert steps.latency_s["p95"] == pytest.approx([0.210, 0.270, 0.330], rel=0.02)


def test_quantiles_since_the_start_of_a_locust_run_are_not_taken_for_those_of_a_step(tmp_path: Path) -> None:
    recording = read_load_test([runs.locust_history(tmp_path / "default.csv", full=False)])
    assert isinstance(recording, Recording)
    steps = cut_steps(recording)
    assert set(steps.latency_s) == {"mean"}
    assert steps.latency_s["mean"] == pytest.approx([0.084, 0.108, 0.132], rel=0.03)
    assert "--csv-full-history" in str(column_of(steps, objective("p95<250ms")))
    assert any("--csv-full-history" in note for note in steps.notes)


def test_quantiles_since_the_start_are_seen_by_their_values_whatever_the_rows(tmp_path: Path) -> None:
    """Locust 1.2 to 2.2.1 wrote quantiles since the start into rows of single requests, too."""
    default = runs.locust_history(tmp_path / "default.csv", full=False).read_text(encoding="utf-8")
    rows = [line.replace(",,Aggregated,", ",GET,/orders,") + "\n" + line for line in default.splitlines()[1:]]
    old = tmp_path / "old.csv"
    old.write_text("\n".join([default.splitlines()[0], *rows]) + "\n", encoding="utf-8")
    recording = read_load_test([old])
    assert isinstance(recording, Recording)
    assert set(cut_steps(recording).latency_s) == {"mean"}


def test_the_total_median_of_an_old_locust_is_the_lower_of_the_two_in_the_middle(tmp_path: Path) -> None:
    """Locust 2.8.6 takes the upper one for 50%: of as many fast requests as slow ones these are far apart."""
    rows = []
    for total in range(1, 61):
        took = sorted((10, 200)[number % 2] for number in range(total))
        quantiles = ",".join(str(took[min(int(total * q / 100), total - 1)]) for q in runs.LOCUST_PERCENTS)
        whole = f"{total},0,{took[(total - 1) // 2]},{np.mean(took)},10,{took[-1]},1"
        rows.append(f"{runs.START + total},5,,Aggregated,1,0,{quantiles},{whole}")
    assert not locust_of(tmp_path / "history.csv", rows).latency_quantiles_s


@pytest.mark.parametrize("write", [runs.jmeter_csv, lambda path: runs.jmeter_xml(path, "after")], ids=["csv", "xml"])
def test_transactions_of_jmeter_alone_are_read_as_such(write: Callable[[Path], Path], tmp_path: Path) -> None:
    """With "Generate parent sample" a JTL in CSV contains only transactions."""
    path = write(tmp_path / "jtl")
    both = read_load_test([path])
    lines = path.read_text(encoding="utf-8").split("\n")
    kept = [re.sub("<httpSample.*</httpSample>", "", line) for line in lines if "in transaction" in line]
    frame = ["<testResults>", *kept, "</testResults>"] if "<" in lines[0] else [lines[0], *kept]
    path.write_text("\n".join(frame) + "\n", encoding="utf-8")
    alone = read_load_test([path])
    assert isinstance(both, Recording)
    assert isinstance(alone, Recording)
    assert (both.requests.sum(), alone.requests.sum()) == (9000, 900)
    assert any("900 samples of transaction controllers left out" in note for note in both.notes)
    assert any("all samples are of transaction controllers" in note for note in alone.notes)


def test_a_jtl_whose_transactions_hold_more_requests_than_it_has_is_told(tmp_path: Path) -> None:
    path = runs.jmeter_csv(tmp_path / "jtl")
    path.write_text(path.read_text(encoding="utf-8").replace("transaction : 1", "transaction : 11"), encoding="utf-8")
    recording = read_load_test([path])
    assert isinstance(recording, Recording)
    assert any("hold 9900 requests, and the file has 9000" in note for note in recording.notes)


def jtl_of_seven_users(path: Path, form: str, column: tuple[str, str], names: Sequence[str]) -> Path:
    """Write 20 s of two requests each; one column, given by its name in CSV and in XML, cycles through some names."""
    samples = [(runs.START * 1000 + 500 * i, names[i % len(names)]) for i in range(40)]
    in_csv, in_xml = column
    rows = [f"{start},50,true,7,{name}" for start, name in samples]
    elements = [f'<sample ts="{start}" t="50" s="true" na="7" {in_xml}="{name}"/>' for start, name in samples]
    lines = {
        "csv": [f"timeStamp,elapsed,success,allThreads,{in_csv}", *rows],
        "xml": ["<testResults>", *elements, "</testResults>"],
    }
    path.write_text("\n".join(lines[form]), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["csv", "xml"])
@pytest.mark.parametrize("hosts", ["a", "ab"], ids=["one_host", "two_hosts"])
def test_users_that_each_of_several_hosts_counts_apart_are_not_known(hosts: str, form: str, tmp_path: Path) -> None:
    """Each remote engine counts only its own threads."""
    recording = read_load_test([jtl_of_seven_users(tmp_path / "jtl", form, ("Hostname", "hn"), hosts)])
    assert isinstance(recording, Recording)
    assert recording.requests.tolist() == [2.0] * 20
    assert np.all(np.isnan(recording.users) if hosts == "ab" else recording.users == 7)
    assert any("each of 2 hosts" in note for note in recording.notes) is (hosts == "ab")


def test_engines_are_told_where_transactions_are_told_from_requests(tmp_path: Path) -> None:
    """JMeter saves response messages by default."""
    path = jtl_of_seven_users(tmp_path / "jtl", "csv", ("threadName", "tn"), ("10.0.0.7-G 1-1", "10.0.0.8-G 1-1"))
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([f"{header.replace('tn', 'threadName')},responseMessage", *(f"{row},OK" for row in rows)])
    )
    recording = read_load_test([path])
    assert isinstance(recording, Recording)
    assert np.all(np.isnan(recording.users))


def jtl_of_pages(path: Path, after: Mapping[str, int]) -> Path:
    """Write ten seconds of pages of 100 ms, one a second by each of two threads, and rows `after` each (label, ms)."""
    lines = ["timeStamp,elapsed,label,responseMessage,threadName,success,allThreads"]
    for second in range(10):
        begun = runs.START * 1000 + 1000 * second
        rows = [(0, 100, "Home"), *((10 * i, elapsed, label) for i, (label, elapsed) in enumerate(after.items()))]
        for at, elapsed, label in rows:
            lines += [f"{begun + at + 200 * thread},{elapsed},{label},OK,G 1-{thread},true,2" for thread in (1, 2)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("after", "requests", "word"),
    [
        pytest.param({"Home-0": 40, "Home-1": 90}, 2, "40 parts of requests", id="parts"),
        pytest.param({"Home-0": 40, "Home-0-0": 30, "Home-1": 80}, 2, "60 parts of requests", id="parts_of_parts"),
        pytest.param({"/login": 40, "/start": 40}, 6, "40 samples lie within another", id="parts_with_own_labels"),
        pytest.param({"Home-1": 40, "Home-2": 40}, 6, "40 samples lie within another", id="no_first_part"),
        pytest.param({"Home-0": 101}, 4, "", id="longer_than_the_request"),
    ],
)
@pytest.mark.parametrize("block", [1 << 21, 256], ids=["one_block", "blocks_that_part_them"])
def test_parts_of_a_request_are_not_requests(
    after: dict[str, int], requests: int, word: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JMeter 5 writes redirects and embedded resources as rows after the page's own, which includes their time."""
    monkeypatch.setattr("plimsoll.adapters.loadtests.delimited._BLOCK", block)
    recording = read_load_test([jtl_of_pages(tmp_path / "jtl", after)])
    assert isinstance(recording, Recording)
    assert recording.requests.tolist() == [requests] * 10
    assert any(word in note for note in recording.notes)
    assert any("lie within" in note for note in recording.notes) is ("lie within" in word)


@pytest.mark.parametrize("form", ["csv", "xml"])
@pytest.mark.parametrize(
    ("threads", "engines"),
    [
        pytest.param(("10.0.0.7-Orders 1-1", "10.0.0.8-Orders 1-1"), 2, id="two_engines"),
        pytest.param(
            ("load-1:1099-Web-Shop 2-1", "load-2:1099-Web-Shop 2-9", "load-3:1099-Web-Shop 2-1"), 3, id="dashes"
        ),
        pytest.param(("10.0.0.7-Orders 1-1", "10.0.0.7-Orders 1-2", "10.0.0.7-Web 2-1"), 1, id="one_engine"),
        pytest.param(("Web-Orders 1-1", "App-Orders 2-1"), 1, id="two_groups"),
        pytest.param(("setUp Orders 1-1", "Orders 1-1"), 1, id="set_up"),
        pytest.param(("main", ""), 1, id="other_names"),
    ],
)
def test_engines_are_told_by_the_names_of_their_threads(
    threads: tuple[str, ...], engines: int, form: str, tmp_path: Path
) -> None:
    """By default JMeter saves no host names, and two engines of 7 users each must not be read as a load of 7."""
    recording = read_load_test([jtl_of_seven_users(tmp_path / "jtl", form, ("threadName", "tn"), threads)])
    assert isinstance(recording, Recording)
    assert np.all(np.isnan(recording.users) if engines > 1 else recording.users == 7)
    assert any(f"each of {engines} hosts" in note for note in recording.notes) is (engines > 1)


def test_a_jtl_without_messages_says_that_transactions_count_as_requests(tmp_path: Path) -> None:
    path = tmp_path / "jtl"
    path.write_text("timeStamp,elapsed,success\n1772000000000,5,true\n", encoding="utf-8")
    recording = read_load_test([path])
    assert isinstance(recording, Recording)
    assert any("count as requests too" in note for note in recording.notes)


@pytest.mark.parametrize("stalled", [False, True], ids=["two_runs", "one_request_under_way"])
def test_a_pause_between_two_runs_of_a_file_is_no_load(stalled: bool, tmp_path: Path) -> None:
    """JMeter appends to a file that is there; the last users of a run stay only while a request is under way."""
    samples = [(1000 * s, 100) for s in range(40)] + [(1000 * (s + 640), 100) for s in range(40)]
    if stalled:
        samples[40] = (1000 * 39, 601_000)
    rows = [f"{runs.START * 1000 + begun},{took},true,{7 if begun < 60_000 else 9}" for begun, took in samples]
    path = tmp_path / "jtl"
    path.write_text("\n".join(["timeStamp,elapsed,success,allThreads", *rows]) + "\n", encoding="utf-8")
    recording = read_load_test([path])
    assert isinstance(recording, Recording)
    steps = cut_steps(recording)
    assert np.count_nonzero(np.isnan(recording.users)) == (0 if stalled else 600)
    assert any("600 s in which no request was under way" in note for note in recording.notes) is not stalled
    assert (steps.throughput == pytest.approx(1)) is not stalled


def test_users_who_wait_for_minutes_make_no_pause(tmp_path: Path) -> None:
    rows = [f"{(runs.START + 120 * n) * 1000},100,true,{7 if n < 10 else 9}" for n in range(20)]
    path = tmp_path / "jtl"
    path.write_text("\n".join(["timeStamp,elapsed,success,allThreads", *rows]) + "\n", encoding="utf-8")
    recording = read_load_test([path])
    assert isinstance(recording, Recording)
    assert set(recording.users) == {7, 9}


def aggregated(total: int, failed: int, quantile_ms: int, second: int, mean_ms: float = 20) -> str:
    """Write a row of a Locust history with equal quantiles; those of the whole run are 20 ms."""
    return f"{second},5,,Aggregated,1,0,{','.join([str(quantile_ms)] * 11)},{total},{failed},20,{mean_ms},20,20,1"


def locust_of(path: Path, rows: list[str]) -> Recording:
    path.write_text("\n".join([runs.LOCUST_HEADER, *rows]) + "\n", encoding="utf-8")
    recording = read_load_test([path])
    assert isinstance(recording, Recording)
    return recording


def test_a_second_without_requests_counts_none_and_rows_before_the_first_quantile_have_none(tmp_path: Path) -> None:
    totals = [0, 50, 50, 50, 120]
    quantiles = [0, 90, 90, 0, 90]  # none of the last ten seconds are written as 0
    rows = [aggregated(totals[i], totals[i] // 10, quantiles[i], runs.START + i, 20 + i) for i in range(5)]
    recording = locust_of(tmp_path / "pause.csv", rows)
    assert recording.requests.tolist() == [0, 50, 0, 0, 70]
    assert recording.failures.tolist() == [0, 5, 0, 0, 7]
    assert recording.latency_quantiles_s["p95"] == pytest.approx([np.nan, 0.09, 0.09, np.nan, 0.09], nan_ok=True)
    assert recording.latency_sum_s is not None
    assert recording.latency_sum_s[[1, 4]] == pytest.approx([50 * 0.021, 120 * 0.024 - 50 * 0.023])


def test_a_row_that_comes_late_leaves_no_second_out(tmp_path: Path) -> None:
    rows = [aggregated(10 * k, 0, 90, runs.START + at) for k, at in enumerate([0, 1, 4])]
    recording = locust_of(tmp_path / "late.csv", rows)
    assert recording.requests.tolist() == [0, 10, 0, 0, 10]
    assert recording.users.tolist() == [5] * 5


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([aggregated(9, 0, 90, runs.START)], "without rows of name Aggregated"),
        ([aggregated(k, 0, 90, runs.START + k).replace(",,Agg", ",GET,agg") for k in range(3)], "without rows of name"),
    ],
    ids=["one_row", "single_requests_only"],
)
def test_a_history_of_locust_without_a_second_of_the_whole_is_refused(
    rows: list[str], word: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=word):
        locust_of(tmp_path / "short.csv", rows)


@pytest.mark.parametrize("names", ["Timestamp,Type,Name,Value", "Timestamp,Total Request Count"])
def test_columns_that_locust_shares_with_others_do_not_make_a_history(names: str, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(f"{names}\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no format that is known"):
        read_load_test([tmp_path / "other.csv"])


def test_a_history_of_locust_before_1_2_is_read_over_the_request_rate(tmp_path: Path) -> None:
    path = without_columns(runs.locust_history(tmp_path / "old.csv"), "User Count")
    text = path.read_text(encoding="utf-8")
    for new, old in (
        ("Total Request Count", "# requests"),
        ("Total Failure Count", "# failures"),
        ("Total Median Response Time", "Median response time"),
        ("Total Average Response Time", "Average response time"),
        ("Total Max Response Time", "Max response time"),
    ):
        text = text.replace(new, f'"{old}"')
    path.write_text(text, encoding="utf-8")
    recording = read_load_test([path])
    assert isinstance(recording, Recording)
    steps = cut_steps(recording)
    assert steps.load_unit is LoadUnit.ARRIVALS_PER_S
    assert steps.load == pytest.approx([50, 100, 150], rel=0.03)


@pytest.mark.parametrize("whole", [",,Aggregated,", ",None,Total,"], ids=["of_now", "before_1_0"])
def test_requests_that_locust_calls_total_are_not_the_whole_run(whole: str, tmp_path: Path) -> None:
    path = runs.locust_history(tmp_path / "total.csv")
    plain = read_load_test([path])
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    place = rows[0].index("Total Request Count")
    for row in rows:
        if row[2] == "GET":
            row[3], row[place] = "Total", str(int(row[place]) // 2)
    text = "\n".join(",".join(row) for row in rows).replace(",,Aggregated,", whole)
    path.write_text(text + "\n", encoding="utf-8")
    recording = read_load_test([path])
    assert isinstance(plain, Recording)
    assert isinstance(recording, Recording)
    assert recording.requests.tolist() == plain.requests.tolist()


def test_statistics_that_begin_anew_go_on_counting(tmp_path: Path) -> None:
    """Locust's --reset-stats sets all totals to zero once all users are spawned."""
    lines = runs.locust_history(tmp_path / "reset.csv").read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    place, middle = header.index("Total Request Count"), len(lines) // 2
    base = int(lines[middle].split(",")[place])
    for number in range(middle + 1, len(lines)):
        cells = lines[number].split(",")
        cells[place] = str(int(cells[place]) - base)
        lines[number] = ",".join(cells)
    (tmp_path / "reset.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    recording = read_load_test([tmp_path / "reset.csv"])
    assert isinstance(recording, Recording)
    assert recording.requests.sum() == pytest.approx(9000, abs=150)


def rewritten(path: Path, *changes: tuple[str, str]) -> Recording:
    """Read a file again with some patterns replaced."""
    text = path.read_text(encoding="utf-8")
    for pattern, other in changes:
        text = re.sub(pattern, other, text)
    path.write_text(text, encoding="utf-8")
    recording = read_load_test([path])
    assert isinstance(recording, Recording)
    return recording


NO_METRIC = ("(?m)^.*http_req_failed.*\n", "")  # k6 before 0.31, and http.setResponseCallback(null), write none
LINES_WITHOUT = (NO_METRIC, ('"expected_response":"[a-z]+",', ""))


def by_status(path: Path) -> Path:
    """Move the failures of a k6 CSV into its status column."""
    kept, place = [], runs.K6_HEADER.split(",").index("status")
    for line, after in pairwise([*path.read_text(encoding="utf-8").splitlines(), ""]):
        cells = line.split(",")
        if cells[0] == "http_req_duration":
            cells[place] = "500" if after.split(",")[2] == "1.000000" else "204"
        if cells[0] != "http_req_failed":
            kept.append(",".join(cells))
    path.write_text("\n".join(kept), encoding="utf-8")
    return path


def test_without_a_metric_of_failures_the_status_tells_them(tmp_path: Path) -> None:
    lines = rewritten(runs.k6_lines(tmp_path / "lines"), *LINES_WITHOUT)
    rows = rewritten(by_status(runs.k6_csv(tmp_path / "rows")))
    for recording in (lines, rows):
        assert recording.failures.sum() == 180
        assert any("by their tag or status" in note for note in recording.notes)


@pytest.mark.parametrize("form", ["lines", "rows"])
def test_where_nothing_tells_failures_errors_are_unknown_and_not_none(form: str, tmp_path: Path) -> None:
    write = runs.k6_lines if form == "lines" else runs.k6_csv
    steps = cut_steps(rewritten(write(tmp_path / form), *LINES_WITHOUT, ('"status":"\\d+"', '"proto":"HTTP/1.1"')))
    assert steps.error_ratio is None
    assert steps.throughput == pytest.approx([50, 100, 150], rel=0.03)
    assert any("which requests failed is not known" in note for note in steps.notes)
    assert any("throughput counts all requests" in note for note in steps.notes)


def test_a_summary_of_k6_without_failures_has_no_errors_that_are_known(tmp_path: Path) -> None:
    summary = json.loads((FILES / "k6_summary.json").read_text(encoding="utf-8"))
    del summary["metrics"]["http_req_failed"]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(summary), encoding="utf-8")
    alone, both = read_load_test([path]), read_load_test([path, FILES / "k6_summary_export.json"])
    assert isinstance(alone, Steps)
    assert isinstance(both, Steps)
    assert alone.error_ratio is None
    assert both.error_ratio == pytest.approx([np.nan, 0.01], nan_ok=True)
    assert both.throughput == pytest.approx([100, 148.5])
    assert any("not known of 1 of 2 reports" in note for note in both.notes)


def test_a_summary_of_k6_with_many_checks_before_its_metrics_is_one(tmp_path: Path) -> None:
    summary = json.loads((FILES / "k6_summary.json").read_text(encoding="utf-8"))
    summary["root_group"]["checks"] = [{"name": f"status of {number} is 200", "passes": 1} for number in range(2000)]
    path = tmp_path / "checks.json"
    path.write_text(json.dumps(summary), encoding="utf-8")
    steps = read_load_test([path])
    assert isinstance(steps, Steps)
    assert steps.load.tolist() == [10]


def test_a_packed_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    """A killed run leaves a truncated gzip file."""
    packed = gzip.compress(runs.k6_lines(tmp_path / "a.json").read_bytes())
    (tmp_path / "killed.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match=r"killed\.gz: cannot be read to its end"):
        read_load_test([tmp_path / "killed.gz"])


def test_gzip_is_seen_by_content(tmp_path: Path) -> None:
    plain = runs.k6_lines(tmp_path / "a.json")
    packed = tmp_path / "b.json"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    one, two = (read_load_test([path]) for path in (plain, packed))
    assert isinstance(one, Recording)
    assert isinstance(two, Recording)
    assert one.requests.tolist() == two.requests.tolist()


def test_two_k6_summaries_are_two_steps() -> None:
    steps = read_load_test([FILES / "k6_summary_export.json", FILES / "k6_summary.json"])
    assert isinstance(steps, Steps)
    assert steps.load.tolist() == [10, 20]
    assert steps.throughput == pytest.approx([98.0, 148.5])
    assert steps.error_ratio == pytest.approx([0.02, 0.01])
    assert steps.latency_s["p95"] == pytest.approx([0.0954, 0.120])
    assert np.isnan(steps.latency_s["p99"][1])


@pytest.mark.parametrize(
    ("name", "quantile", "mends"),
    [("k6_summary_export.json", "p99.9", "--summary-trend-stats"), ("wrk.txt", "p95", "--latency")],
)
def test_a_quantile_that_a_report_leaves_out_comes_with_what_mends_it(name: str, quantile: str, mends: str) -> None:
    steps = read_load_test([FILES / name])
    assert isinstance(steps, Steps)
    said = column_of(steps, objective(f"{quantile}<250ms"))
    assert isinstance(said, str)
    assert said.startswith(f"no {quantile}: ")
    assert mends in said


@pytest.mark.parametrize(("fewest", "told"), [("10", False), ("1", True)], ids=["steady", "ramp"])
def test_a_k6_summary_of_a_ramp_is_told(fewest: str, told: bool, tmp_path: Path) -> None:
    """The summary averages over all numbers of users up to the maximum, which is taken as its load."""
    path = tmp_path / "summary.json"
    summary = json.loads((FILES / "k6_summary.json").read_text(encoding="utf-8"))
    summary["metrics"]["vus"]["values"] = {"value": 10, "min": int(fewest), "max": 10}
    path.write_text(json.dumps(summary), encoding="utf-8")
    steps = read_load_test([path])
    assert isinstance(steps, Steps)
    assert any("users varied within 1 of 1 reports (once from 1 to 10)" in note for note in steps.notes) == told


def test_summaries_of_k6_in_one_file_are_steps(tmp_path: Path) -> None:
    names = ("k6_summary.json", "k6_summary_export.json")
    path = tmp_path / "all.json"
    path.write_text("\n".join((FILES / name).read_text(encoding="utf-8") for name in names), encoding="utf-8")
    together, alone = read_load_test([path]), read_load_test([FILES / name for name in names])
    assert isinstance(together, Steps)
    assert isinstance(alone, Steps)
    assert together.load.tolist() == alone.load.tolist()
    assert len(together) == 2


def test_the_machine_readable_summary_of_k6_is_a_step_too() -> None:
    steps = read_load_test([FILES / "k6_summary.json", FILES / "k6_machine_readable.json"])
    assert isinstance(steps, Steps)
    assert steps.load.tolist() == [10, 40]
    assert steps.throughput == pytest.approx([98.0, 190.0])
    assert steps.error_ratio == pytest.approx([0.02, 0.05])
    assert steps.latency_s["p95"] == pytest.approx([0.0954, 0.2204])


def test_summaries_of_the_same_users_at_other_rates_are_steps_over_arrivals(tmp_path: Path) -> None:
    """An arrival-rate executor keeps its users ready; iterations that it could not start are part of the demand."""
    few = tmp_path / "few.json"
    few.write_text(
        (FILES / "k6_machine_readable.json")
        .read_text()
        .replace("12000", "6000")
        .replace('"count": 600}', '"count": 0}')
    )
    steps = read_load_test([FILES / "k6_machine_readable.json", few])
    assert isinstance(steps, Steps)
    assert steps.load_unit is LoadUnit.ARRIVALS_PER_S
    assert steps.load == pytest.approx([100, 220])
    assert any("users stayed" in note or "number of users stayed" in note for note in steps.notes)


def test_a_run_of_wrk2_has_its_far_quantiles() -> None:
    steps = read_load_test([FILES / "wrk2.txt"])
    assert isinstance(steps, Steps)
    assert steps.latency_s["p50"] == pytest.approx([0.000812])
    assert steps.latency_s["p99"] == pytest.approx([0.01118])
    assert steps.latency_s["p95"] == pytest.approx([0.010551])
    assert steps.latency_s["p99.9"] == pytest.approx([1.02])
    assert steps.throughput == pytest.approx([2000])


RECORDED = (FILES / "wrk2.txt").read_text(encoding="utf-8")
UNCORRECTED = """  Latency Distribution (HdrHistogram - Uncorrected Latency (measured without delayed starts))
 50.000%    0.20ms
 99.000%    0.90ms

----------------------------------------------------------
"""


def test_latencies_of_wrk2_that_leave_out_the_wait_to_be_sent_are_not_read(tmp_path: Path) -> None:
    """With -U wrk2 prints these uncorrected latencies below the corrected ones."""
    both = tmp_path / "both.txt"
    both.write_text(RECORDED.replace("  120000 requests", UNCORRECTED + "  120000 requests"), encoding="utf-8")
    one, two = (read_load_test([path]) for path in (FILES / "wrk2.txt", both))
    assert isinstance(one, Steps)
    assert isinstance(two, Steps)
    assert {name: column.tolist() for name, column in two.latency_s.items()} == {
        name: column.tolist() for name, column in one.latency_s.items()
    }
    alone = tmp_path / "alone.txt"
    alone.write_text(RECORDED.replace("Recorded Latency", "Uncorrected Latency"), encoding="utf-8")
    with pytest.raises(InputError, match=r"run 1 of wrk.*leave out the wait to be sent"):
        read_load_test([alone])


def test_stairs_of_wrk2_at_the_same_connections_are_steps_over_arrivals(tmp_path: Path) -> None:
    """wrk2 sends at a rate, so even after a single run it is the rate that the next test has to change."""
    slower = tmp_path / "slower.txt"
    slower.write_text(RECORDED.replace("120000 requests", "60000 requests"), encoding="utf-8")
    steps = read_load_test([FILES / "wrk2.txt", slower])
    assert isinstance(steps, Steps)
    assert (steps.load_unit, steps.load.tolist()) == (LoadUnit.ARRIVALS_PER_S, [1000, 2000])
    assert any("rate of finished requests" in note for note in steps.notes)
    alone = read_load_test([slower])
    assert isinstance(alone, Steps)
    assert (alone.load_unit, alone.load.tolist()) == (LoadUnit.ARRIVALS_PER_S, [1000])


def test_wrk_runs_in_one_file_are_steps_over_connections() -> None:
    steps = read_load_test([FILES / "wrk.txt"])
    assert isinstance(steps, Steps)
    assert steps.load.tolist() == [50, 200]
    assert steps.latency_s["p99"] == pytest.approx([0.02115, 0.0241])
    assert steps.latency_s["mean"] == pytest.approx([0.00526, 0.01897])
    assert steps.throughput == pytest.approx([10000, (660000 - 6000) / 60])
    assert steps.error_ratio == pytest.approx([0, 12600 / 666600])


def test_a_run_that_served_nothing_has_no_latency_of_zero(tmp_path: Path) -> None:
    text = (FILES / "wrk.txt").read_text(encoding="utf-8")
    nothing = text[text.rindex("Running") :].replace("660000 requests", "0 requests").replace("18.97ms", "0.00us")
    (tmp_path / "stairs.txt").write_text(text + nothing.replace("200 connections", "400 connections"), encoding="utf-8")
    steps = read_load_test([tmp_path / "stairs.txt"])
    assert isinstance(steps, Steps)
    assert steps.load.tolist() == [50, 200, 400]
    assert steps.latency_s["mean"] == pytest.approx([0.00526, 0.01897, np.nan], nan_ok=True)
    summary = json.loads((FILES / "k6_summary.json").read_text(encoding="utf-8"))
    summary["metrics"]["http_reqs"]["values"] = {"count": 0, "rate": 0}
    (tmp_path / "none.json").write_text(json.dumps(summary), encoding="utf-8")
    alone = read_load_test([tmp_path / "none.json"])
    assert isinstance(alone, Steps)
    assert alone.latency_s == {}


@pytest.mark.parametrize("name", ["vegeta.txt", "vegeta.json"])
def test_vegeta_reports_are_steps_over_arrivals(name: str) -> None:
    steps = read_load_test([FILES / name])
    assert isinstance(steps, Steps)
    assert steps.load_unit is LoadUnit.ARRIVALS_PER_S
    assert steps.load[0] == pytest.approx(100.03)
    assert steps.latency_s["p99"][0] == pytest.approx(0.0389)
    assert steps.error_ratio is not None
    assert steps.error_ratio[0] == pytest.approx(0.0033)


def test_vegeta_reports_of_one_attack_are_one_step(tmp_path: Path) -> None:
    """With -every each report includes the one before; versions before 8 wrote no throughput."""
    report = json.loads((FILES / "vegeta.json").read_text(encoding="utf-8").splitlines()[0])
    later = {**report, "rate": 101.0, "success": 0.5}
    del later["throughput"]
    path = tmp_path / "every.json"
    path.write_text(json.dumps(report) + "\n" + json.dumps(later), encoding="utf-8")
    steps = read_load_test([path])
    assert isinstance(steps, Steps)
    assert steps.load.tolist() == [101]
    assert steps.throughput == pytest.approx([50.5])


POINT = b'{"metric":"http_req_duration","type":"Point","data":{"time":"%d-01-01T00:00:00Z","value":3}}\n'
FAR_APART = POINT % 2026 + POINT % 1970
LOCUST = runs.LOCUST_HEADER.encode()
LOCUST_ROWS = b"\n%d,1,,Aggregated" + b",1" * 20 + b"\n%d,1,,Aggregated" + b",2" * 20
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "binary": (b"\x7fELF\0\0\0", "no format that is known"),
    "prose": (b"# Notes\n\nWhat was tested, and why.\n", "no format that is known"),
    "other_json": (b'{"hello": 1}', "no format that is known"),
    "other_xml": (b"<html><body/></html>", "no format that is known"),
    "xml_with_entities": (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><testResults>&b;</testResults>',
        "declares a document type",
    ),
    "xml_cut_off": (b'<testResults version="1.2"><httpSample t="1" ts="1"', "not well-formed"),
    "xml_without_time": (b'<testResults><httpSample t="1" s="true"/></testResults>', "a sample without"),
    "k6_lines_then_garbage": (b'{"metric":"vus","type":"Point","data":{}}\nnot json\n', "k6 JSON lines"),
    "k6_lines_without_time": (b'{"metric":"vus","type":"Point","data":{}}\n', "a sample has no time"),
    "k6_lines_over_years": (FAR_APART, "more than 2 days"),
    "k6_summary_with_words": (
        b'{"metrics":{"http_reqs":{"count":"a","rate":1},"http_req_duration":{}}}',
        "not a number",
    ),
    "k6_csv_with_words": (b"metric_name,timestamp,metric_value\nhttp_req_duration,soon,1\n", "soon"),
    "k6_lines_cut_off_in_the_middle": (POINT % 2026 + b'{"metric":"vus"\n' + POINT % 2026, ":2: .* not whole"),
    "k6_lines_with_an_endless_line": (POINT % 2026 + b'{"metric":"' + b"x" * 5_000_000, "longer than 2 MB"),
    "k6_csv_with_no_dates": (b"metric_name,timestamp,metric_value\nhttp_req_duration,a-b,1\n", "RFC 3339"),
    "jtl_with_words_for_times": (b"timeStamp,elapsed,success\nyesterday,3,true\n", "timestamp_format=ms"),
    "jtl_without_success": (b"timeStamp,elapsed,label\n1772000000000,3,home\n", "without the column success"),
    "jtl_twice": (b"timeStamp,elapsed,success\n1772000000000,3,true\n" * 2, "holds several runs"),
    "k6_lines_of_another_protocol": (POINT.replace(b"http", b"grpc") % 2026, "of what k6 measures only these"),
    "no_header": (b"5,19.6,150\n10,39.2,180\n", "its first line names no columns"),
    "locust_file_without_steps": (b"Type,Name,Request Count\n,Aggregated,3\n", "stats_history.csv"),
    "locust_over_years": (LOCUST + LOCUST_ROWS % (0, 1772000000), "more than 2 days"),
    "locust_backwards": (LOCUST + LOCUST_ROWS % (1772000000, 1771999000), "run backwards"),
    "utf16": ("timeStamp,elapsed,success\n1,2,true\n".encode("utf-16"), "UTF-16"),
    "wrk_cut_off": (b"Running 30s test @ http://x\n  2 threads and 10 connections\n", "cut off"),
    "vegeta_results_without_a_code": (
        b'{"seq":0,"code":null,"timestamp":"2026-01-01T00:00:00Z","latency":1}\n',
        "no timestamp, code or latency",
    ),
    "vegeta_without_its_first_line": (b"Requests  [total, rate\nDuration  [total]  1s\n", "vegeta lacks"),
    "k6_lines_of_users_only": (
        b'{"metric":"vus","type":"Point","data":{"time":"2026-01-01T00:00:00Z","value":3}}\n',
        "no finished request",
    ),
    "xml_in_an_encoding_of_nowhere": (
        b'<?xml version="1.0" encoding="UTX-8"?><testResults><sample t="1" ts="1"/></testResults>',
        "encoding",
    ),
    "vegeta_of_no_request": (
        (FILES / "vegeta.txt").read_bytes().replace(b"100.03", b"0.00"),
        "report 1 of vegeta is of no request",
    ),
    "vegeta_in_its_own_form": (
        b"\x7f\xff\x81\x03\x01\x01\x06Result\x01\xff\x82\x00\x01\x0c\x01\x06Attack\x01",
        "vegeta encode",
    ),
    "gatling": (b"RUN\tsim.Basic\tbasic\t1700000000000\t \t3.9.5\nUSER\tscn\tSTART\n", "no format that is known"),
    "a_first_line_without_end": (b"a," + b"x" * 200_000, "no format that is known"),
    "ab": (b"This is ApacheBench, Version 2.3 <$Revision: 1 $>\nServer:\n", "no format that is known"),
    "vegeta_without_latencies": (b"Requests  [total, rate, throughput]  1, 2, 3\n", "vegeta lacks"),
    "zip": (b"PK\x03\x04\x14\x00\x00\x00", "is packed by zip: unpack it first"),
    "a_jtl_in_another_language": (
        b"timeStamp,elapsed,success\n1772000000000,5,true\n1772000000000,5,FALSCH\n",
        "success is 'falsch' in a row",
    ),
    "a_jtl_of_summed_up_samples": (
        b"timeStamp,elapsed,success,SampleCount,ErrorCount\n1772000000000,5,true,1,0\n1772000000000,500,true,100,0\n",
        "sums up several samples",
    ),
    "xml_of_summed_up_samples": (b'<testResults><sample t="500" ts="1" s="true" sc="100"/></testResults>', "sums up"),
    "xml_without_success": (b'<testResults><sample t="5" ts="1"/></testResults>', "a wrong 's'"),
    "jtl_without_a_sample": (b"timeStamp,elapsed,success\n", "no finished request"),
    "csv_without_words": (b"a,b\n1,2\n", "--columns"),
}


@pytest.mark.parametrize(("content", "word"), BAD.values(), ids=BAD.keys())
def test_what_is_no_load_test_is_refused_in_one_clear_line(content: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "results.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=word) as caught:
        read_load_test([path])
    assert "\n" not in str(caught.value)
    assert "results.txt" in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.json", "no such file or directory"), (tmp_path, "is a directory")):
        for read in (
            lambda path: read_load_test([path]),
            lambda path: read_columns(path, {"latency": "x"}),
            read_rules,
        ):
            with pytest.raises(InputError, match=re.escape(f"{path}: {why}")):
                read(path)


@pytest.mark.parametrize(
    "content", [b"\x7fELF\0a,b\n1,2\n", b'{"a": 1}\n', b"<a>\n</a>\n"], ids=["bytes", "json", "xml"]
)
def test_named_columns_of_what_is_no_csv_are_not_looked_for(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "use.csv"
    path.write_bytes(content)
    for read in (read_columns, read_rates):
        with pytest.raises(InputError, match=r"use\.csv: is no CSV"):
            read(path, {"latency": "b"})


def test_users_that_come_before_and_after_all_requests_are_not_lost(tmp_path: Path) -> None:
    plain = runs.k6_lines(tmp_path / "a.json")
    lines = plain.read_text(encoding="utf-8").splitlines()
    users = [line for line in lines if '"metric":"vus","type":"Point"' in line]
    others = [line for line in lines if '"metric":"vus"' not in line]
    (tmp_path / "b.json").write_text("\n".join([*users, *others]) + "\n", encoding="utf-8")
    (tmp_path / "c.json").write_text("\n".join([others[0], *users, *others[1:]]) + "\n", encoding="utf-8")
    for name in ("b.json", "c.json"):
        recording = read_load_test([tmp_path / name])
        assert isinstance(recording, Recording)
        assert cut_steps(recording).load.tolist() == [10, 20, 30]


def test_a_pipe_is_refused_because_it_can_be_read_only_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="write what is in it to a file"):
            read_load_test([path])


def test_a_mark_of_utf8_and_blank_lines_before_the_first_are_no_content(tmp_path: Path) -> None:
    plain = runs.k6_lines(tmp_path / "a.json")
    marked = tmp_path / "b.json"
    marked.write_bytes(b"\xef\xbb\xbf\n" + plain.read_bytes())
    one, two = (read_load_test([path]) for path in (plain, marked))
    assert isinstance(one, Recording)
    assert isinstance(two, Recording)
    assert one.requests.tolist() == two.requests.tolist()


def test_recordings_are_read_one_at_a_time(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one step"):
        read_load_test([runs.k6_csv(tmp_path / "a"), runs.k6_csv(tmp_path / "b")])
