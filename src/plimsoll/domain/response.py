"""How does a signal depend on the load of a component? Points of a line, for replaying a trace that holds only load."""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.domain.policy_proposals import Form
from plimsoll.domain.quantity import Dimension


@dataclass(frozen=True, slots=True)
class Response:
    """A piecewise linear function through the points (`load`, `value`), constant before the first and after the last.

    An average or a level is evaluated at the load of one replica, a total at the load of the whole component; a
    measured response (`served`) is evaluated at the load that a replica serves. `load` rises and is in the unit and
    span of the component's demand; `value` is in base units. The response feeds only signals that are read in `unit`,
    the name of a dimension; an empty `unit` feeds any.
    """

    signal: str
    load: tuple[float, ...]
    value: tuple[float, ...]
    form: Form = Form.AVERAGE
    served: bool = False
    unit: str = ""

    def feeds(self, unit: str) -> bool:
        """Tell whether the response feeds a signal that is read in `unit`; a plain number counts as a share.

        >>> Response("cpu", (), (), unit="cores").feeds("ratio"), Response("cpu", (), (), unit="ratio").feeds("count")
        (False, True)
        """
        return self.unit in ("", unit) or (self.unit, unit) == (Dimension.RATIO.value, Dimension.COUNT.value)


@dataclass(frozen=True, slots=True)
class ServiceCurve:
    """What one replica was measured to do at the load it serves: its latency and error ratio at each `load` (rising).

    An empty column was not measured. `latency_slo_s` is the upper bound on that latency, for its quantile.
    """

    load: tuple[float, ...]
    latency_s: tuple[float, ...] = ()
    error_ratio: tuple[float, ...] = ()
    latency_slo_s: float | None = None
