"""How does a signal follow the load of a component? Points of a line, for a replay that has only the load recorded."""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.domain.policy_proposals import Form


@dataclass(frozen=True, slots=True)
class Response:
    """Straight lines through the points (`load`, `value`), level before the first and after the last.

    An average or a level is read at the load of one replica, a total at that of the whole component. `load` rises and
    is in the unit and span of the component's demand; `value` is in base units.
    """

    signal: str
    load: tuple[float, ...]
    value: tuple[float, ...]
    form: Form = Form.AVERAGE
