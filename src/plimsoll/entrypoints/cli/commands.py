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
        Command(
            "demo", "plimsoll.entrypoints.cli.demo", "Measure a service that really runs, look ahead, plan, report."
        ),
    ),
    "What runs out, and by when to act": (
        Command("runway", "plimsoll.entrypoints.cli.runway", "Say when each resource runs out, and by when to act."),
        Command("forecast", "plimsoll.entrypoints.cli.forecast", "Forecast demand as quantiles, with its accuracy."),
        Command("assess", "plimsoll.entrypoints.cli.assess", "Judge where everything stands now, and what to do."),
        Command("explain", "plimsoll.entrypoints.cli.explain", "Show everything behind one resource of the runway."),
        Command(
            "catalog", "plimsoll.entrypoints.cli.catalog", "List the limits that Plimsoll knows, or show one whole."
        ),
    ),
    "How much it carries": (
        Command("limits", "plimsoll.entrypoints.cli.limits", "Say how much one replica carries, and how sure that is."),
    ),
    "What to buy": (Command("plan", "plimsoll.entrypoints.cli.plan", "Plan sizes, cost and dates month by month."),),
    "Which policy is safe": (
        Command("replay", "plimsoll.entrypoints.cli.replay", "Rehearse scaling policies on recorded demand."),
        Command("policy", "plimsoll.entrypoints.cli.policy", "Check, import, test and suggest scaling policies."),
    ),
    "The model file": (
        Command("init", "plimsoll.entrypoints.cli.init", "Write a commented model of what a source offers."),
        Command("validate", "plimsoll.entrypoints.cli.validate", "Check a model file: faults, and contradictions."),
        Command("show", "plimsoll.entrypoints.cli.show_model", "Show the model as understood, defaults and all."),
        Command("schema", "plimsoll.entrypoints.cli.schema", "Print what may stand in a model file, for editors."),
        Command("model", "plimsoll.entrypoints.cli.model", "Rewrite a model file of an older version."),
    ),
    "Metrics in, reports out": (
        Command("doctor", "plimsoll.entrypoints.cli.doctor", "Look at a source: access, coverage, limits it measures."),
        Command("report", "plimsoll.entrypoints.cli.report", "Write a page on what is tight, runs out, costs."),
        Command("collect", "plimsoll.entrypoints.cli.collect", "Fill the series store from sources, round by round."),
    ),
    "Set-up": (
        Command("warm-up", "plimsoll.entrypoints.cli.warm_up", "Compile the kernels into the cache, once and visibly."),
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
