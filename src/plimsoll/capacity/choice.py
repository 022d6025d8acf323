"""Which model describes a quantity best, judged on steps it has not seen?

Each step is left out in turn, every model is fitted to the rest and predicts it: the root mean square of these errors,
as a ratio of the mean of what was measured, decides (M. Stone, "Cross-validatory choice", JRSS B 36, 1974). Among
models whose errors are within one tenth of the least, the one with fewer parameters is taken. All are shown, each that
lost with its excuse.

A step that lies off by more than chance allows is set aside first and named: its deleted residual, in units of its own
standard error, has a probability below 1 % over all steps (Bonferroni) under every noise shape, judged by the model
that all other steps lie on, or else by that with the least median error. A standard error is no less than that of
rounding to the digits that were written: among steps without noise one that is off is seen, and a rounded one is not.
The lowest and the highest load stay, and so do errors at any load: where nothing was measured beyond, a bend of the
curve cannot be told from a slip, and errors that set in at once are no slip.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.capacity.draws import Normals
from plimsoll.capacity.fit import Fit, PointFit, fit, point_fit
from plimsoll.capacity.least_squares import Optimum, bounded_optimum, free_optimum, slopes_at, to_search
from plimsoll.capacity.model import CapacityModel, Kind, Quantity, Values
from plimsoll.capacity.noise import NOISE_SHAPES, noise_weights
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.load_line import error_text

_SIMPLER_WINS_WITHIN = 1.10
_OUTLIER_PROBABILITY = 0.01
_MOST_SET_ASIDE = 1 / 5
_FREEDOM_TO_JUDGE = 3
_ROUNDING = 1e-9
_MOST_DIGITS = 9  # after the point; more are not written by hand
_NEGLIGIBLE = 0.01  # of all curves' shares
_CLOSE_BEHIND = 4.0  # in log likelihood: variants that leaving one step out could bring to the front


@dataclass(frozen=True, eq=False)
class Trial:
    """One model tried: its fit, its error on unseen steps, or why it has neither."""

    model: CapacityModel
    fit: Fit | None
    error: float | None
    excuse: str

    def parameters(self) -> dict[str, Estimate]:
        """Estimate the parameters; none where the model was not fitted."""
        return {} if self.fit is None else self.fit.parameters()


@dataclass(frozen=True, eq=False)
class Choice:
    """All trials on one quantity, the chosen one (None where none could be judged), and the steps set aside."""

    quantity: Quantity
    load: Values
    measured: Values
    trials: tuple[Trial, ...]
    chosen: Trial | None
    set_aside: Values

    @property
    def judged(self) -> list[Trial]:
        """Those that could be judged on unseen steps."""
        return [trial for trial in self.trials if trial.error is not None and trial.fit is not None]

    @property
    def best(self) -> Trial | None:
        """The one with the least error on unseen steps."""
        return min(self.judged, key=lambda trial: trial.error or 0.0, default=None)

    def shares(self) -> list[tuple[Trial, float]]:
        """Tell how likely each curve that was judged is to be the right one, by its errors on unseen steps.

        exp(-n / 4 log mean squared error), added up to one: the square root of pseudo-BMA's weights (Yao, Vehtari,
        Simpson and Gelman, "Using stacking to average Bayesian predictive distributions", Bayesian Analysis 13, 2018),
        since errors of a few steps are known roughly (docs/decisions/0034). Models that give the same curve count once.
        """
        best, found = self.best, list[tuple[Trial, float]]()
        for trial in self.judged:
            if (
                trial.fit is not None
                and trial.fit.settled
                and not any(_same_curve(trial, one, self) for one, _ in found)
            ):
                least, error = (max(one.error or 0.0, _ROUNDING) for one in (best or trial, trial))
                found.append((trial, float((least / error) ** (self.load.size / 2))))
        total = sum(share for _, share in found)
        kept = [(trial, share) for trial, share in found if share > _NEGLIGIBLE * total]
        return [(trial, share / sum(one for _, one in kept)) for trial, share in kept]

    def trial(self, name: str) -> Trial | None:
        """Find the trial of one model by name."""
        return next((trial for trial in self.trials if trial.model.name == name), None)


@dataclass(frozen=True, eq=False)
class LeftOut:
    """Each step predicted from the others: errors (n,), and how unlikely each is (n,), in standard errors.

    NaN where a fit without that step was not found. `deviation` is the least over the noise shapes; `exact` (n,) tells
    whether the others lie on the curve as nearly as numbers are written.
    """

    error: Values
    deviation: Values
    exact: NDArray[np.bool_]

    @property
    def complete(self) -> bool:
        """Whether every step could be left out."""
        return bool(np.all(np.isfinite(self.error)) and np.all(np.isfinite(self.deviation)))

    @property
    def worst(self) -> int:
        """The number of the step that lies off farthest."""
        return int(np.argmax(self.deviation))


@dataclass(frozen=True, eq=False)
class _Offer:
    model: CapacityModel
    variants: Sequence[CapacityModel]
    excuse: str
    left_out: LeftOut | None = None

    @property
    def size(self) -> int:
        return len(self.model.parameters) + len(self.model.fixed)


def choose(
    models: Sequence[CapacityModel], quantity: Quantity, load: Values, measured: Values, normals: Normals
) -> Choice:
    """Try every model on (n,) loads and measurements and choose one."""
    usable = np.isfinite(load) & np.isfinite(measured)
    load, measured = load[usable], measured[usable]
    aside = np.zeros(load.size, dtype=bool)
    offers = [_offer(model, quantity, load, measured) for model in models]
    for _ in range(0 if quantity.kind is Kind.ERRORS else math.floor(load.size * _MOST_SET_ASIDE)):
        worst = _outlier(offers, load[~aside])
        if worst is None:
            break
        aside[np.flatnonzero(~aside)[worst]] = True
        offers = [_offer(model, quantity, load[~aside], measured[~aside]) for model in models]
    trials = [_trial(offer, load[~aside], measured[~aside], normals) for offer in offers]
    return _chosen(Choice(quantity, load[~aside], measured[~aside], tuple(trials), None, load[aside]))


def leave_one_out(
    model: CapacityModel, variants: Sequence[CapacityModel], quantity: Quantity, load: Values, measured: Values
) -> LeftOut:
    """Predict each step from the others by plain least squares, with the variants that could win without it.

    Errors are from those at other loads: steps at the same load have been seen with it.
    """
    left_out = LeftOut(np.full(load.size, np.nan), np.full(load.size, np.nan), np.zeros(load.size, dtype=bool))
    even = np.ones_like(measured)
    searched = [(one, free_optimum(one, load, measured, even, one.start(load, measured))) for one in variants]
    optima = [(one, optimum) for one, optimum in searched if optimum is not None]
    if not optima:
        return left_out
    models, least = [one for one, _ in optima], _rounding(measured)
    close, could_win = _could_win(optima, load, measured)
    near = [one for one, is_close in zip(optima, close, strict=True) if is_close]
    for i in range(load.size):
        rest = np.arange(load.size) != i
        if np.any(could_win[:, i] & ~close):  # the step held others back, and its neighbors may offer new ones
            behind = [one for one, may_win in zip(models, could_win[:, i] | close, strict=True) if not may_win]
            anew = model.variants(quantity, load[rest], measured[rest])
            tried = [] if isinstance(anew, str) else [one for one in anew if one not in behind]
            found = point_fit(tried, load[rest], measured[rest])
        else:
            found = _nearest_from(near, load[rest], measured[rest])
        apart = load != load[i]
        unseen = found if np.array_equal(apart, rest) else _anew(model, quantity, load[apart], measured[apart])
        if unseen is not None:
            left_out.error[i] = float(unseen.predict(load[i : i + 1])[0]) - measured[i]
        if found is not None:
            left_out.deviation[i] = _deviation(found, load, measured, i, least)
            left_out.exact[i] = found.optimum.squares <= least**2 * load.size
    return left_out


def _anew(model: CapacityModel, quantity: Quantity, load: Values, measured: Values) -> PointFit | None:
    """Fit all that a model offers for these steps."""
    variants = model.variants(quantity, load, measured)
    return None if isinstance(variants, str) else point_fit(variants, load, measured)


def _nearest_from(found: Sequence[tuple[CapacityModel, Optimum]], load: Values, measured: Values) -> PointFit | None:
    """Fit variants to the steps but one, from where all steps led: that is never far."""
    even = np.ones_like(measured)
    optima = [(one, bounded_optimum(one, load, measured, even, optimum.parameters)) for one, optimum in found]
    fits = [PointFit(one, optimum) for one, optimum in optima if optimum is not None]
    return min(fits, key=lambda fit: fit.optimum.squares, default=None)


def _could_win(
    found: Sequence[tuple[CapacityModel, Optimum]], load: Values, measured: Values
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Find the variants (v,) close behind the best, and those that would be without each step (v, n).

    The squares left without a step are known without a fit: S - e^2 / (1 - h), h its leverage (Cook, "Detection of
    influential observation in linear regression", Technometrics 19, 1977); exact for a line.
    """
    squares = np.array([optimum.squares for _, optimum in found])
    without = np.array([_squares_without(model, optimum, load, measured) for model, optimum in found])
    freedom = max(load.size - 1 - found[0][1].parameters.size, 1)
    reach = np.exp(2 * _CLOSE_BEHIND / freedom)
    close = squares <= squares.min() * reach
    with np.errstate(invalid="ignore"):
        could_win = without <= np.nanmin(np.where(np.isnan(without), np.inf, without), axis=0) * reach
    return close, could_win


