"""How is it shown which kernels are ready?"""

from __future__ import annotations

from plimsoll.domain.machine_code import WarmUp
from plimsoll.render.table import Table


def tables(document: WarmUp) -> tuple[Table, ...]:
    """Lay out the kernels with the seconds that each took."""
    rows = tuple((kernel.name, f"{kernel.after_s:.1f}") for kernel in document.kernels)
    return (Table(("KERNEL", "SECONDS"), rows, numeric=frozenset({"SECONDS"})),)
