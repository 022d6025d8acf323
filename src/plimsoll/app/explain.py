"""Why is the row of a resource what it is? Everything that the last run recorded about it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from plimsoll.app.runway.resource_names import bare_name
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
        matches = whole or _by_other_name(log, known, resource) or [name for name in known if resource in name]
        if len(matches) != 1 or not resource:
            raise InputError(f"no resource {resource[:80]!r} in the last runway; {_near(resource, matches or known)}")
        resource = matches[0]
    return log.explanations(resource)


def _by_other_name(log: PredictionLog, known: Sequence[str], name: str) -> list[str]:
    """Find the resources whose series, or whose limit in the catalog, goes by this name."""
    whole = [resource for resource in known if any(name in _names(item) for item in log.explanations(resource))]
    bare = bare_name(name)
    return whole or [resource for resource in known if any(bare in _names(item) for item in log.explanations(resource))]


def _names(item: RunwayExplanation) -> tuple[str, ...]:
    query, limit = item.evidence.query, item.row.limit
    return (query, bare_name(query), limit.source.removeprefix("catalog ") if limit else "")


def _near(resource: str, known: tuple[str, ...] | list[str]) -> str:
    close = difflib.get_close_matches(resource, known, n=3, cutoff=0.4) or list(known)[:3]
    return "there are " + ", ".join(close) + (" and others" if len(known) > len(close) else "")
