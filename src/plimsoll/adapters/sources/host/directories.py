"""How much disk space does a directory use?

Counted as by du: blocks, each file once, on one file system, without following links. Files that are deleted meanwhile
count as nothing.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from plimsoll.domain.errors import SourceError


class CannotMeasure(SourceError):
    """A directory cannot be measured; says why."""


def directory_bytes(source: str, path: str, within_s: float) -> int:
    """Add up the blocks under `path`; raises CannotMeasure if any part is not accessible, or the deadline passes."""
    end = time.monotonic() + within_s
    try:
        top = Path(path).stat()
        total, todo = top.st_blocks * 512, [path]
        seen: set[int] = set()
        while todo:
            if time.monotonic() > end:
                raise CannotMeasure(source, f"{path} holds too many files to measure within {within_s:g}s")
            for entry, found in _listed(todo.pop()):
                is_folder = stat.S_ISDIR(found.st_mode)
                if found.st_dev != top.st_dev or found.st_ino in seen:
                    continue
                if found.st_nlink > 1 and not is_folder:
                    seen.add(found.st_ino)
                total += found.st_blocks * 512
                if is_folder:
                    todo.append(entry.path)
    except OSError as error:
        where = error.filename or path
        raise CannotMeasure(source, f"{where}: {(error.strerror or 'cannot be read').lower()}") from error
    return total


def _listed(folder: str) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    """List the entries of a folder, without those that disappear meanwhile."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                yield entry, entry.stat(follow_symlinks=False)
