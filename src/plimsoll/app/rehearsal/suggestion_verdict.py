"""Is a suggested policy recommended? Only if it was better on held-out demand, by more than noise.

The two runs are compared step by step. A difference counts if its 95 % block-bootstrap interval excludes zero; with too
few blocks for an interval no difference counts. Numbers of flaps differ if the difference exceeds twice its standard
deviation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from plimsoll.app.rehearsal.replay_scores import Scorer
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.replay import PolicyScore
from plimsoll.domain.suggestion import Verdict
from plimsoll.simulation.bootstrap_interval import ratio_interval
from plimsoll.simulation.runs import Run

_KEEP, _TAKE = Verdict.KEEP_CURRENT, Verdict.RECOMMENDED
Advice = tuple[Verdict, str]


@dataclass(frozen=True, eq=False)
class Match:
    """The run of the suggested policy and that of the current one; `has_current` is false without a current policy.

    With `calm` the suggested policy may flap no more often than the current one.
    """

    scorer: Scorer
    run: Run
    against: Run
    has_current: bool
    calm: bool

    @cached_property
    def new(self) -> PolicyScore:
        """Score the suggested policy."""
        return self.scorer.score(self.run, self.against)

    @cached_property
    def now(self) -> PolicyScore | None:
        """Score the current policy."""
        return self.scorer.score(self.against, self.against) if self.has_current else None

    @cached_property
    def misses(self) -> Estimate | None:
        """Estimate the difference of the shares of load outside the SLO."""
        if not self.has_current:
            return None
        setting, first = self.scorer.setting, self.scorer.first
        load = setting.load[first:]
        worse = self.run.missed[first:].astype(float) - self.against.missed[first:].astype(float)
        return ratio_interval(load * worse, load, setting.step_s, setting.seed)

    @property
    def hours(self) -> Estimate | None:
        """Estimate the difference of the replica-hours."""
        return self.new.hours_against_first if self.has_current else None

    @property
    def flaps_allowed(self) -> int | None:
        """The number of flaps that the suggested policy may have; None: any number."""
        return self.now.flaps if self.calm and self.now is not None else None


def advised(misses: float | None, match: Match) -> Advice:
    """Recommend a policy at a share `misses` of load outside the SLO, or, if None, at the current replica-hours."""
    allowed = match.flaps_allowed
    if allowed is not None and clearly_more(match.new.flaps, allowed):
        return (
            _KEEP,
            f"on the rest it flapped {match.new.flaps} times, the current policy {allowed}: no more was allowed",
        )
    return _at_budget(match) if misses is None else _at_slo(misses, match)


def _at_budget(match: Match) -> Advice:
    now, new = match.now, match.new
    if now is None:
        return _KEEP, "there is no current policy to beat"
    if new.replica_hours > now.replica_hours:
        return _KEEP, "on the rest it took more replica-hours than the current policy"
    if new.slo_miss_load_ratio >= now.slo_miss_load_ratio:
        return _KEEP, "on the rest it had no less load outside the SLO than the current policy"
    if not surely_less(match.misses):
        return _KEEP, "on the rest it had less load outside the SLO by no more than its noise"
    return _TAKE, "on the rest it had less load outside the SLO at no more replica-hours"


def _at_slo(misses: float, match: Match) -> Advice:
    now, new = match.now, match.new
    meets = new.slo_miss_load_ratio <= misses
    if now is None:
        if meets:
            return _TAKE, "it held the SLO on the rest"
        return Verdict.NOT_RECOMMENDED, "it did not hold the SLO on the rest"
    if meets and now.slo_miss_load_ratio > misses:
        if surely_less(match.misses):
            return _TAKE, "it held the SLO on the rest, the current policy did not"
        return _KEEP, "it held the SLO on the rest and the current policy did not, by no more than the noise"
    if meets and surely_less(match.hours):
        return _TAKE, "it held the SLO on the rest with fewer replica-hours than the current policy"
    if meets:
        return _KEEP, "the current policy holds the SLO too, with no more replica-hours than the noise can tell"
    if now.slo_miss_load_ratio > misses and surely_less(match.misses):
        return _TAKE, "neither held the SLO on the rest; it came nearer than the current policy"
    return _KEEP, "it missed the SLO on the rest and came no nearer than the current policy"


def clearly_more(flaps: int, allowed: int) -> bool:
    """Whether a count exceeds another by more than twice the standard deviation of such a difference.

    >>> clearly_more(355, 317), clearly_more(400, 317), clearly_more(12, 3)
    (False, True, True)
    """
    return flaps - allowed > 2.0 * math.sqrt(flaps + allowed)


def surely_less(difference: Estimate | None) -> bool:
    """Whether the whole interval of a difference is below zero.

    >>> surely_less(Estimate(-0.02, -0.03, -0.01)), surely_less(Estimate(-0.02, -0.05, 0.01)), surely_less(Estimate(-1))
    (True, False, False)
    """
    return difference is not None and difference.high is not None and difference.high < 0
