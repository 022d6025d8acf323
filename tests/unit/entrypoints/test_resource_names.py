"""One resource, one set of names: whatever name an answer gives it, the options of every other command take."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.entrypoints.cli import main

NAMES = [
    "db1/disk",
    "db1/host_disk_used_ratio:/var",
    "host_disk_used_ratio",
    'host_disk_used_ratio{instance="db1",mount="/var"}',
    "host-disk",
]
ROWS = "".join(f"2026-01-{day:02d},db1,/var,{0.3 + day / 100}\n" for day in range(1, 32))


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording of what this product measures on a host."""
    monkeypatch.setenv("PLIMSOLL_HOME", str(tmp_path / "home"))
    path = tmp_path / "host.csv"
    path.write_text("time,instance,mount,host_disk_used_ratio\n" + ROWS)
    return path


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("option", ["--limit={}=90%", "--floor={}=5%", "--lead-time={}=3d"])
def test_the_runway_takes_a_limit_and_a_lead_time_under_every_name(name: str, option: str, recording, capsys) -> None:
    assert main.run(["runway", str(recording), "--no-record", option.format(name)]) == 0, capsys.readouterr().err
    assert {"--limit": "90%", "--floor": "5%", "--lead-time": "3d"}[option.partition("=")[0]] in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_resource_is_explained_under_every_name(name: str, recording: Path, capsys) -> None:
    assert main.run(["runway", str(recording)]) == 0
    assert main.run(["explain", name]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("name", NAMES)
def test_the_catalog_shows_the_limit_of_every_name(name: str, capsys) -> None:
    assert main.run(["catalog", name]) == 0, capsys.readouterr().err
    assert "host-disk" in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_series_is_forecast_under_every_name(name: str, recording: Path, capsys) -> None:
    assert main.run(["forecast", str(recording), "--series", name, "--horizon", "2d"]) == 0, capsys.readouterr().err
