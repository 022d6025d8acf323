"""The pure rooms read no clock and draw no random number without a seed; the AST shows it, import-linter cannot."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import plimsoll

PACKAGE = Path(plimsoll.__file__).parent
PURE_ROOMS = ("domain", "assess", "capacity", "forecast", "planning", "policy", "simulation", "render")
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "process_time"}
CLOCK_OWNERS = {"datetime", "date", "time"}
GLOBAL_RANDOM = {"seed", "rand", "randn", "randint", "random", "normal", "uniform", "choice", "shuffle", "permutation"}


def impurities(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Name each clock that is read and each random number that is drawn without a seed, with its line."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        called = ast.unparse(node.func)
        owner = called.split(".")[-2]
        if node.func.attr in CLOCKS and owner in CLOCK_OWNERS:
            yield node.lineno, f"{called}() reads a clock"
        if node.func.attr == "default_rng" and not (node.args or node.keywords):
            yield node.lineno, f"{called}() draws without a seed"
        if called.startswith(("np.random.", "numpy.random.")) and node.func.attr in GLOBAL_RANDOM:
            yield node.lineno, f"{called}() draws from the global generator"


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_reads_no_clock_and_draws_nothing_unseeded(room: str) -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {what}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for line, what in impurities(ast.parse(path.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "datetime.now()",
        "datetime.datetime.now(UTC)",
        "date.today()",
        "time.monotonic()",
        "np.random.default_rng()",
        "np.random.normal(0, 1)",
    ],
)
def test_the_check_itself_sees_an_impurity(code: str) -> None:
    assert list(impurities(ast.parse(code)))


@pytest.mark.parametrize("code", ["np.random.default_rng(seed)", "series.times_ms.max()", "as_datetime(now_ms)"])
def test_the_check_lets_seeded_and_given_values_pass(code: str) -> None:
    assert list(impurities(ast.parse(code))) == []
