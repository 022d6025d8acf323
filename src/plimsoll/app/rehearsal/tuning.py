"""Which priced policy fits the first part of a history? A seeded search on it, validated on a part of its own.

Every trial runs over the learned part and is scored on the last third of it, so that overfitted settings are not taken.
The shipped settings come first, from restless to calm. Another setting than the first is taken only if it is clearly
better there: by a tenth, and by more than twice the standard deviation, by chance, of the load in steps that only one
of the two missed (McNemar 1947, weighted by load). The held-out part is not used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from plimsoll.domain.platform_policy import HpaPolicy
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.priced_policy import Account, Learning, PricedPolicy, Season, can_be_run_along
from plimsoll.simulation.runs import Run, replayed
from plimsoll.simulation.scores import flaps
from plimsoll.simulation.setting import Setting

NAME = "suggested"
TRIALS = 32
_SEASONS = ((3600.0, 0.5), (86400.0, 0.3), (604800.0, 0.2))
_ROUNDS_NEEDED = 2.0
_CLEARLY_BETTER = 0.9
_DEVIATIONS = 2.0
_HALVINGS = 9
_LOWEST_PRICE, _HIGHEST_PRICE = 1e-4, 4.0
_SPEND = 0.995
_MISS_MARGIN = 0.7  # the target as a share of the miss ratio, a margin for what the learned part did not show
_FLAP_MARGIN = 0.8  # likewise for the flaps allowed
_NOT_ALLOWED = 10.0  # a penalty above any share of load outside the SLO


@dataclass(frozen=True, slots=True)
class Goal:
    """Fewest misses at no more replica-hours than `budget`, or fewest replica-hours at the miss ratio `misses`.

    If `calm_as` is a policy, the number of its flaps is an upper bound.
    """

    budget: AnyPolicy | None = None
    misses: float | None = None
    calm_as: AnyPolicy | None = None


@dataclass(frozen=True, slots=True)
class Knobs:
    """The parameters of the search; the shipped values are the first trial."""

    seasonal: float = 1.0
    tail_weight: float = 0.01
    spread_rate: float = 0.15
    recent_weight: float = 0.2
    change_cost: float = 0.0
    window_s: float = 0.0


@dataclass(frozen=True, eq=False)
class Tuned:
    """The policy found, and how many were tried."""

    policy: PricedPolicy
    trials: int


_WINDOWS_S = (0.0, 300.0, 600.0)
_LADDER = tuple(
    Knobs(change_cost=cost, window_s=window_s)
    for cost, window_s in (
        (0.0, 0.0),
        (0.01, 0.0),
        (0.03, 0.0),
        (0.03, 300.0),
        (0.06, 300.0),
        (0.1, 300.0),
        (0.1, 600.0),
        (0.2, 600.0),
    )
)


def tuned(setting: Setting, goal: Goal, opens_at_s: float, progress: Callable[[str], None]) -> Tuned:
    """Search on `setting`, which holds the learned part only; the account opens at `opens_at_s`."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    evaluator = _Evaluator(setting, goal)

    def objective(trial: optuna.Trial) -> float:
        progress(f"trial {trial.number + 1} of {TRIALS}")
        return evaluator.loss(_suggested(trial))

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=setting.seed))
    for knobs in _LADDER:
        study.enqueue_trial(asdict(knobs))
    study.optimize(objective, n_trials=TRIALS)
    chosen = study.trials[0]
    for trial in (min(study.trials[: len(_LADDER)], key=_loss_of), study.best_trial):
        if evaluator.clearly_better(_knobs_of(trial), _knobs_of(chosen)):
            chosen = trial
    return Tuned(evaluator.policy(_knobs_of(chosen), opens_at_s), TRIALS)


def _loss_of(trial: Any) -> float:
    return float(trial.value)


def _knobs_of(trial: Any) -> Knobs:
    return Knobs(**trial.params)


def _suggested(trial) -> Knobs:  # type: ignore[no-untyped-def]  # optuna is imported lazily
    return Knobs(
        seasonal=trial.suggest_float("seasonal", 0.0, 2.0),
        tail_weight=trial.suggest_float("tail_weight", 0.003, 0.3, log=True),
        spread_rate=trial.suggest_float("spread_rate", 0.03, 0.3, log=True),
        recent_weight=trial.suggest_float("recent_weight", 0.05, 0.8, log=True),
        change_cost=trial.suggest_float("change_cost", 0.0, 0.2),
        window_s=trial.suggest_categorical("window_s", _WINDOWS_S),
    )


