"""A module with one rule of its source changed, to show that a test can fail."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType


def changed(module: ModuleType, was: str, becomes: str) -> ModuleType:
    """Run the source of a module with one text replaced; raises LookupError unless the text occurs exactly once."""
    path = Path(str(module.__file__))
    source = path.read_text(encoding="utf-8")
    if source.count(was) != 1:
        raise LookupError(f"{was!r} stands {source.count(was)} times in {path.name}")
    found = ModuleType(module.__name__)
    found.__file__ = str(path)
    exec(compile(source.replace(was, becomes), str(path), "exec"), found.__dict__)
    return found
