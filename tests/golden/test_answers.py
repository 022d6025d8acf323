"""Output for others is compared byte for byte: for each command one answer as JSON and one as a table, on an example.

An answer that changes on purpose is rewritten, to be reviewed in the diff:

    PLIMSOLL_WRITE_GOLDEN=1 python -m pytest tests/golden

Answers from floating-point fits are not here; other tests check their figures.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY

from plimsoll.entrypoints.cli.main import run

HERE = Path(__file__).parent
ANSWERS = {
    "validate": "validate examples/code-manager/plimsoll.yaml",
    "plan": "plan -m examples/bot-platform/plimsoll.yaml --months 3 --as-of 2026-01-01",
    "plan-quarters": "plan -m examples/code-manager/plimsoll.yaml",
    "assess": "assess examples/apm-service/recording-synthetic.csv -m examples/apm-service/plimsoll.yaml",
    "limits-queue": "limits queue --arrival-rate 2 --service-time 1s --servers 3",
    "limits-staffing": "limits queue --arrival-rate 10 --service-time 1s --wait-probability 0.01",
    "catalog": "catalog host-memory",
    "policy-test": "policy test examples/rehearsal/engine-terminal-test.yaml",
    "doctor-csv": "doctor csv examples/text-processor/growth.csv --as-of 2024-01-23",
}


@pytest.mark.parametrize("how", ["json", "table"])
@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_answer_is_the_one_that_others_read(
    name: str, how: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)
    capsys.readouterr()
    assert run([*ANSWERS[name].split(), "-o", how]) == 0
    shown = capsys.readouterr().out
    file = HERE / f"{name}.{'json' if how == 'json' else 'txt'}"
    if os.environ.get("PLIMSOLL_WRITE_GOLDEN"):
        file.write_text(shown)
    assert shown == file.read_text(), (
        f"{file.name} differs; see how to write it anew at the top of {Path(__file__).name}"
    )


def test_no_file_lies_here_without_a_command() -> None:
    expected = {f"{name}.{ending}" for name in ANSWERS for ending in ("json", "txt")}
    assert {file.name for file in HERE.iterdir() if file.suffix in (".json", ".txt")} == expected
