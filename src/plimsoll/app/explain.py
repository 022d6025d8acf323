"""Why is the row of a resource what it is? Everything that the last run recorded about it."""

from __future__ import annotations

import difflib

from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.prediction import PredictionLog
from plimsoll.domain.runway import RunwayExplanation


def explain_runway(log: PredictionLog, resource: str) -> tuple[RunwayExplanation, ...]:
    """Everything behind a resource's row in the last run, one for each source that has it.

    A part of a name suffices if it matches only one resource. Raises NothingToAnswer where no run has been recorded,
    InputError for an unknown name, with similar ones.
    """
    known = log.resources()
    if not known:
        raise NothingToAnswer("no runway has been kept yet; run `plimsoll runway SOURCE` first")
    if resource not in known:
        whole = [name for name in known if name.endswith(f"/{resource}") or name.startswith(f"{resource}/")]
        meant = whole or [name for name in known if resource in name]
        if len(meant) != 1 or not resource:
            raise InputError(f"no resource {resource[:80]!r} in the last runway; {_near(resource, meant or known)}")
        resource = meant[0]
    return log.explanations(resource)


def _near(resource: str, known: tuple[str, ...] | list[str]) -> str:
    close = difflib.get_close_matches(resource, known, n=3, cutoff=0.4) or list(known)[:3]
    return "there are " + ", ".join(close) + (" and others" if len(known) > len(close) else "")
