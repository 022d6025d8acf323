"""Do the HPA rules pass the cases of a file? Read the cases, run each, count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from plimsoll.domain.conformance import CaseOutcome, Conformance
from plimsoll.domain.errors import InputError, Place
from plimsoll.policy.hpa.conformance import fault

_MAX_BYTES = 64 * 2**20


def conformance(path: Path) -> Conformance:
    """Run the cases of a file.

    A case that is malformed fails with its reason. Raises InputError where the file cannot be read, is not JSON, or
    holds no list of cases.
    """
    outcomes = tuple(_outcome(case, number) for number, case in enumerate(_cases(path), start=1))
    return Conformance.of(str(path), outcomes)


def _cases(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"is larger than {_MAX_BYTES // 2**20} MiB", Place(str(path)))
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read: {(error.strerror or 'error').lower()}", Place(str(path))) from error
    except json.JSONDecodeError as error:
        raise InputError(f"is not JSON: {error.msg}", Place(str(path), error.lineno, error.colno)) from error
    except (ValueError, RecursionError) as error:  # no text, nested too deep, or a number too long to be one
        raise InputError("is not JSON in UTF-8 that can be read", Place(str(path))) from error
    cases = value.get("cases") if isinstance(value, dict) else value
    if not isinstance(cases, list):
        raise InputError("holds no list `cases`", Place(str(path)))
    return cases


def _outcome(case: Any, number: int) -> CaseOutcome:
    named = case if isinstance(case, dict) else {}
    return CaseOutcome(str(named.get("id", f"case {number}")), str(named.get("kind", "?")), fault(case))
