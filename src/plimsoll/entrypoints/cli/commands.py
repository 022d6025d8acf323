"""Which commands are there? The one list: name, the module that holds it, and its line in `plimsoll --help`.

A module offers `app`, a Typer application: with one command in it, that is the command; with several, they are its
sub-commands. Modules are imported only when their command is called, so that help stays fast.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One top-level command."""

    name: str
    module: str
    summary: str


SECTIONS: dict[str, tuple[Command, ...]] = {
    "See it work": (
        Command("demo", "plimsoll.entrypoints.cli.demo", "See it all work on a small service that really runs."),
    ),
    "What runs out, and by when to act": (
        Command(
            "runway", "plimsoll.entrypoints.cli.runway", "Predict when each resource runs out, and by when to act."
        ),
        Command(
            "forecast", "plimsoll.entrypoints.cli.forecast", "Forecast metrics, with intervals and their accuracy."
        ),
        Command("assess", "plimsoll.entrypoints.cli.assess", "Judge how full every resource is now, and what to do."),
        Command("explain", "plimsoll.entrypoints.cli.explain", "Show what is behind one row of the runway."),
        Command("catalog", "plimsoll.entrypoints.cli.catalog", "List known limits of systems, or show one in full."),
    ),
    "How much it carries": (
        Command("limits", "plimsoll.entrypoints.cli.limits", "Find how much load one replica can carry."),
    ),
    "What to buy": (Command("plan", "plimsoll.entrypoints.cli.plan", "Plan sizes, cost and dates, month by month."),),
    "Which policy is safe": (
        Command("replay", "plimsoll.entrypoints.cli.replay", "Rehearse scaling policies on recorded demand."),
        Command("policy", "plimsoll.entrypoints.cli.policy", "Import, test and improve scaling policies."),
    ),
    "The model file": (
        Command("init", "plimsoll.entrypoints.cli.init", "Write a first model file from what a source offers."),
        Command("validate", "plimsoll.entrypoints.cli.validate", "Check a model file for errors and contradictions."),
        Command("show", "plimsoll.entrypoints.cli.show_model", "Show the model as understood, including defaults."),
        Command("schema", "plimsoll.entrypoints.cli.schema", "Print the JSON Schema of the model file, for editors."),
        Command("model", "plimsoll.entrypoints.cli.model", "Convert a model file of an older version."),
    ),
    "Metrics in, reports out": (
        Command("doctor", "plimsoll.entrypoints.cli.doctor", "Check a source of metrics: access, coverage, limits."),
        Command("report", "plimsoll.entrypoints.cli.report", "Write a report: what is tight, runs out, costs."),
        Command("collect", "plimsoll.entrypoints.cli.collect", "Collect metrics into the local store."),
    ),
    "Set-up": (
        Command("warm-up", "plimsoll.entrypoints.cli.warm_up", "Compile the numeric code once, ahead of first use."),
    ),
}

# How people type them; shown below the help of a command.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "demo": ("demo", "demo --real http://localhost:9090"),
    "runway": (
        "runway metrics.csv",
        "runway http://prometheus:9090 -H 'X-Scope-OrgID: prod' --fail-on act-by --within 14d",
        "runway metrics.csv --limit 'pg-*/disk*=85%..95%' --lead-time 'pg-*=30d'",
    ),
    "forecast": (
        "forecast metrics.csv --horizon 30d",
        "forecast metrics.csv --series 'orders*' --holidays ES --event 'sale=2026-11-27..2026-12-01*2'",
        "forecast panel --input fleet.parquet --output ahead.parquet --freq h --horizon 168 --quantiles 0.1,0.5,0.9",
    ),
    "assess": ("assess metrics.csv", "assess http://prometheus:9090 -m plimsoll.yaml", "assess metrics.csv --patterns"),
    "explain": ("explain pg-main/disk_used_percent",),
    "catalog": ("catalog", "catalog connections", "catalog --group kubernetes"),
    "limits": (
        "limits from-loadtest k6-summary.json --slo 'p99<250ms' --slo 'errors<1%'",
        "limits from-loadtest steps.csv --columns load=users,throughput=rps,p95=p95_ms --slo 'p95<300ms'",
        "limits queue --arrival-rate 120/min --service-time 250ms --wait-probability 0.01",
        "limits of-model -m plimsoll.yaml --for-load 5000",
    ),
    "plan": ("plan", "plan -m plimsoll.yaml --scenario peak --months 12", "plan --growth 5% -o json"),
    "replay": (
        "replay demand.csv --compare current,hpa:cpu=60%",
        "replay store --signal requests --history 30d --faults all",
    ),
    "policy": (
        "policy import hpa.yaml",
        "policy test engine-test.yaml",
        "policy suggest demand.csv --budget hpa:cpu=70% --output suggested.yaml",
    ),
    "init": ("init http://prometheus:9090", "init metrics.csv --output fleet.yaml"),
    "validate": ("validate", "validate plimsoll.yaml teams/"),
    "show": ("show", "show plimsoll.yaml -o yaml"),
    "schema": ("schema > plimsoll.schema.json", "schema --of policy -o md"),
    "model": ("model upgrade old.yaml --in-place",),
    "doctor": (
        "doctor prometheus http://prometheus:9090 -H 'X-Scope-OrgID: prod'",
        "doctor csv metrics.csv",
        "doctor host",
    ),
    "report": ("report metrics.csv", "report store -m plimsoll.yaml --period monthly --output july.html"),
    "collect": ("collect http://prometheus:9090 --every 60s", "collect -m plimsoll.yaml --once", "collect --status"),
}