class _Evaluator:
    """Runs policies over the learned part and scores them on its last third."""

    def __init__(self, setting: Setting, goal: Goal) -> None:
        self.setting, self.goal = setting, goal
        self.first = 2 * setting.load.size // 3
        self.budget_run = replayed(goal.budget, setting) if goal.budget is not None else None
        self.flaps_allowed = None if goal.calm_as is None else self._flaps(replayed(goal.calm_as, setting))
        self.prices: dict[Knobs, float] = {}
        self.trials: dict[Knobs, tuple[float, Run]] = {}

    def clearly_better(self, new: Knobs, old: Knobs) -> bool:
        """Whether one setting had a lower loss than another, by a tenth and by more than chance."""
        (loss, run), (old_loss, old_run) = self.trials[new], self.trials[old]
        load = self.setting.load[self.first :]
        differ = run.missed[self.first :] != old_run.missed[self.first :]
        chance = math.sqrt(float((load[differ] ** 2).sum())) / load.sum() if load.sum() > 0 else 0.0
        return bool(loss < _CLEARLY_BETTER * old_loss and old_loss - loss > _DEVIATIONS * chance)

    def loss(self, knobs: Knobs) -> float:
        """The share of load outside the SLO, or the replica-hours, plus a penalty for violating the goal."""
        run = replayed(self.policy(knobs, self._opens()), self.setting)
        loss = self._charged(run)
        self.trials[knobs] = loss, run
        return loss

    def _charged(self, run: Run) -> float:
        misses, hours = self._misses(run), self._spent(run)
        charged = self._charged_for_flaps(run)
        if self.budget_run is not None:
            over = max(0.0, hours / self._spent(self.budget_run) - 1.0)
            return misses + over + charged
        allowed = self.goal.misses or 0.0
        return hours * (1.0 + max(0.0, misses / allowed - 1.0) + charged)

    def _charged_for_flaps(self, run: Run) -> float:
        """The penalty for flaps: 0 up to the allowed number, then above any miss ratio and rising."""
        if self.flaps_allowed is None:
            return 0.0
        allowed = _FLAP_MARGIN * self.flaps_allowed
        over = self._flaps(run) - allowed
        return _NOT_ALLOWED + over / (1.0 + allowed) if over > 0 else 0.0

    def _flaps(self, run: Run) -> int:
        """Flaps after the first third of the learned part: the last third alone has too few to compare."""
        return flaps(run.ready[self.setting.load.size // 3 :], self.setting.step_s)

    def _opens(self) -> float:
        return self.setting.first_s + self.first * self.setting.step_s

    def _bounds_the_price(self, run: Run) -> bool:
        """Whether a run keeps to the budget, or exceeds the miss ratio; true for all higher prices, too."""
        start = self.setting.load.size // 3
        if self.budget_run is not None:
            return bool(run.ready[start:].sum() <= _SPEND * self.budget_run.ready[start:].sum())
        load, missed = self.setting.load[start:], run.missed[start:]
        return bool(load[missed].sum() > _MISS_MARGIN * (self.goal.misses or 0.0) * load.sum())

    def _first_price(self, knobs: Knobs) -> float:
        """The price, without an account, at which a run begins to keep to the budget, or to exceed the miss ratio.

        It depends on how calm the policy is, and hardly on how it learns.
        """
        calm = Knobs(change_cost=knobs.change_cost, window_s=knobs.window_s)
        if calm not in self.prices:
            low, high = _LOWEST_PRICE, _HIGHEST_PRICE
            for _ in range(_HALVINGS):
                price = float((low * high) ** 0.5)
                run = replayed(priced(self.setting, None, calm, price), self.setting)
                low, high = (low, price) if self._bounds_the_price(run) else (price, high)
            self.prices[calm] = high if self.budget_run is not None else low
        return self.prices[calm]

    def policy(self, knobs: Knobs, opens_at_s: float) -> PricedPolicy:
        """Build the policy of some knobs, whose account opens at `opens_at_s`."""
        return priced(self.setting, account_of(self.goal, opens_at_s), knobs, self._first_price(knobs))

    def _misses(self, run: Run) -> float:
        load = self.setting.load[self.first :]
        return float(load[run.missed[self.first :]].sum() / load.sum()) if load.sum() > 0 else 0.0

    def _spent(self, run: Run) -> float:
        return float(run.ready[self.first :].sum())


def account_of(goal: Goal, opens_at_s: float) -> Account | None:
    """Return the account that moves the price towards a goal; None (a fixed price) if its budget is no reference."""
    if goal.misses is not None:
        return Account(miss_ratio=_MISS_MARGIN * goal.misses, opens_at_s=opens_at_s)
    if isinstance(goal.budget, HpaPolicy) and can_be_run_along(goal.budget):
        return Account(reference=goal.budget, spend_ratio=_SPEND, opens_at_s=opens_at_s)
    return None


def priced(setting: Setting, account: Account | None, knobs: Knobs, price: float) -> PricedPolicy:
    """Build a policy from the seasons that the history contains at least twice, the knobs, and a price."""
    span_s = setting.load.size * setting.step_s
    seasons = tuple(
        Season(period_s, weight * knobs.seasonal)
        for period_s, weight in _SEASONS
        if period_s * _ROUNDS_NEEDED <= span_s and period_s >= 6 * setting.step_s
    )
    learning = Learning(tail_weight=knobs.tail_weight, spread_rate=knobs.spread_rate, recent_weight=knobs.recent_weight)
    return PricedPolicy(
        name=NAME,
        min=setting.least,
        max=setting.most,
        per_replica=setting.per_replica,
        price=price,
        utilization=setting.utilization,
        change_cost=knobs.change_cost,
        window_s=knobs.window_s,
        startup_s=setting.startup.median_s,
        every_s=setting.step_s,
        seasons=seasons,
        learning=learning,
        account=account,
    )
