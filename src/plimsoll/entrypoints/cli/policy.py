"""`plimsoll policy`: check, import, test and suggest scaling policies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plimsoll.entrypoints.cli.listener import say
from plimsoll.entrypoints.cli.output import Format, FormatOption, remark, show
from plimsoll.entrypoints.cli.policy_suggest import suggest

if TYPE_CHECKING:
    from plimsoll.domain.conformance import Conformance

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Import, test and improve scaling policies.")

Cases = Annotated[Path, typer.Argument(help="JSON file of test cases.", show_default=False)]

Scenarios = Annotated[
    list[Path],
    typer.Argument(help="Test files in YAML; `plimsoll schema --of policy-test` describes them.", show_default=False),
]


@app.command(name="conformance")
def conformance(cases: Cases, output_format: FormatOption = Format.TABLE) -> None:
    """Check the built-in HPA against a file of test cases.

    The last line counts the cases that passed and failed. Exits with 3 if a case failed.
    """
    from plimsoll.app.conformance import conformance as run_cases

    document = run_cases(cases)
    _show_outcomes(document, output_format)
    if document.failed:
        raise typer.Exit(3)


@app.command(name="test")
def run_tests(scenarios: Scenarios, output_format: FormatOption = Format.TABLE) -> None:
    """Run your own tests of a policy.

    Each holds a policy, what is observed and what is expected of its decisions; exit 3 where one differs.
    """
    from plimsoll.app.scenario.running import run_scenarios

    document = run_scenarios(scenarios)
    _show_outcomes(document, output_format)
    if document.failed:
        raise typer.Exit(3)


def _show_outcomes(document: Conformance, how: Format) -> None:
    """Show failures and counts to people; every case where a program or a page asks."""
    from plimsoll.render.conformance import listed, tables

    show(document, listed(document) if how in (Format.CSV, Format.MD) else tables(document), how)


Manifests = Annotated[
    list[Path],
    typer.Argument(
        help="YAML files of HPA, KEDA or VPA objects, or the JSON that the AWS and Nomad tools print.",
        show_default=False,
    ),
]


@app.command(name="import", short_help="Convert policies of HPA, KEDA, AWS or Nomad into policy files.")
def import_manifests(manifests: Manifests, output_format: FormatOption = Format.TABLE) -> None:
    """Convert HPA and KEDA objects, and scaling policies of AWS and Nomad, into policy files.

    The policies go to stdout. Warnings, and the load at which each policy adds its first replica, go to stderr.
    """
    import yaml

    from plimsoll.app.manifests.importing import import_policies
    from plimsoll.render.imported import tables

    document = import_policies(manifests)
    if output_format is not Format.TABLE:
        show(document, tables(document), output_format)
        return
    files = [dict(policy.file) for policy in document.policies]
    say(yaml.safe_dump_all(files, sort_keys=False, allow_unicode=True, width=120) if files else "")
    for finding in document.findings:
        remark(str(finding))


app.command(name="suggest", short_help="Find a better policy for a recorded demand.")(suggest)
