"""The clock of a long-running command, and the signals that end it: SIGINT, SIGTERM and SIGHUP, at the first word.

A signal comes as a KeyboardInterrupt, so that a slow read ends at once; while something is being written it is kept
until that is done.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SignalledPace:
    """A clock that signals stop; use it as a context, in the main thread."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._shielded = False
        self._stopped = False
        self._before: dict[signal.Signals, object] = {}

    def now_ms(self) -> int:
        """The time (UTC epoch milliseconds)."""
        return self._now_ms()

    def wait_until(self, moment_ms: int) -> bool:
        """Wait for a moment, and no longer than it was away: a clock may be set back meanwhile.

        A signal ends the wait as a KeyboardInterrupt.
        """
        end_s = time.monotonic() + (moment_ms - self._now_ms()) / 1000
        while (left_s := min((moment_ms - self._now_ms()) / 1000, end_s - time.monotonic())) > 0:
            time.sleep(min(left_s, 1.0))
        return True

    @contextmanager
    def unbroken(self) -> Iterator[None]:
        """Put off the word to stop while a block runs."""
        self._shielded = True
        try:
            yield
        finally:
            self._shielded = False
        if self._stopped:
            raise KeyboardInterrupt

    def __enter__(self) -> SignalledPace:
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # what signal() itself answered

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopped = True
        if not self._shielded:
            raise KeyboardInterrupt


class FixedPace:
    """A clock that stands still at `--as-of`, for one round."""

    def __init__(self, moment_ms: int) -> None:
        self._moment_ms = moment_ms

    def now_ms(self) -> int:
        """The moment asked for."""
        return self._moment_ms

    def wait_until(self, moment_ms: int) -> bool:
        """Time does not go on."""
        return moment_ms <= self._moment_ms

    @contextmanager
    def unbroken(self) -> Iterator[None]:
        """Nothing stops a clock that stands still."""
        yield
