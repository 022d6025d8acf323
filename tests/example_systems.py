"""Helpers for tests of the examples: where they are, and how to call a command on one of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Plimsoll

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def model_of(name: str) -> Path:
    """The model file of an example."""
    return EXAMPLES / name / "plimsoll.yaml"


def answer(plimsoll: Plimsoll, *arguments: str | Path, exit_code: int = 0) -> dict[str, Any]:
    """Call a command with `-o json` and read its answer."""
    ran = plimsoll(*arguments, "-o", "json")
    assert ran.returncode == exit_code, ran.stderr
    document: dict[str, Any] = json.loads(ran.stdout)
    assert document["schemaVersion"] == "plimsoll/v1"
    return document


def rules_of(document: dict[str, Any]) -> list[str]:
    """The rules of the findings of an answer."""
    return [finding["rule"] for finding in document["findings"]]


def part(period: dict[str, Any], name: str) -> dict[str, Any]:
    """One component of a period."""
    return next(component for component in period["components"] if component["name"] == name)
