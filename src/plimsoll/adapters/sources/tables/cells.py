"""Which number does a text cell contain, and which cells contain none?

Empty cells and the usual words for "no value" are missing: no sample, never zero. `NaN` is a sample that is not a
number. Any other text that is not a number is a fault of the file.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MISSING_WORDS = ("", "NA", "N/A", "n/a", "null", "NULL", "Null", "None", "none", "-", "#N/A")
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(?i:nan|inf|infinity)$"
_DECIMAL_COMMA = r"^([+-]?\d+),(\d+)$"
_GROUPED = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"
_SPACED = r"[' \x{a0}\x{202f}]"
_SIGN = r"( ?%| [A-Za-z\x{b5}\x{3bc}/]{1,8})"  # a percent sign, or a unit: 3.05 GiB, 250 ms, 12 req/s
_ADORNED = rf"^[+-]?(\d+(\.\d+)?{_SIGN}|\d{{1,3}}((,\d{{3}})+|({_SPACED}\d{{3}})+)(\.\d+)?)$"
_ADORNED_COMMA = (
    rf"^[+-]?(\d+([.,]\d+)?{_SIGN}|\d{{1,3}}((\.\d{{3}})+,\d+|(\.\d{{3}}){{2,}}|({_SPACED}\d{{3}})+(,\d+)?))$"
)


def numbers(cells: Any, decimal_comma: bool = False) -> tuple[Any, int | None]:
    """Turn text cells into floats (null where missing); the second result is the first row that is no number, or None.

    >>> numbers(pa.array(["1", "", "x"]))[1], numbers(pa.array(["1", ""]))[0].to_pylist()
    (2, [1.0, None])
    """
    if decimal_comma and (grouped := first_grouped(cells)) is not None:
        return pa.nulls(len(cells), pa.float64()), grouped
    try:
        return pc.cast(cells, pa.float64()), None
    except pa.ArrowInvalid:
        pass
    cells = pc.utf8_trim_whitespace(cells)
    cells = pc.if_else(pc.is_in(cells, pa.array(MISSING_WORDS)), pa.scalar(None, pa.string()), cells)
    if decimal_comma:
        cells = pc.replace_substring_regex(cells, _DECIMAL_COMMA, r"\1.\2")
    readable = np.asarray(pc.fill_null(pc.match_substring_regex(cells, _NUMBER), True))
    if not readable.all():
        return pa.nulls(len(cells), pa.float64()), int(np.argmin(readable))
    return pc.cast(pc.replace_substring_regex(cells, r"^\+", ""), pa.float64()), None


def is_number(cell: str, decimal_comma: bool = False) -> bool:
    """Whether one cell of text holds a number."""
    values, bad = numbers(pa.array([cell]), decimal_comma)
    return bad is None and values.null_count == 0


def first_grouped(cells: Any, comma_elsewhere: bool = False) -> int | None:
    """Find the first row whose point separates thousands (1.000); None if the points are decimal, or there are none.

    Points are decimal if any value has other than three digits after its point, or if all values of the column have a
    point, unless decimals have a comma elsewhere in the file.

    >>> [first_grouped(pa.array(cells)) for cells in (["999", "1.000"], ["9,5", "1.000"], ["1.25", "2.000", "3"])]
    [1, 1, None]
    """
    cells = pc.utf8_trim_whitespace(cells)
    grouped = np.asarray(pc.fill_null(pc.match_substring_regex(cells, _GROUPED), False))
    if not grouped.any():
        return None
    pointed = np.asarray(pc.fill_null(pc.match_substring(cells, "."), False))
    present = np.asarray(pc.invert(pc.fill_null(pc.is_in(cells, pa.array(MISSING_WORDS)), True)))
    is_decimal = (pointed & ~grouped).any() or (grouped[present].all() and not comma_elsewhere)
    return None if is_decimal else int(np.argmax(grouped))


def has_decimal_comma(cells: Any) -> bool:
    """Whether a value of a column has a comma before its decimals."""
    return bool(pc.any(pc.match_substring_regex(pc.utf8_trim_whitespace(cells), _DECIMAL_COMMA)).as_py())


def are_adorned(cells: Any, decimal_comma: bool = False) -> bool:
    """Whether all values are numbers once a percent sign, a unit and thousands separators are allowed in them.

    >>> [are_adorned(pa.array(cells)) for cells in (["1,234", "", "7"], ["9.5 %"], ["3 GiB"], ["10.0.0.1"], ["5xx"])]
    [True, True, True, False, False]
    """
    cells = pc.utf8_trim_whitespace(cells)
    cells = cells.filter(pc.invert(pc.is_in(cells, pa.array(MISSING_WORDS))))
    pattern = _ADORNED_COMMA if decimal_comma else _ADORNED
    fit = pc.or_(pc.match_substring_regex(cells, pattern), pc.match_substring_regex(cells, _NUMBER))
    return len(cells) > 0 and bool(pc.all(fit).as_py())


def is_missing(cell: str) -> bool:
    """Whether one cell of text says that there is no value."""
    return cell.strip() in MISSING_WORDS
