"""Kubernetes quantities are read exactly, in thousandths, rounded up."""

from __future__ import annotations

import pytest

from plimsoll.app.manifests.amounts import milli
from plimsoll.domain.errors import InputError


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("100m", 100), (2, 2000), ("0.5", 500), ("1k", 1_000_000), ("1Ki", 1_024_000), ("1.5Mi", 1_572_864_000),
        ("1e3", 1_000_000), ("1n", 1), ("10u", 1), (".5", 500),
    ],
)  # fmt: skip
def test_a_quantity_is_read(text: str | int, thousandths: int):
    assert milli(text) == thousandths


@pytest.mark.parametrize("text", ["", "lots", "5 m", "1e", "0x10", "1e9999", "nan", "1,5", "10E", "1e30"])
def test_what_is_no_quantity_is_refused(text: str):
    with pytest.raises(InputError):
        milli(text)
