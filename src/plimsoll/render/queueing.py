"""A queue as a table."""

from __future__ import annotations

from plimsoll.domain.quantity import format_duration
from plimsoll.domain.queueing import QueueAnswer, Staffing
from plimsoll.render.table import Table

_COLUMNS = ("WHAT", "VALUE")


def tables(document: QueueAnswer | Staffing) -> tuple[Table, ...]:
    """One row a number."""
    return (_staffing(document) if isinstance(document, Staffing) else _queue(document),)


def _queue(answer: QueueAnswer) -> Table:
    rows = [("utilization", f"{answer.utilization:.2%}")]
    if answer.wait_probability is not None and answer.wait_s is not None and answer.residence_s is not None:
        rows += _waits(answer.wait_probability, answer.wait_s, answer.residence_s, answer.in_system or 0.0)
        rows += [(f"residence {name}", format_duration(value)) for name, value in answer.residence_quantiles_s.items()]
    notes = (answer.why, answer.queueing) if answer.why else (answer.queueing,)
    return Table(_COLUMNS, tuple(rows), numeric=frozenset({"VALUE"}), notes=notes)


def _staffing(answer: Staffing) -> Table:
    rows = [
        ("servers (exact)", str(answer.servers)),
        ("servers (square-root rule)", str(answer.square_root_servers)),
        ("utilization", f"{answer.utilization:.2%}"),
        *_waits(answer.wait_probability, answer.wait_s, answer.residence_s, answer.in_system),
        *((f"residence {name}", format_duration(value)) for name, value in answer.residence_quantiles_s.items()),
    ]
    note = f"fewest servers at which at most {answer.wait_probability_wanted:g} of the arrivals wait (Erlang C)"
    return Table(_COLUMNS, tuple(rows), numeric=frozenset({"VALUE"}), notes=(note,))


def _waits(probability: float, wait_s: float, residence_s: float, in_system: float) -> list[tuple[str, str]]:
    return [
        ("wait probability", f"{probability:.4g}"),
        ("wait", format_duration(wait_s)),
        ("residence", format_duration(residence_s)),
        ("in system", f"{in_system:.4g}"),
    ]