@np.errstate(over="ignore", invalid="ignore")  # of a curve so steep that its slopes overflow; it is not taken
def _squares_without(model: CapacityModel, optimum: Optimum, load: Values, measured: Values) -> Values:
    """Tell the squares that would be left without each step (n,); infinite where the step alone sets a parameter."""
    slopes = optimum.slopes
    information = slopes.T @ slopes
    if not np.all(np.isfinite(information)):
        return np.full(load.size, np.inf)
    leverage = np.sum((slopes @ np.linalg.pinv(information)) * slopes, axis=1)
    error = model.predict(optimum.parameters, load) - measured
    left = np.maximum(optimum.squares - error**2 / np.maximum(1 - leverage, _ROUNDING), 0.0)
    return np.where(leverage < 1 - _ROUNDING, left, np.inf)


@np.errstate(over="ignore", invalid="ignore")
def _deviation(found: PointFit, load: Values, measured: Values, i: int, least: float) -> float:
    """Measure how far step `i` lies off a curve fitted to the others, in standard errors of at least `least`."""
    rest = np.arange(load.size) != i
    predicted = found.predict(load)
    slope = slopes_at(found.model, to_search(found.model, found.optimum.parameters), load[i : i + 1])[0]
    if not (np.all(np.isfinite(slope)) and np.all(np.isfinite(found.optimum.slopes)) and np.isfinite(predicted[i])):
        return math.nan
    freedom = max(load.size - 1 - slope.size - len(found.model.fixed), 1)
    found_deviations = []
    for shape in NOISE_SHAPES:
        weights = noise_weights(predicted, measured, shape)
        variance = float(np.sum((weights * (measured - predicted) ** 2)[rest])) / freedom
        information = (found.optimum.slopes * weights[rest][:, None]).T @ found.optimum.slopes
        if not np.all(np.isfinite(information)):
            return math.nan
        reach = float(slope @ np.linalg.pinv(information) @ slope)
        error = max(math.sqrt(variance * (1 / float(weights[i]) + reach)), least)
        found_deviations.append(abs(predicted[i] - measured[i]) / error)
    return float(min(found_deviations))


