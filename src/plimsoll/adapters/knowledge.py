"""Where does the shipped knowledge come from? YAML files inside the package, read once and passed as arguments.

Knowledge is data: catalogs, band tables, rule packs, price lists, templates and page assets lie in
`plimsoll/knowledge`, each with its source in a comment.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_ROOT = files("plimsoll") / "knowledge"


@cache
def knowledge_text(path: str) -> str:
    """Read one knowledge file as text; `path` is relative to the knowledge folder, with `/` between parts."""
    return _ROOT.joinpath(*path.split("/")).read_text(encoding="utf-8")


@cache
def knowledge(path: str) -> Any:
    """Read one YAML knowledge file; callers must not change what they get."""
    return yaml.load(knowledge_text(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 a safe loader


def knowledge_names(folder: str, suffix: str) -> tuple[str, ...]:
    """List the files of a knowledge folder that end with `suffix`, sorted, as paths for `knowledge`."""
    inside = _ROOT.joinpath(*folder.split("/")).iterdir()
    return tuple(sorted(f"{folder}/{item.name}" for item in inside if item.name.endswith(suffix)))
