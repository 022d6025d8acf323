"""`plimsoll limits`: how much one replica carries, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plimsoll.domain.errors import UsageError
from plimsoll.domain.quantity import Dimension, duration, quantity
from plimsoll.domain.source_options import SOURCES, SourceOptions
from plimsoll.entrypoints.cli.amounts import above_zero, span_ms
from plimsoll.entrypoints.cli.limits_of_model import of_model
from plimsoll.entrypoints.cli.moments import AsOfOrLastOption, as_of_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, show
from plimsoll.entrypoints.cli.source_options import takes_source_options

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Find how much load one replica can carry.")
app.command(short_help="Show the capacity of each component of a model.")(of_model)

Files = Annotated[
    list[Path], typer.Argument(help="Result file of a load test: k6, Locust, JMeter, wrk, vegeta, or any CSV.")
]
Columns = Annotated[
    str,
    typer.Option(help="What the columns of a CSV mean: load=N,throughput=X,latency=L,errors=E,cpu=C,memory=M,time=T."),
]
Slo = Annotated[list[str] | None, typer.Option(help="Objective that must be met: p99<250ms, errors<1%, cpu<80%.")]
RulesFile = Annotated[
    Path | None, typer.Option(help="YAML file with rules for the optimal, warning, critical and maximum load.")
]
Probability = Annotated[float, typer.Option(help="Probability with which every objective is met at the safe load.")]
Loads = Annotated[list[float] | None, typer.Option("--for-load", help="Also say how many replicas this load needs.")]
Seed = Annotated[int, typer.Option(min=0, help="Random seed of the intervals.")]


@app.command(short_help="Find the capacity of a replica in a load test.")
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
    """Find the load line of one replica in a load test: the most load at which it meets the objectives (--slo).

    Give several files if each is the report of one step of the same test (k6 summary, wrk, vegeta).
    """
    from plimsoll.app.load_line.limits import LimitsAsk, limits
    from plimsoll.bootstrap import capacity_models, load_test_rules, read_load_test
    from plimsoll.capacity.load_line import Margin
    from plimsoll.domain.objective import objectives
    from plimsoll.render.load_line import tables

    if not 0.5 <= probability < 1:
        raise UsageError("--probability must lie between 0.5 and 1")
    loads = above_zero("--for-load", for_load or ())
    ask = LimitsAsk(objectives(slo or ()), load_test_rules(rules), Margin(probability, seed), loads)
    document = limits(read_load_test(files, columns), ask, capacity_models())
    show(document, tables(document), how)


@app.command(short_help="Compute waiting time or servers of a queue (Erlang C).")
def queue(
    arrival_rate: Annotated[str, typer.Option(help="Arrival rate: 2 (per second), 120/min.")],
    service_time: Annotated[str, typer.Option(help="Mean service time: 1s, 250ms.")],
    servers: Annotated[
        int | None, typer.Option(help="Number of servers, to compute the waiting time.", show_default=False)
    ] = None,
    wait_probability: Annotated[
        float | None,
        typer.Option(
            help="Share of arrivals that may have to wait, such as 0.01, to compute the servers.", show_default=False
        ),
    ] = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Compute the waiting time for a number of servers, or the fewest servers for a waiting probability (Erlang C)."""
    from plimsoll.app.load_line import queueing
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


@app.command(short_help="Find the capacity of a replica in production metrics.")
@takes_source_options()
def from_telemetry(
    source: Annotated[str, typer.Argument(help=f"Where to read: {SOURCES}.")],
    *,
    signal: Annotated[
        list[str] | None,
        typer.Option(
            help="What a metric means, ROLE[:UNIT]=QUERY: demand (required), replicas, p99:ms, errors, cpu, memory ..."
        ),
    ] = None,
    slo: Slo = None,
    rules: RulesFile = None,
    history: Annotated[str, typer.Option(help="How much history to read.")] = "14d",
    as_of: AsOfOrLastOption = "",
    probability: Probability = 0.95,
    seed: Seed = 1,
    options: SourceOptions,
    how: FormatOption = Format.TABLE,
) -> None:
    """Find the load line of one replica in production metrics: demand against latency, errors and utilization."""
    from plimsoll.app.load_line.limits import LimitsAsk, limits
    from plimsoll.app.load_line.of_telemetry import moments_of, roles_of
    from plimsoll.bootstrap import capacity_models, load_test_rules
    from plimsoll.bootstrap_sources import read_telemetry
    from plimsoll.capacity.load_line import Margin
    from plimsoll.capacity.telemetry import telemetry_steps
    from plimsoll.domain.objective import objectives
    from plimsoll.render.load_line import tables

    roles = roles_of(tuple(signal or ()))
    harvest = read_telemetry(source, options, roles, span_ms(history, "--history"), as_of_ms(as_of, options.tz))
    ask = LimitsAsk(objectives(slo or ()), load_test_rules(rules), Margin(probability, seed))
    document = limits(telemetry_steps(moments_of(harvest, roles)), ask, capacity_models())
    show(document, tables(document), how)


