"""Where things are kept: state and caches, by the XDG base directory rules, or all under `$PLIMSOLL_HOME`."""

from __future__ import annotations

import os
from pathlib import Path


def state_home() -> Path:
    """The folder of the series store and the state (not created here)."""
    return _place("state", "XDG_STATE_HOME", ".local/state")


def cache_home() -> Path:
    """The folder of what can be made again, compiled kernels among it (not created here)."""
    return _place("cache", "XDG_CACHE_HOME", ".cache")


def store_home() -> Path:
    """The folder of the series store: `$PLIMSOLL_STORE`, or in the state."""
    return Path(os.environ.get("PLIMSOLL_STORE") or state_home() / "series")


def prepare_environment() -> None:
    """Say where the compiler's disk cache and the series store are, unless the user has said where they go."""
    os.environ.setdefault("PLIMSOLL_STORE", str(store_home()))
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_home() / "numba"))


def _place(kind: str, variable: str, default: str) -> Path:
    if home := os.environ.get("PLIMSOLL_HOME"):
        return Path(home) / kind
    base = os.environ.get(variable)
    return (Path(base) if base else Path.home() / default) / "plimsoll"
