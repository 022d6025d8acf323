"""`plimsoll limits`: how much one replica carries, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plimsoll.domain.errors import UsageError
from plimsoll.domain.quantity import Dimension, quantity
from plimsoll.entrypoints.cli.output import Format, FormatOption, show

app = typer.Typer(rich_markup_mode=None, help="Say how much one replica carries, and how sure that is.")

Files = Annotated[list[Path], typer.Argument(help="A load test: k6, Locust, JMeter, wrk, vegeta, or a CSV.")]
Columns = Annotated[
    str, typer.Option(help="Columns of a plain CSV: load=N,throughput=X,latency=L,errors=E,cpu=C,memory=M.")
]
Slo = Annotated[list[str] | None, typer.Option(help="What must hold: p99<250ms, errors<1%, cpu<80% (repeatable).")]
RulesFile = Annotated[Path | None, typer.Option(help="Rules for optimal, warning, critical, maximum.")]
Probability = Annotated[float, typer.Option(help="Probability that every objective holds at the safe load.")]
Loads = Annotated[list[float] | None, typer.Option("--for-load", help="Count replicas for this load (repeatable).")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the draws behind intervals.")]


@app.command()
def from_loadtest(
    files: Files,
    *,
    columns: Columns = "",
    slo: Slo = None,
    rules: RulesFile = None,
    probability: Probability = 0.95,
    for_load: Loads = None,
    seed: Seed = 1,
    how: FormatOption = Format.TABLE,
) -> None:
    """Find the load line of one replica in a load test: its limit at the objectives, with interval.

    Several files are one test where each is the report of one step (k6 summary, wrk, vegeta).
    """
    from plimsoll.app.limits import LimitsAsk, limits
    from plimsoll.bootstrap import capacity_models, load_test_rules, read_load_test
    from plimsoll.capacity.load_line import Margin
    from plimsoll.domain.objective import objectives
    from plimsoll.render.load_line import tables

    if not 0.5 <= probability < 1:
        raise UsageError("--probability must lie between 0.5 and 1")
    ask = LimitsAsk(objectives(slo or ()), load_test_rules(rules), Margin(probability, seed), tuple(for_load or ()))
    document = limits(read_load_test(files, columns), ask, capacity_models())
    show(document, tables(document), how)


@app.command()
def queue(
    arrival_rate: Annotated[str, typer.Option(help="Arrivals: 2 (a second), 120/min.")],
    service_time: Annotated[str, typer.Option(help="Mean time of service: 1s, 250ms.")],
    servers: Annotated[int | None, typer.Option(help="Servers, to get the wait.", show_default=False)] = None,
    wait_probability: Annotated[
        float | None, typer.Option(help="Highest probability of waiting, to get servers.", show_default=False)
    ] = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Compute the wait at so many servers, or the fewest servers for a wait (M/M/c, exact Erlang C)."""
    from plimsoll.app import queueing
    from plimsoll.render.queueing import tables

    if (servers is None) == (wait_probability is None):
        raise UsageError("give one of --servers (to get the wait) and --wait-probability (to get the servers)")
    rate, service_s = _rate(arrival_rate), quantity(service_time, Dimension.TIME)
    if servers is not None:
        answer = queueing.queue(rate, service_s, servers)
        show(answer, tables(answer), how)
    elif wait_probability is not None:
        staffed = queueing.staffing(rate, service_s, wait_probability)
        show(staffed, tables(staffed), how)


def _rate(text: str) -> float:
    """Read a rate; a bare number is per second."""
    try:
        return float(text)
    except ValueError:
        return quantity(text, Dimension.PER_SECOND)