@app.command(short_help="Estimate what a request of each kind uses.")
def per_unit(
    file: Annotated[
        Path,
        typer.Argument(help="CSV file with one row per point in time: request rates by kind, and resources in use."),
    ],
    *,
    kinds: Annotated[str, typer.Option(help="Columns with request rates: orders=orders_rps,report=report_rps.")],
    resources: Annotated[
        str, typer.Option(help="Columns with resource use: cpu=cpu_cores,memory=rss_mb,network=sent_bytes.")
    ],
    cores: Annotated[
        float | None, typer.Option(help="Cores of a replica, if the cpu column is a share of them.", show_default="1")
    ] = None,
    seed: Seed = 1,
    how: FormatOption = Format.TABLE,
) -> None:
    """Estimate how much CPU, memory, network and disk one request of each kind uses."""
    from plimsoll.app.load_line.unit_costs import Used, in_cores, unit_costs
    from plimsoll.bootstrap import read_load_columns, read_request_rates
    from plimsoll.render.unit_cost import tables

    rates, found = read_request_rates(file, kinds, "--kinds"), read_load_columns(file, resources, "--resources")
    given = None if cores is None else above_zero("--cores", [cores])[0]
    document = unit_costs(str(file), in_cores(Used(found.values, found.units, found.notes), given), rates, seed)
    show(document, tables(document), how)


@app.command(short_help="Estimate how much latency a cache saves.")
def cache(
    file: Annotated[Path, typer.Argument(help="CSV file with one row per point in time: hit ratio and mean latency.")],
    *,
    columns: Annotated[str, typer.Option(help="What the columns mean: hit_ratio=COLUMN,latency=COLUMN.")],
    seed: Seed = 1,
    how: FormatOption = Format.TABLE,
) -> None:
    """Estimate how much latency a cache saves, from its hit ratio and the mean latency."""
    from plimsoll.app.load_line.unit_costs import cache as benefit
    from plimsoll.bootstrap import read_load_columns
    from plimsoll.render.unit_cost import cache_tables

    found = read_load_columns(file, columns, "--columns")
    if not {"hit_ratio", "latency"} <= set(found.values):
        raise UsageError("--columns needs hit_ratio=COLUMN and latency=COLUMN")
    document = benefit(str(file), found.values, found.notes, seed)
    show(document, cache_tables(document), how)


@app.command(short_help="Estimate what growth requires, by rules of thumb.")
def growth(
    *,
    request_rate: Annotated[str, typer.Option(help="Request rate today: 100 (per second), 6000/min.")],
    p95: Annotated[str, typer.Option(help="95th percentile of latency today: 120ms.")],
    factor: Annotated[float | None, typer.Option(help="Factor by which the load grows.", show_default="2")] = None,
    target: Annotated[str, typer.Option(help="Target for the 95th percentile of latency.", show_default="250ms")] = "",
    how: FormatOption = Format.TABLE,
) -> None:
    """Estimate what growth of the load requires, by rules of thumb; a load test is more reliable."""
    from plimsoll.app.load_line.unit_costs import growth as predict
    from plimsoll.bootstrap import growth_rules
    from plimsoll.render.unit_cost import growth_tables

    document = predict(factor, _rate(request_rate), duration(p95), duration(target) if target else None, growth_rules())
    show(document, growth_tables(document), how)
