"""How do plain functions become machine code, and when is machine code on disk out of date?

Kernels are plain Python: their tests run them as they stand, and nothing is compiled at import.
`callable_when_compiled` tells Numba that the functions of a module may be called from compiled code (its
`register_jitable`); `compiled` compiles an entry with all that it calls and keeps the machine code on disk.

Numba's cache on disk looks at the file of the entry only: it would go on running the functions of other files as they
were. So the entry is compiled under a name that holds a digest of the code and constants of all modules that it may
call; nothing is read from disk to know it.
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


class _Teller:
    """Whom to tell, once, before anything is compiled."""

    def __init__(self) -> None:
        self.tell: Callable[[], None] | None = None
        self.hears = False


_TELLER = _Teller()


def before_compiling(tell: Callable[[], None] | None) -> None:
    """Have `tell` called once, before the first function for which no machine code is kept; None for silence."""
    _TELLER.tell = tell


def callable_when_compiled(module: ModuleType, **options: Any) -> None:
    """Let compiled code call every function that a module defines, compiled under Numba's `options`."""
    from numba.extending import register_jitable

    for function in _functions_of(module):
        register_jitable(**options)(function) if options else register_jitable(function)


def compiled(function: Callable[..., Any], modules: Iterable[ModuleType], **options: Any) -> Callable[..., Any]:
    """Compile an entry, with all that it calls of `modules`, under Numba's `options`; kept on disk by their digest."""
    from numba import njit

    _listen()
    fast: Callable[..., Any] = njit(cache=True, **options)(_marked(function, modules, options))
    return fast


def _marked(function: Callable[..., Any], modules: Iterable[ModuleType], options: dict[str, Any]) -> FunctionType:
    """Copy a function under a name that holds a digest of all that it may call."""
    assert isinstance(function, FunctionType)  # noqa: S101 only functions are compiled
    digest = blake2b(repr(sorted(options.items())).encode(), digest_size=8)
    for module in modules:
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
    """What a function does, without where it stands."""
    consts = tuple(_parts(one) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.co_code, consts, code.co_names, code.co_varnames


def _listen() -> None:
    """Hear of what Numba compiles; what it finds on disk it does not compile."""
    from numba.core import event

    class Compiling(event.Listener):
        def on_start(self, event: Any) -> None:
            tell, _TELLER.tell = _TELLER.tell, None
            if tell is not None:
                tell()

        def on_end(self, event: Any) -> None:
            """Nobody waits for it."""

    if not _TELLER.hears:
        _TELLER.hears = True
        register: Any = event.register
        register("numba:compile", Compiling())
