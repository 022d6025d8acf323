"""`plimsoll schema`: what may stand in a model file?"""

from __future__ import annotations

import json
import sys

import typer

from plimsoll.entrypoints.cli.output import Format, FormatOption, show

app = typer.Typer(rich_markup_mode=None)


@app.command()
def schema(output_format: FormatOption = Format.JSON) -> None:
    """Print the JSON Schema of the model file, for editors; with `-o md` or `-o table` the same as a reference."""
    from plimsoll.app.model.schema import json_schema, reference
    from plimsoll.render.model_view import reference_tables

    if output_format is Format.JSON:
        sys.stdout.write(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")
    elif output_format is Format.YAML:
        import yaml

        sys.stdout.write(yaml.safe_dump(json_schema(), sort_keys=False, allow_unicode=True))
    else:
        answer = reference()
        show(answer, reference_tables(answer), output_format)
