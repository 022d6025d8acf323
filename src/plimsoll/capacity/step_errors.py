"""How precisely does each step of a load test give its value, and the load that its value stands for?

Values have a standard error where they are the median of many readings, or where the parts of a step differ (see
`step_latency`). Loads have one where the queue of open arrivals was watched for a finite time. The fuller a queue, the
longer its waves: a minute without one shows less latency than the load has in the long run, and next to no scatter that
would tell so. The error of a mean wait over N arrivals near full utilization r is known (W. Whitt, "Planning queueing
simulations", Management Science 35, 1989):

    variance of the mean wait / wait^2 = 2 (ca^2 + cs^2) / (N (1 - r)^2)

There the wait grows as 1 / (1 - r), so this equals the error of a load that is off by sqrt(2 (ca^2 + cs^2) / N) of
itself; with arrivals and service that vary as at random, ca = cs = 1, by 2 / sqrt(N). Where latency hardly depends on
load, that changes little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.capacity.columns import UNNAMED
from plimsoll.capacity.model import Kind, Quantity, Values
from plimsoll.domain.load_test import LoadUnit, Steps


@dataclass(frozen=True, eq=False)
class StepErrors:
    """Standard errors of values (n,), relative ones of loads (n,); NaN for a step without one; None without any."""

    values: Values | None = None
    loads: Values | None = None

    def of(self, some: NDArray[np.bool_]) -> StepErrors:
        """Return those of some of the steps."""
        return StepErrors(*(None if errors is None else errors[some] for errors in (self.values, self.loads)))

    def of_load(self, load: Values, at: float) -> float:
        """Compute the relative error of the load `at` from steps at rising loads (n,); 0 where no step has one."""
        if self.loads is None or not np.any(known := np.isfinite(self.loads)):
            return 0.0
        return float(np.interp(at, load[known], self.loads[known]))


UNKNOWN_ERRORS = StepErrors()


def step_errors(steps: Steps, quantity: Quantity) -> StepErrors:
    """Return the standard errors of a quantity, and of the loads, at each step."""
    is_unnamed = quantity.kind is Kind.LATENCY and quantity.name not in steps.latency_s
    values = steps.standard_errors.get(UNNAMED if is_unnamed else quantity.name)
    return StepErrors(values, _of_loads(steps) if quantity.kind is Kind.LATENCY else None)


def _of_loads(steps: Steps) -> Values | None:
    """Compute relative errors of rates of arrival. Users are counted exactly, and send less while they wait."""
    if steps.load_unit is not LoadUnit.ARRIVALS_PER_S or steps.duration_s is None:
        return None
    requests = steps.load * steps.duration_s
    return np.asarray(2 / np.sqrt(np.where(requests >= 1, requests, np.nan)))
