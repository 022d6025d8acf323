"""At which load is throughput greatest, and do the measurements determine it?

The peak comes from the Universal Scalability Law, unless another curve predicts held-out steps better. It counts as
identified only under three conditions: the interval of coherency lies above zero; the peak lies within the tested range
with a probability of 95 %; and throughput falls towards the highest load with a confidence of 95 %, even if its knee
may be as sharp as the steps suggest (`decline`). Otherwise the answer is a reason, not a number.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plimsoll.capacity.choice import Choice, as_good
from plimsoll.capacity.coverage import Tail
from plimsoll.capacity.decline import confidence_of_decline
from plimsoll.capacity.fit import CONFIDENCE, Fit
from plimsoll.capacity.model import CapacityModel, Values
from plimsoll.capacity.models import usl
from plimsoll.domain.load_line import Ceiling, Peak, PeakState, error_text

_ROUNDING = 1e-9  # coherency's term in the law's denominator at the highest load counts as zero below this


def find_peak(choice: Choice | None) -> Peak:
    """Judge the peak of throughput from the trial of the Universal Scalability Law."""
    found = _usl(choice)
    if choice is None or isinstance(found, str):
        return _unidentified(str(found))
    fit, (lowest, tested) = found
    coherency = fit.parameters()["coherency"]
    if coherency.low is None or coherency.low * tested**2 <= _ROUNDING:
        return _unidentified("the interval of coherency includes zero: there may be no peak")
    load = float(usl.peak_load(fit.point.optimum.parameters))
    if load < lowest:
        return _unidentified(f"throughput does not rise above the lowest tested load, {lowest:g}: test lower loads")
    if load > tested:
        why = f"the fitted peak lies past the highest tested load, {tested:g}"
        return Peak(PeakState.BEYOND_TESTED, None, None, why)
    estimate, past = fit.estimate(load, _peak_load), _probability_past(fit, tested)
    if past > 1 - CONFIDENCE:
        return _unidentified(
            f"the peak lies past the highest tested load, {tested:g}, with a probability of {past:.0%}"
        )
    if estimate.low is None or estimate.low < lowest:
        return _unidentified(
            f"the interval of the peak reaches below the lowest tested load, {lowest:g}: test lower loads"
        )
    if doubt := _doubt_of_decline(choice):
        return _unidentified(doubt)
    if estimate.high is None or estimate.high > tested:
        estimate = replace(estimate, high=None)
    throughput = float(fit.point.predict(np.array([load]))[0])
    at_peak = fit.estimate(throughput, lambda _, drawn: usl.peak_throughput(drawn))
    why = f"coherency is above zero and the peak lies within the tested range with a probability of {1 - past:.0%}"
    return Peak(PeakState.IDENTIFIED, estimate, at_peak, why)


def _unidentified(why: str) -> Peak:
    return Peak(PeakState.NOT_IDENTIFIED, None, None, why)


def _probability_past(fit: Fit, load: float) -> float:
    """Compute the probability that the peak lies past a load, or nowhere."""
    drawn, weights = fit.drawn_values(_peak_load)
    return float(weights @ ~(drawn <= load) / weights.sum())


def find_ceiling(choice: Choice | None) -> Ceiling:
    """Estimate the ceiling of throughput, rate / contention."""
    found = _usl(choice)
    if isinstance(found, str):
        return Ceiling(None, found)
    fit, _ = found
    value = float(usl.ceiling(fit.point.optimum.parameters))
    if not np.isfinite(value):
        return Ceiling(None, "the fitted law has no contention, and so no ceiling")
    return Ceiling(
        fit.estimate(value, lambda _, drawn: usl.ceiling(drawn)),
        "an asymptote of the fitted law, beyond what was tested",
    )


def peak_draws(choice: Choice) -> tuple[Values, Values, Tail]:
    """Draw the peak load by the Universal Scalability Law: values and weights (m,), and the tail of their interval.

    Raises ValueError where the law has no usable fit.
    """
    found = _usl(choice)
    if isinstance(found, str):
        raise ValueError(found)
    fit, _ = found
    return *fit.drawn_values(_peak_load), fit.tails(_peak_load)[0]


def _peak_load(model: CapacityModel, drawn: Values) -> Values:
    del model
    return usl.peak_load(drawn)


def _doubt_of_decline(choice: Choice) -> str:
    """Say why throughput may just as well level off and stay there; an empty string where it may not."""
    falls = confidence_of_decline(choice.load, choice.measured)
    if falls is None:
        return "fewer than five steps cannot tell a peak from a plateau"
    if falls < CONFIDENCE:
        return f"throughput may just as well level off: that it falls has a confidence of only {falls:.0%}"
    return ""


def _usl(choice: Choice | None) -> tuple[Fit, tuple[float, float]] | str:
    """Find the law's fit with intervals and the tested range, or say why there is none."""
    if choice is None:
        return "the load is an arrival rate, or no throughput was measured: a peak shows over concurrent users"
    trial = choice.trial("usl")
    if trial is None or trial.fit is None:
        return "the Universal Scalability Law: " + (trial.excuse if trial else "not among the models")
    if not trial.fit.settled:
        return "the steps do not determine the parameters of the Universal Scalability Law"
    if (best := choice.best) is not None and best is not trial and not as_good(trial, best):
        mine = "cannot" if trial.error is None else error_text(trial.error)
        return f"{best.model.name} predicts held-out steps better ({error_text(best.error or 0.0)} off, the law {mine})"
    return trial.fit, (float(np.min(choice.load)), float(np.max(choice.load)))
