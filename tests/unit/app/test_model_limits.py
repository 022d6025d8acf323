"""What a model says about what one replica carries."""

from __future__ import annotations

from plimsoll.app.model import model_from_text
from plimsoll.app.model_limits import Means, model_limits
from plimsoll.capacity.thresholds import Rules
from plimsoll.domain.load_test import Steps

MODEL = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: shop}
components:
  - name: web
    instance: {memory: 8GB, usable_memory: 6GB, storage: 100GB, usable_storage: 40GB}
    consumption: [{per: sessions, memory: 10MB, storage: 100MB}]
    capacity: {density: [{unit: sockets, per_memory_gb: 10}]}
"""


def nothing_to_read(*_: object) -> Steps:
    raise AssertionError("no load test is named")


def test_what_fits_is_reckoned_from_what_the_component_itself_may_use() -> None:
    (web,) = model_limits(model_from_text(MODEL), Means(nothing_to_read, (), Rules("none", (), (), None))).components
    fits = {(item.unit, fit.resource): fit.units for item in web.packing for fit in item.fits}
    assert fits == {("sockets", "memory"): 60, ("sessions", "memory"): 600, ("sessions", "storage"): 400}
    assert [item.practical_units for item in web.packing] == [48, 320]
