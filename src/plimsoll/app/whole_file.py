"""How is a file written so that nobody ever sees half of it? Beside its place, made durable, then moved over it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from plimsoll.domain.errors import InputError, Place


def write_whole(path: Path, text: str) -> None:
    """Write a text file, all of it or nothing; raises InputError where the place cannot be written."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = (error.strerror or "error").lower()
        raise InputError(f"cannot be written: {reason}", Place(str(path))) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
