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

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Check, import, test and suggest scaling policies.")

Cases = Annotated[Path, typer.Argument(help="A file of cases in JSON.", show_default=False)]

Scenarios = Annotated[list[Path], typer.Argument(help="Scenario files in YAML.", show_default=False)]


@app.command(name="conformance")
def conformance(cases: Cases, output_format: FormatOption = Format.TABLE) -> None:
    """Run cases of the HPA against its rules.

    The last line counts what passed and failed; exit 3 where a case failed.
    """
    from plimsoll.app.conformance import conformance as run_cases

    document = run_cases(cases)
    _show_outcomes(document, output_format)
    if document.failed:
        raise typer.Exit(3)


@app.command(name="test")
def run_tests(scenarios: Scenarios, output_format: FormatOption = Format.TABLE) -> None:
    """Run scenario files that you write.

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
    typer.Argument(help="Files of HPA, KEDA and VPA objects, or what AWS and Nomad print as JSON.", show_default=False),
]


@app.command(name="import", short_help="Turn policies of HPA, KEDA, AWS, Nomad into policy files.")
def import_manifests(manifests: Manifests, output_format: FormatOption = Format.TABLE) -> None:
    """Turn HPA and KEDA objects, and scaling policies of AWS and Nomad, into policy files.

    They go to stdout; what is odd about them, and at which load each adds its first replica, is said on stderr.
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


app.command(name="suggest", short_help="Suggest a policy, learned on a recorded demand.")(suggest)
