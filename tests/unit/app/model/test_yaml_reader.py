"""The reader: places for everything, bounds on everything, nothing but plain values."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.app.model.yaml_reader import MAX_BYTES, MAX_NODES, read_bytes, read_file
from plimsoll.domain.errors import InputError

BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("02:00", "02:00"),
        ("on", "on"),
        ("2024-01-15", "2024-01-15"),
        ("5m", "5m"),
        ("1_000", "1_000"),
        ('"2"', "2"),
        ("2", 2),
        ("0x10", 16),
        ("1e3", 1000.0),
        ("~", None),
        ("True", True),
        ("9" * 400, "9" * 400),
    ],
    ids=[
        "a_time_of_day_is_no_sexagesimal_number",
        "on_is_no_truth_value",
        "a_date_stays_text",
        "a_quantity_stays_text",
        "underscores_are_no_digits",
        "quotes_keep_text",
        "whole_number",
        "hexadecimal",
        "exponent_without_a_dot",
        "tilde_is_nothing",
        "truth_in_capitals",
        "a_number_too_long_stays_text",
    ],
)
def test_a_word_is_read_by_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    (tree,) = read_bytes(f"a: {text}".encode(), "f.yaml")
    assert tree.value == {"a": value}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"a: caf\xe9", "f.yaml:1:7: is not UTF-8: byte 0xe9"),
        ("a: 1".encode("utf-16"), "f.yaml:1:1: is not UTF-8: byte 0xff"),
        (b"a: 1\nb: \x00", "f.yaml:2:4: not YAML: control characters are not allowed"),
        (b"a:\n\t- b", "f.yaml:2:1: a tab where YAML wants spaces"),
        (b"a: [1, 2", "f.yaml:2:1: not YAML: did not find expected ',' or ']'"),
        (b"a: !!python/object/apply:os.system [x]", "f.yaml:1:4: tag 'tag:yaml.org,2002:python/object/apply:os"),
        (b"a: &a [*a]", "f.yaml:1:8: alias *a stands inside its own anchor"),
        (b"a: *b", "alias *b has no anchor before it"),
        (b"a: " + b"[" * 60 + b"]" * 60, "f.yaml:1:43: nested more than 40 deep"),
        (b"[" * 200_000, "f.yaml:1:41: nested more than 40 deep"),
        (BOMB.encode(), f"unfolds into more than {MAX_NODES} values"),
        (b"k" * 10_000_000 + b": 1", f"f.yaml: is larger than {MAX_BYTES // 2**20} MiB"),
    ],
    ids=[
        "latin_1",
        "utf_16",
        "control_character",
        "tab",
        "cut_off",
        "python_tag",
        "alias_to_itself",
        "alias_to_nothing",
        "deep",
        "absurdly_deep",
        "exploding_aliases",
        "ten_megabyte_key",
    ],
)
def test_what_is_hostile_or_broken_is_one_line_with_its_place(raw: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(raw, "f.yaml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_key_written_twice_is_told_with_its_first_line() -> None:
    (tree,) = read_bytes(b"a: 1\nb: 2\na: 3\nb: 4\n", "f.yaml")
    assert [str(fault) for fault in tree.faults] == [
        "f.yaml:3:1: a: is written twice; it first stands in line 1",
        "f.yaml:4:1: b: is written twice; it first stands in line 2",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [("? [a, b]\n: 1", "a key is one word"), (f"{'k' * 300}: 1", "a key of 300 characters")],
    ids=["a_list_as_key", "a_long_key"],
)
def test_a_key_that_no_model_has_is_a_fault(text: str, message: str) -> None:
    (tree,) = read_bytes(text.encode(), "f.yaml")
    assert message in str(tree.faults[0])


def test_aliases_and_merge_keys_are_written_out_and_keep_the_place_of_their_anchor() -> None:
    text = b"x: &x {p: 1, q: 2}\ny: {<<: *x, q: 3}\nz: *x\n"
    (tree,) = read_bytes(text, "f.yaml")
    assert tree.value == {"x": {"p": 1, "q": 2}, "y": {"q": 3, "p": 1}, "z": {"p": 1, "q": 2}}
    assert tree.place(("y", "q")).column == 16
    assert tree.place(("z", "p")).line == 1


def test_places_are_those_of_values_and_keys_and_fall_back_on_what_is_round_them() -> None:
    (tree,) = read_bytes(b"a:\n  - b: 1\n    c:\n      d: 2\n", "f.yaml")
    assert str(tree.place(("a", 0, "c", "d"))) == "f.yaml:4:10: a[0].c.d"
    assert str(tree.place(("a", 0, "c", "d"), at_key=True)) == "f.yaml:4:7: a[0].c.d"
    assert str(tree.place(("a", 0, "nothing", "there"))) == "f.yaml:2:5: a[0].nothing.there"


@pytest.mark.parametrize(
    "name", ["missing.yaml", "folder", "nul\0.yaml"], ids=["missing", "a_folder", "a_name_with_nul"]
)
def test_a_file_that_cannot_be_opened_is_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=r"cannot be read|is not a path"):
        read_file(tmp_path / name)
