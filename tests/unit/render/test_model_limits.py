"""What a model says that a replica carries: every column says what it holds, where CSV has nothing else."""

from __future__ import annotations

from plimsoll.domain.model_limits import ComponentLimits, Fit, ModelLimits, Packing, Sized, Sizing
from plimsoll.render.model_limits import tables

FITS = Packing("session", 64.0, 51.2, "memory", (Fit("memory", 64.0, "4Gi / 64Mi"), Fit("cpu", 80.0, "4 / 50m")))
SIZED = Sizing((Sized("cpu", 500.0, 0.9, "ratio", 0.7, met=False),), 1.3, "cpu is past its target")


def test_every_column_is_named() -> None:
    packing, sizing = tables(ModelLimits("shop", (ComponentLimits("web", packing=(FITS,), sizing=SIZED),)))
    assert [row[packing.columns.index("BINDING")] for row in packing.rows] == ["yes", ""]
    assert sizing.rows[0][sizing.columns.index("VERDICT")] == "missed"