def _rounding(measured: Values) -> float:
    """Tell the standard error that writing numbers down leaves: of whole units in their last decimal place, at least.

    >>> round(_rounding(np.array([0.33, 0.57, 0.9])), 5)
    0.00289
    """
    units = 10.0 ** -np.arange(_MOST_DIGITS)
    whole = (np.abs(measured / unit - np.rint(measured / unit)) < _ROUNDING * np.abs(measured / unit) for unit in units)
    last = next((unit for unit, fits in zip(units, whole, strict=True) if np.all(fits | (measured == 0))), 0.0)
    return max(float(last) / math.sqrt(12), _ROUNDING * float(np.mean(np.abs(measured))))


def _offer(model: CapacityModel, quantity: Quantity, load: Values, measured: Values) -> _Offer:
    variants = model.variants(quantity, load, measured)
    if isinstance(variants, str):
        return _Offer(model, (), variants)
    needed, there = len(model.parameters) + len(model.fixed) + 1, np.unique(load).size
    if there < needed:
        return _Offer(model, (), f"needs {needed} different loads, has {there}")
    return _Offer(model, variants, "", leave_one_out(model, variants, quantity, load, measured))


def _outlier(offers: Sequence[_Offer], load: Values) -> int | None:
    """Number the step that lies off by more than chance allows, or None."""
    steps = load.size
    judged = [
        (offer, offer.left_out)
        for offer in offers
        if offer.left_out is not None and offer.left_out.complete and steps - 1 - offer.size >= _FREEDOM_TO_JUDGE
    ]
    if not judged:
        return None
    judge, left_out = min(judged, key=lambda pair: _judged_by(pair[1]))
    worst = left_out.worst
    limit = _student_limit(_OUTLIER_PROBABILITY / (2 * steps), steps - 1 - judge.size)
    at_an_end = load[worst] in (np.min(load), np.max(load))
    return worst if left_out.deviation[worst] > limit and not at_an_end else None


