"""Which model describes a quantity best, by its error on steps held out?

Models are compared by leave-one-out cross-validation (M. Stone, "Cross-validatory choice", JRSS B 36, 1974). Each step
is left out in turn, and every model is fitted to the others and predicts it. The root mean square of these errors, as a
ratio of the mean measurement, decides. Among models whose errors are within one tenth of the least, the one with the
fewest parameters is taken. All are shown, each rejected one with its reason.

An outlying step is set aside first, and named. Its deleted residual, in units of its own standard error (`left_out`),
must have a probability below 1 % over all steps (Bonferroni) under every noise shape. It is measured by a model on
which all other steps lie exactly, or else by the one with the least median error. The lowest and the highest load are
never set aside: nothing was measured beyond them, so a bend of the curve cannot be told from a mistake. Nor are errors
at any load, since errors that set in suddenly are no mistake.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from plimsoll.capacity.draws import Normals
from plimsoll.capacity.fit import Fit, fit
from plimsoll.capacity.left_out import ROUNDING, LeftOut, leave_one_out
from plimsoll.capacity.model import CapacityModel, Kind, Quantity, Values
from plimsoll.capacity.near_variants import Optima, optima_of
from plimsoll.capacity.noise import ADDITIVE, NOISE_SHAPES, noise_weights
from plimsoll.capacity.step_errors import UNKNOWN_ERRORS, StepErrors
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.load_line import error_text

_SIMPLER_WINS_WITHIN = 1.10
_OUTLIER_PROBABILITY = 0.01
_MOST_SET_ASIDE = 1 / 5
_LEAST_FREEDOM = 3  # residual degrees of freedom of a model by which a step can be an outlier
_NEGLIGIBLE = 0.01  # a curve with a smaller probability is dropped
_UNTRUSTED = 0.5  # error on held-out steps, as a ratio of the mean: beyond it a curve is not used between steps either


@dataclass(frozen=True, eq=False)
class Trial:
    """One model tried: its fit, its error on held-out steps, or why it has neither.

    `held_out` (3, n) are the errors at the single steps under each noise shape, divided by the factor by which
    uncertainty of the prediction widens them (`LeftOut.scaled_error`).
    """

    model: CapacityModel
    fit: Fit | None
    error: float | None
    excuse: str
    held_out: Values | None = None

    def parameters(self) -> dict[str, Estimate]:
        """Estimate the parameters; empty where the model was not fitted."""
        return {} if self.fit is None else self.fit.parameters()


@dataclass(frozen=True, eq=False)
class Choice:
    """All trials on one quantity, the chosen one (None where none could be validated), and the loads set aside.

    `errors` are those of the single steps.
    """

    quantity: Quantity
    load: Values
    measured: Values
    trials: tuple[Trial, ...]
    chosen: Trial | None
    set_aside: Values
    errors: StepErrors = UNKNOWN_ERRORS

    @property
    def validated(self) -> list[Trial]:
        """The trials that have an error on held-out steps."""
        return [trial for trial in self.trials if trial.error is not None and trial.fit is not None]

    @property
    def best(self) -> Trial | None:
        """The trial with the least error on held-out steps."""
        return min(self.validated, key=lambda trial: trial.error or 0.0, default=None)

    @property
    def doubt(self) -> str:
        """Say why the chosen curve is not to be used between two steps; empty where it is, or where none was chosen."""
        error = self.chosen.error if self.chosen is not None else None
        return f"{error_text(error)} off on held-out steps" if (error or 0.0) > _UNTRUSTED else ""

    def shares(self) -> list[tuple[Trial, float]]:
        """Compute the probability that each validated curve is the right one, from its errors on held-out steps.

        The weights are exp(-n / 4 log mean squared error), normalized to one: the square root of pseudo-BMA's weights
        (Yao, Vehtari, Simpson and Gelman, "Using stacking to average Bayesian predictive distributions", Bayesian
        Analysis 13, 2018), because errors of a few steps are only roughly known (docs/decisions/0034). Errors are
        scaled by the size of the noise at their step. This is done under each noise shape, and the results are averaged
        by the probabilities of the shapes under the curve with the least error. Models that give the same curve count
        once.
        """
        curves = list[Trial]()
        for trial in self.validated:
            settled = trial.fit is not None and trial.fit.settled
            if settled and not any(_same_curve(trial, curve, self) for curve in curves):
                curves.append(trial)
        likely = zip(curves, self._likely(curves), strict=True)
        kept = [(trial, share) for trial, share in likely if share > _NEGLIGIBLE]
        total = sum(share for _, share in kept)
        return [(trial, share / total) for trial, share in kept]

    def _likely(self, trials: Sequence[Trial]) -> list[float]:
        """Compute the probability of each curve, averaged over the noise shapes; they add up to one."""
        best = self.best
        if best is None or best.fit is None or not trials:
            return []
        of_shapes = best.fit.shapes or {ADDITIVE.name: 1.0}  # a fit without noise has no shapes
        held_out, probabilities = np.array([trial.held_out for trial in trials]), np.zeros(len(trials))
        usual = max(float(np.mean(np.abs(self.measured))), 1e-300)
        for j, shape in enumerate(NOISE_SHAPES):
            weights = noise_weights(self.measured, self.measured, shape)
            errors = np.maximum(np.sqrt(np.mean(weights * (held_out[:, j] / usual) ** 2, axis=1)), ROUNDING)
            likely = (np.min(errors) / errors) ** (self.load.size / 2)
            probabilities += of_shapes.get(shape.name, 0.0) * likely / likely.sum()
        return [float(share) for share in probabilities]

    def trial(self, name: str) -> Trial | None:
        """Find the trial of one model by name."""
        return next((trial for trial in self.trials if trial.model.name == name), None)


@dataclass(frozen=True, eq=False)
class _Offer:
    model: CapacityModel
    variants: Sequence[CapacityModel]
    excuse: str
    optima: Optima = ()
    left_out: LeftOut | None = None

    @property
    def size(self) -> int:
        return len(self.model.parameters) + len(self.model.fixed)


def choose(
    models: Sequence[CapacityModel],
    quantity: Quantity,
    load: Values,
    measured: Values,
    normals: Normals,
    errors: StepErrors = UNKNOWN_ERRORS,
) -> Choice:
    """Try every model on (n,) loads and measurements, with their errors where known, and choose one."""
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
    known = errors.of(usable).of(~aside)
    return _chosen(Choice(quantity, load[~aside], measured[~aside], tuple(trials), None, load[aside], known))


def _offer(model: CapacityModel, quantity: Quantity, load: Values, measured: Values) -> _Offer:
    variants = model.variants(quantity, load, measured)
    if isinstance(variants, str):
        return _Offer(model, (), variants)
    needed, there = len(model.parameters) + len(model.fixed) + 1, np.unique(load).size
    if there < needed:
        return _Offer(model, (), f"needs {needed} different loads, has {there}")
    optima = optima_of(variants, load, measured)
    return _Offer(model, variants, "", optima, leave_one_out(model, optima, quantity, load, measured))


def _outlier(offers: Sequence[_Offer], load: Values) -> int | None:
    """Return the index of the step that lies off by more than chance allows, or None."""
    steps = load.size
    candidates = [
        (offer, offer.left_out)
        for offer in offers
        if offer.left_out is not None and offer.left_out.complete and steps - 1 - offer.size >= _LEAST_FREEDOM
    ]
    if not candidates:
        return None
    reference, left_out = min(candidates, key=lambda pair: _reference_rank(pair[1]))
    worst = left_out.worst
    limit = _student_limit(_OUTLIER_PROBABILITY / (2 * steps), steps - 1 - reference.size)
    at_an_end = load[worst] in (np.min(load), np.max(load))
    return worst if left_out.deviation[worst] > limit and not at_an_end else None


def _reference_rank(left_out: LeftOut) -> tuple[bool, float]:
    """Rank models to measure outliers by: exact on all steps but the worst, then by the least median error."""
    return not left_out.exact[left_out.worst], float(np.median(np.abs(left_out.error)))


def _student_limit(tail: float, freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 1 - tail))


def _trial(offer: _Offer, load: Values, measured: Values, normals: Normals) -> Trial:
    if offer.left_out is None:
        return Trial(offer.model, None, None, offer.excuse)
    curve = fit(offer.variants, load, measured, normals, offer.optima)
    if curve is None:
        return Trial(offer.model, None, None, "no curve of this shape fits the steps")
    if not curve.settled:
        return Trial(offer.model, curve, None, "the steps do not determine its parameters: no interval can be computed")
    if not offer.left_out.complete:
        return Trial(offer.model, curve, None, "fitted without one of the steps, it predicts no finite value there")
    error = float(np.sqrt(np.mean(offer.left_out.error**2)) / max(float(np.mean(np.abs(measured))), 1e-300))
    return Trial(offer.model, curve, error, "", offer.left_out.scaled_error)


def _chosen(choice: Choice) -> Choice:
    best = choice.best
    if best is None:
        return choice
    near = [trial for trial in choice.validated if as_good(trial, best)]
    winner = min(near, key=lambda trial: (len(trial.model.parameters) + len(trial.model.fixed), trial.error))
    trials = tuple(
        trial if trial is winner or trial.error is None else replace(trial, excuse=_excuse(trial, winner))
        for trial in choice.trials
    )
    return replace(choice, trials=trials, chosen=winner)


def _same_curve(trial: Trial, other: Trial, choice: Choice) -> bool:
    """Whether two fits agree at every tested load: a bound that does not bind makes no different model."""
    if trial.fit is None or other.fit is None:
        return False
    return np.allclose(trial.fit.point.predict(choice.load), other.fit.point.predict(choice.load), rtol=1e-6, atol=0.0)


def as_good(trial: Trial, other: Trial | None) -> bool:
    """Whether one trial's error on held-out steps is at most a tenth above another's."""
    if trial.error is None or other is None or other.error is None:
        return False
    return trial.error <= other.error * _SIMPLER_WINS_WITHIN


def _excuse(lost: Trial, winner: Trial) -> str:
    mine, theirs = (trial.error or 0.0 for trial in (lost, winner))
    if mine < theirs:
        near = f"within a tenth of {winner.model.name}, which has fewer parameters"
        return f"error {error_text(mine)} on held-out steps, {near}"
    return f"error {error_text(mine)} on held-out steps against {error_text(theirs)} of {winner.model.name}"
