"""`plimsoll forecast` takes a source in the place of a sub-command, and says so where there is none."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer

from plimsoll.entrypoints.cli import main
from plimsoll.entrypoints.cli.forecast import app


def test_alone_it_names_what_it_needs(capsys) -> None:
    assert main.run(["forecast"]) == 1
    told = capsys.readouterr().err
    assert "needs a SOURCE" in told
    assert "`panel`" in told
    assert told.count("\n") == 1


def test_options_may_come_before_the_source(capsys, tmp_path) -> None:
    missing = str(tmp_path / "none.csv")
    assert main.run(["forecast", "--horizon", "1d", missing]) == 1
    assert "none.csv: no such file" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["x.csv", "--help"], ["SOURCE", "--help"]], ids=["source", "placeholder"])
def test_the_usage_is_what_people_type(capsys, words: list[str]) -> None:
    assert main.run(["forecast", *words]) == 0
    assert capsys.readouterr().out.startswith("Usage: plimsoll forecast [OPTIONS] ")


def test_the_list_of_commands_cuts_nothing_off(capsys) -> None:
    assert main.run(["forecast", "--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2].partition("Examples:")[0].split("\n")
    assert [line.split()[0] for line in listed if line.strip()] == ["SOURCE", "panel"]
    assert not [line for line in listed if line.endswith("...")]


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--quantiles", "nan", "between 0 and 1"),
        ("--seasons", "x", "--seasons"),
        ("--seasons", "24,3", "a season has 4 to 20160 steps; 1 means none"),
        ("--seasons", "60480", "a season has 4 to 20160 steps; 1 means none"),
        ("--seasons", "24,168,8736", "at most two are worked with"),
        ("--horizon", "x", "--horizon"),
        ("--event", "x", "--event"),
    ],
)
def test_options_are_checked_before_the_source_is_read(capsys, tmp_path, option: str, value: str, says: str) -> None:
    assert main.run(["forecast", str(tmp_path / "none.csv"), option, value]) == 1
    told = capsys.readouterr().err
    assert says in told
    assert "no such file" not in told


def test_what_stands_for_the_source_is_not_offered_as_a_word() -> None:
    group = typer.main.get_command(app)
    offered = group.shell_complete(group.make_context("forecast", [], resilient_parsing=True), "")
    assert [word.value for word in offered] == ["panel"]


def test_a_fleet_of_which_nothing_can_be_forecast_is_answered_with_its_states(capsys, tmp_path) -> None:
    """The file is the answer, as the help says: a script reads each series' state in it, not the end of the run."""
    hours = pa.array(np.arange(9) * 3_600_000, pa.timestamp("ms"))
    rows = {"unique_id": ["a"] * 5 + ["b"] * 4, "ds": hours, "y": pa.array([None] * 9, pa.float64())}
    pq.write_table(pa.table(rows), tmp_path / "in.parquet")
    words = ["--freq", "h", "--horizon", "2", "--quantiles", "0.5"]
    places = ["--input", str(tmp_path / "in.parquet"), "--output", str(tmp_path / "out.parquet")]
    assert main.run(["forecast", "panel", *places, *words]) == 0
    told = pq.read_table(tmp_path / "out.parquet")
    assert set(zip(told["unique_id"].to_pylist(), told["state"].to_pylist(), told["why"].to_pylist(), strict=True)) == {
        ("a", "cannot_tell", "0 known samples, needs 3"),
        ("b", "cannot_tell", "0 known samples, needs 3"),
    }
    assert "cannot_tell       2" in capsys.readouterr().out
    assert main.run(["forecast", "panel", "--help"]) == 0
    assert "Exits with 0 once the output is written" in capsys.readouterr().out
