"""No key of the model file is silently ignored: each is read by a command or listed with its purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.app.model.section_reads import classes_in, keys_read

from plimsoll.app.model import model_from_text
from plimsoll.app.model.document import ModelFile
from plimsoll.app.model.kept import ALL, KEPT, kept_for
from plimsoll.app.model.schema import reference
from plimsoll.app.model.section import Section
from plimsoll.app.model.showing import view

SOURCE = Path(__file__).resolve().parents[4] / "src" / "plimsoll"
READ_BY_THE_LOADER = {"api_version", "kind", "include"}


def sections(
    start: type[Section] = ModelFile, seen: dict[str, type[Section]] | None = None
) -> dict[str, type[Section]]:
    """Every section that can stand in a model file, by the name of its class."""
    found = {} if seen is None else seen
    if start.__name__ not in found:
        found[start.__name__] = start
        for field in start.model_fields.values():
            for inner in classes_in(field.annotation):
                sections(inner, found)
    return found


@pytest.mark.parametrize("name", sorted(sections()))
def test_every_key_of_a_section_is_read_or_named_as_kept(name: str, read: set[tuple[str, str]]) -> None:
    section = sections()[name]
    ignored = [
        field
        for field in section.model_fields
        if not kept_for(section, field) and (name, field) not in read and field not in READ_BY_THE_LOADER
    ]
    assert ignored == []


@pytest.fixture(scope="module")
def read() -> set[tuple[str, str]]:
    files = (path for room in ("app", "entrypoints") for path in (SOURCE / room).rglob("*.py"))
    return keys_read((path.read_text() for path in files if path.name not in ("kept.py", "showing.py")), sections())


READING = """
def one(section: EventSection) -> str:
    return section.name

def each(file: ModelFile) -> list[float]:
    return [event.factor for event in file.events if other.offset]

def all_of_it(buffers: BuffersSection) -> Buffers:
    return Buffers(**dict(buffers))
"""


def test_a_key_is_read_of_the_section_that_it_is_read_from_and_of_no_other_with_that_name() -> None:
    buffers = {("BuffersSection", field) for field in ("cores", "memory", "storage")}
    events = {("EventSection", "name"), ("EventSection", "factor"), ("ModelFile", "events")}
    assert keys_read([READING], sections()) == events | buffers


def test_what_is_named_as_kept_is_a_key_of_the_schema() -> None:
    known = sections()
    strange = [
        (name, field)
        for name, fields in KEPT.items()
        for field in fields
        if name not in known or (field != ALL and field not in known[name].model_fields)
    ]
    assert strange == []


def test_show_says_of_a_value_that_no_command_reads_it_and_what_it_is_kept_for() -> None:
    text = (
        "apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: shop, owner: me}\n"
        "cost_review: {cdn_above: 1GB}\nplanning: {months: 6}\n"
        "components: [{name: web, health: {grace: 5m}}]\n"
    )
    kept = {item.field: item.kept for item in view(model_from_text(text)).values}
    assert kept["metadata.owner"] == "for people"
    assert kept["cost_review.cdn_above"] == "for reviews of cost"
    assert kept["components[0].health.grace"] == "for carrying decisions out"
    assert (kept["metadata.name"], kept["planning.months"]) == ("", "")


def test_the_reference_says_it_too() -> None:
    fields = {(part.name, field.name): field for part in reference().sections for field in part.fields}
    assert fields["CostReviewSection", "balance_window"].description.endswith(
        "Kept for reviews of cost: no command reads it."
    )
