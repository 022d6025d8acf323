"""Laws of the model file: any bytes give a model or faults; what `show` writes loads to the same model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.app.model import model_from_text
from plimsoll.app.model.showing import plain_form, yaml_form
from plimsoll.app.model.units import Amount, written
from plimsoll.domain.errors import ModelError
from plimsoll.domain.quantity import Dimension, quantity

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/plimsoll.yaml"))
TEXTS = [path.read_text(encoding="utf-8") for path in EXAMPLES]
WORD = re.compile(r"[^\s,\[\]{}:]+")
ODD_WORDS = [
    "null",
    "[]",
    "{}",
    "-1",
    "1e999",
    ".nan",
    "true",
    "{a: 1}",
    "*a",
    "&a",
    "0",
    "9" * 30,
    "70",
    "<<",
    "\t",
    "|",
]


def loads_or_faults(raw: bytes) -> None:
    try:
        model_from_text(raw, "m.yaml")
    except ModelError as error:
        assert error.faults
        assert all("\n" not in str(fault) for fault in error.faults)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_model_or_faults(raw: bytes) -> None:
    loads_or_faults(raw)


@given(st.text(alphabet="aA1:-[]{}&*<!|>'\"#%\n \t?,~.", max_size=200))
def test_any_text_of_yaml_signs_is_a_model_or_faults(text: str) -> None:
    loads_or_faults(text.encode())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.floats(0, 1), st.sampled_from(ODD_WORDS)), min_size=1, max_size=4))
def test_an_example_with_any_words_exchanged_is_a_model_or_faults(text: str, edits: list[tuple[float, str]]) -> None:
    for where, word in edits:
        spans = [match.span() for match in WORD.finditer(text)]
        start, end = spans[min(int(where * len(spans)), len(spans) - 1)]
        text = text[:start] + word + text[end:]
    loads_or_faults(text.encode())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_what_show_writes_loads_to_the_same_model(path: Path) -> None:
    first = model_from_text(path.read_text(encoding="utf-8"), str(path))
    shown = yaml_form(plain_form(first.file))
    second = model_from_text(shown, "shown.yaml")
    assert yaml_form(plain_form(second.file)) == shown
    assert [part.slo for part in second.system.components] == [part.slo for part in first.system.components]
    assert plain_form(second.file) == plain_form(first.file)


UNITS = [
    *((Dimension.TIME, unit) for unit in ("us", "ms", "s", "m", "h", "d", "w", "y")),
    *((Dimension.BYTES, unit) for unit in ("", "kB", "M", "GB", "Ki", "Gi", "TiB")),
    *((Dimension.CORES, unit) for unit in ("", "m")),
    *((Dimension.RATIO, unit) for unit in ("", "%")),
    *((Dimension.PER_SECOND, unit) for unit in ("/s", "/min", "/h")),
    (Dimension.BYTE_RATE, "Mbit/s"),
    (Dimension.COUNT, "k"),
]


@given(st.decimals(min_value=0, max_value=10**9, places=4), st.sampled_from(UNITS))
def test_a_value_is_read_again_exactly_as_it_was_written(number: object, unit: tuple[Dimension, str]) -> None:
    dimension, word = unit
    value = quantity(f"{number}{word}", dimension)
    assert quantity(written(value, dimension), dimension) == value


@given(
    st.decimals(min_value=0, max_value=10**9, places=3),
    st.sampled_from(["%", "ms", "s", "min", "h", "d", "GB", "Gi", "MB/s", "Mbit/s", "/s", "/min", ""]),
)
def test_an_amount_is_read_again_exactly_as_it_was_written(number: object, unit: str) -> None:
    amount = Amount.read(f"{number}{unit}")
    assert Amount.read(amount.write()) == amount


@given(
    st.text(max_size=60).filter(
        lambda text: not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ufeff\u2028\u2029]", text)
    )
)
def test_any_text_comes_back_through_show(text: str) -> None:
    plain = {
        "apiVersion": "plimsoll/v1",
        "kind": "System",
        "metadata": {"name": "x", "description": text},
    }
    model = model_from_text(yaml_form(plain))
    assert model.file.metadata.description == text
