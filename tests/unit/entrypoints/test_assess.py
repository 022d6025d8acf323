"""`plimsoll assess`: where nothing can be judged, the reason is told."""

from __future__ import annotations

from plimsoll.entrypoints.cli import main


def test_nothing_to_judge_is_told_with_what_was_remarked_on_reading(tmp_path, capsys) -> None:
    """A moment long after the last sample."""
    file = tmp_path / "web.csv"
    file.write_text("time,cpu_percent\n2026-01-01T00:00:00Z,10\n2026-01-01T01:00:00Z,30\n")
    assert main.run(["assess", str(file), "--as-of", "2030-01-01"]) == 4
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "cpu_percent 2026-01-01 (their last): read further back, or as of another moment" in told


def test_nothing_to_judge_is_told_with_why_each_resource_is_unknown(tmp_path, capsys) -> None:
    resources = ", ".join(f"{{resource: r{n}, hard: 100%}}" for n in range(5))
    model = tmp_path / "model.yaml"
    model.write_text(
        "apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: shop}\n"
        f"components: [{{name: web, limits: [{resources}]}}]\n"
        "sources: [{name: table, kind: csv, file: web.csv}]\n"
        "signals: [{name: r0, component: web, source: table, query: r0}]\n"
    )
    (tmp_path / "web.csv").write_text("time,r0\n2026-01-01T00:00:00Z,1\n")
    assert main.run(["assess", "-m", str(model), "--as-of", "2026-01-01T03:00:00Z"]) == 4
    (told,) = capsys.readouterr().err.splitlines()
    assert "web/r0: cannot tell: the last sample is 3h old, " in told
    assert told.endswith("and 2 more")


def test_series_without_a_limit_are_said_to_need_one(tmp_path, capsys) -> None:
    (tmp_path / "web.csv").write_text("time,users\n2026-01-01T00:00:00Z,10\n2026-01-01T01:00:00Z,30\n")
    assert main.run(["assess", str(tmp_path / "web.csv")]) == 4
    assert "of none of 1 series a limit is known: a model (-m) can give limits" in capsys.readouterr().err


def test_columns_of_a_file_that_the_model_has_no_signal_for_are_named(tmp_path, capsys) -> None:
    (tmp_path / "web.csv").write_text("time,cpu_percent,disk_percent\n2026-01-01T00:00:00Z,10,99\n")
    model = tmp_path / "model.yaml"
    model.write_text(
        "apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: shop}\n"
        "components: [{name: web, limits: [{resource: cpu_percent, hard: 100%}]}]\nsignals: [{name: cpu_percent}]\n"
    )
    assert main.run(["assess", str(tmp_path / "web.csv"), "-m", str(model)]) == 0
    assert "left out, because no signal of the model reads them: disk_percent" in capsys.readouterr().out
