"""The wiring: the only module that names concrete adapters."""

from __future__ import annotations

from collections.abc import Callable


def kernels() -> tuple[tuple[str, Callable[[], None]], ...]:
    """Name what is compiled, each with the function that compiles it into the cache."""
    return ()
