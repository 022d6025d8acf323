"""How does each run of a replay score, compared with the first policy and with perfect knowledge?"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from plimsoll.domain.estimate import Estimate
from plimsoll.domain.replay import FaultScore, Measures, PolicyScore
from plimsoll.domain.series import Times, Values
from plimsoll.simulation.bootstrap_interval import ratio_interval, sum_interval
from plimsoll.simulation.faults import Fault
from plimsoll.simulation.optimum import least_hours
from plimsoll.simulation.runs import Run
from plimsoll.simulation.scores import measure
from plimsoll.simulation.setting import Setting
from plimsoll.simulation.world import ERRORS, LATENCY_S


@dataclass(frozen=True, eq=False)
class Scorer:
    """How runs are scored: the setting, the replicas that each step needed, the first scored step, and the price."""

    setting: Setting
    need: Times
    first: int
    price_per_hour: float | None
    currency: str | None

    def measures(self, run: Run) -> Measures:
        """Measure the scored part of a run."""
        first, setting = self.first, self.setting
        return measure(setting.load[first:], run.ready[first:], self.need[first:], run.missed[first:], setting.step_s)

    def score(self, run: Run, against: Run) -> PolicyScore:
        """Score a run, and its replica-hours against another's."""
        setting, measures, price = self.setting, self.measures(run), self.price_per_hour
        load, missed = setting.load[self.first :], run.missed[self.first :]
        return PolicyScore(
            **asdict(measures),
            name=run.policy,
            cost=None if price is None else measures.replica_hours * price,
            currency=self.currency if price is not None else None,
            optimum_hours=self.optimum_hours(measures.slo_miss_load_ratio),
            miss_interval=ratio_interval(np.where(missed, load, 0.0), load, setting.step_s, setting.seed),
            hours_interval=self._hours(run.ready),
            hours_against_first=None if run is against else self._hours(run.ready - against.ready),
            errors_ratio=self._weighted(run, ERRORS),
            latency_s=self._weighted(run, LATENCY_S) if setting.has_latency else None,
        )

    def optimum_hours(self, miss_ratio: float) -> float:
        """The lower bound of replica-hours at a miss ratio, under perfect knowledge."""
        setting, first = self.setting, self.first
        return least_hours(setting.load[first:], self.need[first:], setting.least, setting.step_s, miss_ratio)

    def under_fault(self, fault: Fault, run: Run, without: PolicyScore) -> FaultScore:
        """Score a run under a fault, compared with the same policy without it."""
        measures = self.measures(run)
        return FaultScore(
            fault=fault.value,
            slo_miss_load_ratio=measures.slo_miss_load_ratio,
            replica_hours=measures.replica_hours,
            changes=measures.changes,
            flaps=measures.flaps,
            name=run.policy,
            miss_against_none=measures.slo_miss_load_ratio - without.slo_miss_load_ratio,
        )

    def _hours(self, replicas: Times) -> Estimate:
        hours: Values = replicas[self.first :].astype(np.float64) * (self.setting.step_s / 3600.0)
        return sum_interval(hours, self.setting.step_s, self.setting.seed)

    def _weighted(self, run: Run, row: int) -> float | None:
        """Load-weighted mean of a quantity of each step; None if it is unknown for a step with load.

        The plain rules simulate no service, so it is always None there.
        """
        load = self.setting.load[self.first :]
        loaded = load > 0
        if run.observed is None or not loaded.any():
            return None
        mean = float(load[loaded] @ run.observed[row, self.first :][loaded] / load.sum())
        return mean if math.isfinite(mean) else None
