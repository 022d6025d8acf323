"""A queue as a table."""

from __future__ import annotations

from plimsoll.domain.quantity import format_duration
from plimsoll.domain.queueing import QueueAnswer, Staffing
from plimsoll.render.table import Table

_COLUMNS = ("WHAT", "VALUE")
_MOST_DIGITS = 16  # significant digits of a float


def tables(document: QueueAnswer | Staffing) -> tuple[Table, ...]:
    """One row a number."""
    return (_staffing(document) if isinstance(document, Staffing) else _queue(document),)


def _queue(answer: QueueAnswer) -> Table:
    rows = [("utilization", _percent(answer.utilization))]
    if answer.wait_probability is not None and answer.wait_s is not None and answer.residence_s is not None:
        rows += _waits(answer.wait_probability, answer.wait_s, answer.residence_s, answer.in_system or 0.0)
        rows += [(f"residence {name}", format_duration(value)) for name, value in answer.residence_quantiles_s.items()]
    notes = (answer.why, answer.queueing) if answer.why else (answer.queueing,)
    return Table(_COLUMNS, tuple(rows), numeric=frozenset({"VALUE"}), notes=notes)


def _staffing(answer: Staffing) -> Table:
    rows = [
        ("servers (exact)", str(answer.servers)),
        ("servers (square-root rule)", str(answer.square_root_servers)),
        ("utilization", _percent(answer.utilization)),
        *_waits(answer.wait_probability, answer.wait_s, answer.residence_s, answer.in_system),
        *((f"residence {name}", format_duration(value)) for name, value in answer.residence_quantiles_s.items()),
    ]
    wanted = _probability(answer.wait_probability_wanted)
    note = f"fewest servers at which at most {wanted} of the arrivals wait (Erlang C)"
    return Table(_COLUMNS, tuple(rows), numeric=frozenset({"VALUE"}), notes=(note,))


def _waits(probability: float, wait_s: float, residence_s: float, in_system: float) -> list[tuple[str, str]]:
    return [
        ("wait probability", _probability(probability)),
        ("wait", format_duration(wait_s)),
        ("residence", format_duration(residence_s)),
        ("in system", f"{in_system:.4g}"),
    ]


def _percent(utilization: float) -> str:
    """Format a utilization with enough digits to distinguish it from 0 and 100 %.

    >>> _percent(0.8), _percent(0.999999999), _percent(1.0), _percent(1e-9)
    ('80.00%', '99.9999999%', '100.00%', '1e-07%')
    """
    if utilization < 1e-4:
        return f"{100 * utilization:.4g}%"
    texts = (f"{utilization:.{digits}%}" for digits in range(2, _MOST_DIGITS))
    return next((text for text in texts if utilization == 1 or float(text[:-1]) != 100), "100%")


def _probability(value: float) -> str:
    """Format a probability with enough digits to distinguish it from 1.

    >>> _probability(0.4444444), _probability(0.99999996), _probability(1.0)
    ('0.4444', '0.99999996', '1')
    """
    texts = (f"{value:.{digits}g}" for digits in range(4, _MOST_DIGITS))
    return next((text for text in texts if value == 1 or float(text) != 1), "1")
