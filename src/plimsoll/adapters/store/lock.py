"""Which process writes to the store? One at a time, identified by its process id; its end releases the lock.

The lock is flock(2) on a file of its own, so a killed writer leaves nothing to clean up.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from plimsoll.domain.errors import StoreBusy


class WriterLock:
    """The right to write to one folder, held until `release`."""

    def __init__(self, folder: Path) -> None:
        """Take the lock at once; raises StoreBusy with the id of the process that has it."""
        path = folder / "lock"
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise StoreBusy(
                f"series store {folder}: process {holder} is writing to it; stop it or wait until it ends"
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Release the lock."""
        os.close(self._descriptor)
