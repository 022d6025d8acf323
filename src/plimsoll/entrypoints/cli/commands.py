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
