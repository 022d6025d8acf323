"""How does a signal follow the load of a component? Points of a line, for a replay that has only the load recorded."""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.domain.policy_proposals import Form
from plimsoll.domain.quantity import Dimension


@dataclass(frozen=True, slots=True)
class Response:
    """Straight lines through the points (`load`, `value`), level before the first and after the last.

    An average or a level is read at the load of one replica, a total at that of the whole component; where it was
    measured, at the load that a replica serves (`served`). `load` rises and is in the unit and span of the component's
    demand; `value` is in base units. Only what reads it in its `unit` is told, the name of a dimension; empty: anyone.
    """

    signal: str
    load: tuple[float, ...]
    value: tuple[float, ...]
    form: Form = Form.AVERAGE
    served: bool = False
    unit: str = ""

    def tells(self, unit: str) -> bool:
        """Tell whether a signal that is read in a unit may be read from it; a mere number is taken for a share.

        >>> Response("cpu", (), (), unit="cores").tells("ratio"), Response("cpu", (), (), unit="ratio").tells("count")
        (False, True)
        """
        return self.unit in ("", unit) or (self.unit, unit) == (Dimension.RATIO.value, Dimension.COUNT.value)


@dataclass(frozen=True, slots=True)
class ServiceCurve:
    """What one replica was measured to do at the load it serves: its latency and error ratio at each `load` (rising).

    An empty column was not measured. `latency_slo_s` is what that latency, of one quantile, must stay below.
    """

    load: tuple[float, ...]
    latency_s: tuple[float, ...] = ()
    error_ratio: tuple[float, ...] = ()
    latency_slo_s: float | None = None