def _judged_by(left_out: LeftOut) -> tuple[bool, float]:
    """Rank a judge: one that all steps but the worst lie on goes first, then the least median error."""
    return not left_out.exact[left_out.worst], float(np.median(np.abs(left_out.error)))


def _student_limit(tail: float, freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 1 - tail))


def _trial(offer: _Offer, load: Values, measured: Values, normals: Normals) -> Trial:
    if offer.left_out is None:
        return Trial(offer.model, None, None, offer.excuse)
    found = fit(offer.variants, load, measured, normals)
    if found is None:
        return Trial(offer.model, None, None, "no curve of this shape comes near the steps")
    if not found.settled:
        return Trial(offer.model, found, None, "the steps do not settle its parameters: no interval can be drawn")
    if not offer.left_out.complete:
        return Trial(offer.model, found, None, "without one of the steps it has no finite prediction there")
    error = float(np.sqrt(np.mean(offer.left_out.error**2)) / max(float(np.mean(np.abs(measured))), 1e-300))
    return Trial(offer.model, found, error, "")


def _chosen(choice: Choice) -> Choice:
    best = choice.best
    if best is None:
        return choice
    near = [trial for trial in choice.judged if as_good(trial, best)]
    winner = min(near, key=lambda trial: (len(trial.model.parameters) + len(trial.model.fixed), trial.error))
    trials = tuple(
        trial if trial is winner or trial.error is None else replace(trial, excuse=_excuse(trial, winner))
        for trial in choice.trials
    )
    return replace(choice, trials=trials, chosen=winner)


def _same_curve(trial: Trial, other: Trial, choice: Choice) -> bool:
    """Whether two fits predict the same at every tested load: a bound that binds nothing makes no other model."""
    if trial.fit is None or other.fit is None:
        return False
    return np.allclose(trial.fit.point.predict(choice.load), other.fit.point.predict(choice.load), rtol=1e-6, atol=0.0)


def as_good(trial: Trial, other: Trial | None) -> bool:
    """Whether one trial's error on unseen steps is within a tenth of another's."""
    if trial.error is None or other is None or other.error is None:
        return False
    return trial.error <= other.error * _SIMPLER_WINS_WITHIN


def _excuse(lost: Trial, winner: Trial) -> str:
    mine, theirs = (trial.error or 0.0 for trial in (lost, winner))
    if mine < theirs:
        near = f"within a tenth of {winner.model.name}, which has fewer parameters"
        return f"error {error_text(mine)} on unseen steps, {near}"
    return f"error {error_text(mine)} on unseen steps against {error_text(theirs)} of {winner.model.name}"
