"""How much disk does a directory take?

As du counts: blocks, each file once, on its own file system, no links followed.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from plimsoll.domain.errors import SourceError


class CannotMeasure(SourceError):
    """A directory cannot be measured; says why."""


def directory_bytes(source: str, path: str, within_s: float) -> int:
    """Add up the blocks under `path`; raises CannotMeasure where any part is shut, or the deadline passes."""
    end = time.monotonic() + within_s
    try:
        top = Path(path).stat()
        device = top.st_dev
        total, todo = top.st_blocks * 512, [path]
        seen: set[int] = set()
        while todo:
            if time.monotonic() > end:
                raise CannotMeasure(source, f"{path} holds too many files to measure within {within_s:g}s")
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if found.st_dev != device or found.st_ino in seen:
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
