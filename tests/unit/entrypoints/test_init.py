"""`plimsoll init`: what is written names what it was written of, from wherever the model lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.app.model import load_model
from plimsoll.app.model_sources import model_sources
from plimsoll.entrypoints.cli import main


@pytest.mark.parametrize("model", ["model.yaml", "models/model.yaml"])
def test_a_file_is_named_as_the_model_will_look_for_it(model: str, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("models").mkdir()
    Path("data/web.csv").write_text("time,cpu_percent\n2026-01-01T00:00:00Z,10\n2026-01-01T01:00:00Z,30\n")
    assert main.run(["init", "data/web.csv", "--output", model]) == 0
    (source,) = model_sources(load_model([Path(model)]))
    assert Path(source.address).resolve() == Path("data/web.csv").resolve()
