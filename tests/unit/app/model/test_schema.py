"""The schema: every field documented, and the page of the documentation up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plimsoll.app.model.naming_policies import PolicyFile
from plimsoll.app.model.schema import json_schema, reference
from plimsoll.app.model.section import Section
from plimsoll.app.scenario.sections import ScenarioFile
from plimsoll.render.model_view import plain_reference_tables, reference_tables
from plimsoll.render.table import to_markdown

DOCS = Path(__file__).parents[4] / "docs"


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, section in {"file": schema, **schema["$defs"]}.items():
        assert section.get("description"), name
        assert section.get("additionalProperties") is False, name
        for key, item in section["properties"].items():
            yield f"{name}.{key}", item


def test_every_section_and_field_has_a_description_for_editors() -> None:
    schema = json_schema()
    described = {
        key: item.get("description")
        or schema["$defs"].get(item.get("$ref", "").rpartition("/")[2], {}).get("description")
        for key, item in properties(schema)
    }
    assert len(described) > 300
    assert [key for key, description in described.items() if not description] == []


def test_quantities_say_their_dimension_and_examples() -> None:
    startup = json_schema()["$defs"]["StartupSection"]["properties"]["median"]
    assert startup["x-dimension"] == "seconds"
    assert "250ms" in startup["examples"]


def test_the_reference_leads_to_every_section_of_the_schema() -> None:
    named = {section.name for section in reference().sections}
    assert named == {"the file", *json_schema()["$defs"]}
    assert not [name for name in named if "__" in name], "two sections of one name: the schema tells them by module"


def test_the_page_of_the_documentation_is_what_the_command_prints() -> None:
    printed = to_markdown(reference_tables(reference()))
    page = (DOCS / "model-file.md").read_text(encoding="utf-8")
    assert page == printed, "run: plimsoll schema -o md > docs/model-file.md"
    printed = to_markdown(plain_reference_tables(reference(ScenarioFile), "policy-test"))
    page = (DOCS / "policy-test-file.md").read_text(encoding="utf-8")
    assert page == printed, "run: plimsoll schema --of policy-test -o md > docs/policy-test-file.md"


@pytest.mark.parametrize(
    ("root", "fields"),
    [(PolicyFile, {"policy"}), (ScenarioFile, {"policy", "policy_file", "tests"})],
    ids=["policy", "policy_test"],
)
def test_the_other_files_that_people_write_have_a_schema_and_a_reference_too(
    root: type[Section], fields: set[str]
) -> None:
    schema = json_schema(root, "other")
    assert schema["$id"] == "urn:plimsoll:other:v1"
    assert fields <= schema["properties"].keys()
    assert {section.name for section in reference(root).sections} == {"the file", *schema["$defs"]}
