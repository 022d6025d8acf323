"""How is a number with its interval written, and how is an interval marked whose coverage is not 95 %?

111.2 (92.29..126.4)        an unbounded side is a dot
0.1 (0.0621..0.1382)†       a mark; a note under the table states the coverage of the marked intervals
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from plimsoll.domain.estimate import Coverage, Estimate

MARK = "†"  # a star would begin emphasis or a list in Markdown

_NOTHING = 1e-12  # of the value itself
_TINY = 1e-100  # a parameter at its bound just above zero, in whatever unit
_IF = {
    "additive": "if it does not grow",
    "count": "if it grows with the root of what is measured",
    "proportional": "if it grows in proportion to what is measured",
}


def estimate_text(
    estimate: Estimate, write: Callable[[float], str] = "{:.5g}".format, edge: Callable[[float], str] = "{:.4g}".format
) -> str:
    """Write an estimate with its interval, marked where its coverage is not the nominal level.

    >>> coverage = Coverage(0.93, 0.99, "additive", "proportional")
    >>> estimate_text(Estimate(0.1, 0.05)), estimate_text(Estimate(2.0, 1.0, 3.0, coverage=coverage))
    ('0.1 (0.05...)', '2 (1..3)†')
    >>> estimate_text(Estimate(100.546, 95.9123, 100.549))
    '100.55 (95.91..100.55)'
    >>> estimate_text(Estimate(0.0107, 2.172e-300, 0.157)), estimate_text(Estimate(2.172e-300, 2.172e-300, 100.0))
    ('0.0107 (0..0.157)', '0 (0..100)')
    """
    value = 0.0 if abs(estimate.value) < _TINY else estimate.value

    def side(end: float | None) -> str:
        if end is None:
            return "."
        if abs(end) < max(_NOTHING * abs(value), _TINY):
            return "0"  # not a meaningful number
        # rounded to the same digits, an end of the interval may appear on the wrong side of the value
        return write(end) if edge(end) == edge(value) else edge(end)

    low, high = side(estimate.low), side(estimate.high)
    return f"{write(value)} ({low}..{high}){'' if estimate.coverage is None else MARK}"


def coverage_notes(estimates: Iterable[Estimate | None]) -> tuple[str, ...]:
    """State in one note the coverage of the marked estimates; nothing where none is marked.

    The noise shapes of the lowest and the highest coverage are stated only if they are the same for all estimates.
    """
    coverages = _coverages(estimates)
    alike = len({(one.low_if, one.high_if) for one in coverages}) == 1
    knee = any(one.low_if == one.high_if for one in coverages)
    return _note("", coverages, _when(coverages, knee=knee) if alike else "")


def curve_notes(curve: str, parameters: Mapping[str, Estimate]) -> tuple[str, ...]:
    """State the coverage of the marked parameters of one curve; with a knee it also depends on the knee's place."""
    coverages = _coverages(parameters.values())
    return _note(f"{curve}: ", coverages, _when(coverages, knee="knee" in parameters))


def bound_notes(curves: Iterable[Mapping[str, Estimate]]) -> tuple[str, ...]:
    """Explain intervals of zero width among the named parameters of each curve.

    A zero lies on its bound, which is not certainty. Measurements lie on a curve only if none of its parameters has a
    wider interval: a whole number alone has none where its neighbors hardly fit, and needs no note.

    >>> bound_notes([{"contention": Estimate(0.0, 0.0, 0.0), "rate": Estimate(2.0, 1.0, 3.0)}])
    ('contention: on its bound, at or below which the measurements put it; 0..0 is no certainty',)
    """
    bound, exact = [], []
    for curve in curves:
        narrow = [name for name, one in curve.items() if one.low == one.value == one.high]
        bound += [name for name in narrow if curve[name].value == 0]
        exact += [name for name in narrow if curve[name].value != 0] if len(narrow) == len(curve) else []
    notes = {  # names are parted by semicolons, since one may hold a comma
        "; ".join(bound): "on its bound, at or below which the measurements put it; 0..0 is no certainty",
        "; ".join(exact): "the measurements lie on the curve to the last digit, so no interval is wider",
    }
    return tuple(f"{names}: {note}" for names, note in notes.items() if names)


def coverage_text(coverage: Coverage) -> str:
    """Format the coverage of an interval, in percent.

    >>> coverage_text(Coverage(0.93, 0.999, "additive", "proportional"))
    '93 to 99.9 %'
    """
    return _range(coverage.low, coverage.high)


def _range(low: float, high: float) -> str:
    return f"{100 * low:.3g} to {100 * high:.3g} %"


def _coverages(estimates: Iterable[Estimate | None]) -> list[Coverage]:
    return [one.coverage for one in estimates if one is not None and one.coverage is not None]


def _note(of: str, coverages: Sequence[Coverage], when: str) -> tuple[str, ...]:
    if not coverages:
        return ()
    shown = _range(min(one.low for one in coverages), max(one.high for one in coverages))
    why = "too few steps to estimate how noise grows: such an interval covers the truth in"
    return (f"{MARK} {of}{why} {shown} of tests{when}",)


def _when(coverages: Sequence[Coverage], knee: bool) -> str:
    if not coverages:
        return ""
    least, most = min(coverages, key=lambda one: one.low).low_if, max(coverages, key=lambda one: one.high).high_if
    if least == most:
        return ", by where the knee lies" if knee else ""
    by = ", by that and by where the knee lies:" if knee else ","
    return f"{by} least often {_IF[least]}, most often {_IF[most]}"
