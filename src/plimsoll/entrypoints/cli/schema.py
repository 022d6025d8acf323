"""`plimsoll schema`: what may stand in a model file, a policy file, a scenario file?"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from plimsoll.entrypoints.cli.listener import say
from plimsoll.entrypoints.cli.output import Format, FormatOption, show

if TYPE_CHECKING:
    from plimsoll.app.model.section import Section

app = typer.Typer(rich_markup_mode=None)


class File(str, Enum):
    """The files that people write."""

    MODEL = "model"
    POLICY = "policy"
    POLICY_TEST = "policy-test"


@app.command()
def schema(
    of: Annotated[
        File, typer.Option("--of", help="Kind of file: a model, a policy of its own, or a test of a policy.")
    ] = (File.MODEL),
    output_format: FormatOption = Format.JSON,
) -> None:
    """Print the JSON Schema of the model file, for editors; with `-o md` or `-o table` the same as a reference.

    `--of policy-test` is the scenario file that `plimsoll policy test` runs, `--of policy` a policy file.
    """
    from plimsoll.app.model.schema import json_schema, reference
    from plimsoll.render.model_view import plain_reference_tables, reference_tables

    root = _root(of)
    if output_format is Format.JSON:
        say(json.dumps(json_schema(root, of.value), indent=2, ensure_ascii=False) + "\n")
    elif output_format is Format.YAML:
        import yaml

        say(yaml.safe_dump(json_schema(root, of.value), sort_keys=False, allow_unicode=True))
    else:
        answer = reference(root)
        tables = reference_tables(answer) if of is File.MODEL else plain_reference_tables(answer, of.value)
        show(answer, tables, output_format)


def _root(of: File) -> type[Section]:
    from plimsoll.app.model.document import ModelFile
    from plimsoll.app.model.naming_policies import PolicyFile
    from plimsoll.app.scenario.sections import ScenarioFile

    roots: dict[File, type[Section]] = {
        File.MODEL: ModelFile,
        File.POLICY: PolicyFile,
        File.POLICY_TEST: ScenarioFile,
    }
    return roots[of]
