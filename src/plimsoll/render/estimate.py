"""How is a number with its interval written, and what is said where the interval does not hold 95 %?

111.2 (92.29..126.4)        an open side is a dot
0.1 (0.0621..0.1382)*       a mark, and one note under the table says what the marked ones hold
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from plimsoll.domain.estimate import Coverage, Estimate

_IF = {
    "additive": "if it does not grow",
    "count": "if it grows with the root of what is measured",
    "proportional": "if it grows in proportion to what is measured",
}


def estimate_text(
    estimate: Estimate, write: Callable[[float], str] = "{:.5g}".format, edge: Callable[[float], str] = "{:.4g}".format
) -> str:
    """Write an estimate with its interval, marked where that does not hold what it should.

    >>> told = Coverage(0.93, 0.99, "additive", "proportional")
    >>> estimate_text(Estimate(0.1, 0.05)), estimate_text(Estimate(2.0, 1.0, 3.0, coverage=told))
    ('0.1 (0.05...)', '2 (1..3)*')
    """
    low, high = ("." if side is None else edge(side) for side in (estimate.low, estimate.high))
    return f"{write(estimate.value)} ({low}..{high}){'' if estimate.coverage is None else '*'}"


def coverage_notes(estimates: Iterable[Estimate | None]) -> tuple[str, ...]:
    """Say in one note what the marked ones among these hold; nothing where none is marked."""
    told = [one.coverage for one in estimates if one is not None and one.coverage is not None]
    if not told:
        return ()
    return (f"* too few steps to tell how scatter grows: such an interval holds the truth in {_held(told)}",)


def coverage_text(coverage: Coverage) -> str:
    """Write how often an interval holds the truth, in percent.

    >>> coverage_text(Coverage(0.93, 0.99, "additive", "proportional"))
    '93 to 99 %'
    """
    return f"{100 * coverage.low:.0f} to {100 * coverage.high:.0f} %"


def _held(told: list[Coverage]) -> str:
    lowest, highest = min(told, key=lambda one: one.low), max(told, key=lambda one: one.high)
    shown = f"{100 * lowest.low:.0f} to {100 * highest.high:.0f} % of tests"
    return f"{shown}, least often {_IF[lowest.low_if]}, most often {_IF[highest.high_if]}"
