"""What the parts warn of while a command runs (a row left out, say), shown as lines on stderr."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class _Warnings(logging.Handler):
    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Show one warning."""
        self._say(record.getMessage())


@contextmanager
def warned_of(say: Callable[[str], None]) -> Iterator[None]:
    """Have `say` told every warning of the package, for as long as this lasts."""
    log, handler = logging.getLogger("plimsoll"), _Warnings(say)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
