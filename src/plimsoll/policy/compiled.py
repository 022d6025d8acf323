"""How do the rules run fast? The tested functions are compiled by Numba unchanged, when first used.

The kernels are plain Python. `ready_for_compilation` tells Numba that they may be called from compiled code
(`domain.machine_code`), so a replay compiles its loop around the same step that a test of a policy runs. Nothing is
compiled at import, and a test that changes a rule on purpose runs the functions uncompiled.

Kernels allocate nothing. They are therefore compiled without reference counting (with it, each access to an array in a
tuple costs two atomic operations) and inlined into the loop that calls them (otherwise every call copies all the
tuples). The two together make a step about fifty times as fast. Whatever calls a kernel must be compiled by
`compiled` and allocate nothing either: arrays are allocated beforehand and passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from plimsoll.domain import machine_code
from plimsoll.policy import lagged_fleet
from plimsoll.policy.hpa import events as hpa_events
from plimsoll.policy.hpa import limits as hpa_limits
from plimsoll.policy.hpa import replicas as hpa_replicas
from plimsoll.policy.hpa import stabilization as hpa_stabilization
from plimsoll.policy.hpa import totals as hpa_totals
from plimsoll.policy.kernel import guards, limits, predictive, rates, rings, signals, sizes, stages, triggers
from plimsoll.policy.priced import account, forecasting, long_run, outcomes, purchase, step

KERNELS: tuple[ModuleType, ...] = (
    rings, signals, triggers, sizes, predictive, guards, rates, limits, stages,
    hpa_replicas, hpa_stabilization, hpa_events, hpa_limits, hpa_totals,
    lagged_fleet, forecasting, long_run, outcomes, purchase, account, step,
)  # fmt: skip
_REGISTERED: list[ModuleType] = []
_OPTIONS: dict[str, Any] = {"_nrt": False, "forceinline": True}


@cache
def ready_for_compilation() -> None:
    """Let compiled code call every function of the kernels. Takes a moment the first time: it imports Numba."""
    for module in KERNELS:
        callable_when_compiled(module)


def callable_when_compiled(module: ModuleType) -> None:
    """Let compiled code call the functions that a module defines, under the rules of kernels."""
    machine_code.callable_when_compiled(module, **_OPTIONS)
    _REGISTERED.append(module)


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop around the kernels, with all that it calls; the machine code is cached on disk by its digest."""
    ready_for_compilation()
    return machine_code.compiled(function, _REGISTERED, _nrt=False)
