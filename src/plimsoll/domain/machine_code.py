"""How do plain functions become machine code, and when is machine code on disk out of date?

Kernels are plain Python: tests run them uncompiled, and nothing is compiled at import. `callable_when_compiled` tells
Numba that the functions of a module may be called from compiled code (its `register_jitable`); `compiled` compiles an
entry function with everything that it calls and keeps the machine code on disk.

Numba's disk cache checks only the file of the entry function, so it would keep running stale machine code of functions
in other files. The entry is therefore compiled under a name that contains a digest of the code and constants of all
modules that it may call; computing the digest reads nothing from disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from types import CodeType, FunctionType, ModuleType
from typing import Any, ClassVar

from plimsoll.domain.document import Document


@dataclass(frozen=True, slots=True)
class ReadyKernel:
    """A kernel that is in the cache, and how long it took to get there."""

    name: str
    after_s: float


@dataclass(frozen=True)
class WarmUp(Document):
    """The kernels that are ready."""

    KIND: ClassVar[str] = "WarmUp"

    kernels: tuple[ReadyKernel, ...]


class _CompileNotice:
    """The callback that is called once, before anything is compiled."""

    def __init__(self) -> None:
        self.callback: Callable[[], None] | None = None
        self.registered = False


_NOTICE = _CompileNotice()


def before_compiling(callback: Callable[[], None] | None) -> None:
    """Have `callback` called once, before the first function without cached machine code is compiled; None: no call."""
    _NOTICE.callback = callback


def callable_when_compiled(module: ModuleType, **options: Any) -> None:
    """Let compiled code call every function that a module defines, compiled under Numba's `options`."""
    from numba.extending import register_jitable

    for function in _functions_of(module):
        register_jitable(**options)(function) if options else register_jitable(function)


def compiled(function: Callable[..., Any], modules: Iterable[ModuleType], **options: Any) -> Callable[..., Any]:
    """Compile an entry and what it calls in `modules`, under Numba's `options`; cached on disk by their digest."""
    from numba import njit

    _listen()
    fast: Callable[..., Any] = njit(cache=True, **options)(_marked(function, modules, options))
    return fast


def _marked(function: Callable[..., Any], modules: Iterable[ModuleType], options: dict[str, Any]) -> FunctionType:
    """Copy a function under a name that contains a digest of everything that it may call."""
    assert isinstance(function, FunctionType)  # noqa: S101 only functions are compiled
    digest = blake2b(repr(sorted(options.items())).encode(), digest_size=8)
    for module in sorted(modules, key=lambda one: one.__name__):
        for name, value in sorted(vars(module).items()):
            if isinstance(value, FunctionType):
                digest.update(repr(_parts(value.__code__)).encode())
            elif isinstance(value, int | float | str | tuple):
                digest.update(f"{name}={value!r}".encode())
    name = f"{function.__name__}_{digest.hexdigest()}"
    copy = FunctionType(function.__code__, function.__globals__, name, function.__defaults__)
    copy.__qualname__, copy.__module__ = name, function.__module__
    return copy


def _functions_of(module: ModuleType) -> list[FunctionType]:
    values = vars(module).values()
    return [value for value in values if isinstance(value, FunctionType) and value.__module__ == module.__name__]


def _parts(code: CodeType) -> tuple[Any, ...]:
    """The parts of a code object that determine what it does, without its file and line numbers."""
    consts = tuple(_parts(one) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.co_code, consts, code.co_names, code.co_varnames


def _listen() -> None:
    """Listen to Numba's compile events; loading from the disk cache emits none."""
    from numba.core import event

    class Compiling(event.Listener):
        def on_start(self, event: Any) -> None:
            callback, _NOTICE.callback = _NOTICE.callback, None
            if callback is not None:
                callback()

        def on_end(self, event: Any) -> None:
            """Required by the interface; nothing to do."""

    if not _NOTICE.registered:
        _NOTICE.registered = True
        register: Any = event.register
        register("numba:compile", Compiling())
