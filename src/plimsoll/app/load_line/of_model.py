"""How much does one replica of each component carry, according to a model file? The use case `limits of-model`.

Stated capacity is passed on. A load test that the model names is read by the model's own rules and objectives. What
fits on a replica is computed from densities, consumption and limits. Samples are fitted by the families that the model
asks for; the fits answer its sizing question and its rules of growth. Extrapolation past the samples is labeled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from plimsoll.app.load_line.limits import LimitsAsk, choices_of, limits, steady
from plimsoll.app.load_line.load_rules import load_rules
from plimsoll.app.model import Model
from plimsoll.app.model.capacity import CapacitySection, GrowthFactorsSection, SamplesSection, SizeToSection
from plimsoll.app.model.components import ComponentSection
from plimsoll.app.model.slos import SloSection
from plimsoll.capacity.fit import PointFit
from plimsoll.capacity.growth import GROWTH, LATENCY_OVER_TARGET, GrowthRules, predict_growth
from plimsoll.capacity.model import CapacityModel
from plimsoll.capacity.packing import pack
from plimsoll.capacity.thresholds import Rules
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.growth import GrowthPrediction
from plimsoll.domain.load_line import LoadTestLimits
from plimsoll.domain.load_test import Recording, Steps
from plimsoll.domain.model_limits import ComponentLimits, Consumed, Fit, ModelLimits, Packing, Sized, Sizing, Stated
from plimsoll.domain.objective import Objective, objective

LATENCY = "latency"
_LATENCY_WORDS = ("response_time", "latency")
_UNITS = {"cpu": "ratio", "memory": "bytes", LATENCY: "seconds"}
_FACTORS = {"cores": "cores", "memory": "memory_gib", "cache": "cache_mib", "database_connections": "db_connections"}
_BYTES = {"memory_gib": 2.0**30, "cache_mib": 2.0**20}

ReadLoadTest = Callable[[Sequence[Path], str], Steps | Recording]


@dataclass(frozen=True)
class Means:
    """The dependencies of the use case: the reader of load tests, the available families, the default rules."""

    read: ReadLoadTest
    families: tuple[CapacityModel, ...]
    rules: Rules
    loads: tuple[float, ...] = ()


def model_limits(model: Model, means: Means) -> ModelLimits:
    """Answer for every component that states anything; raises NothingToAnswer where none does."""
    folder = Path(model.tree.file).parent
    components = tuple(_component(section, folder, means) for section in model.file.components)
    answers = tuple(item for item in components if item != ComponentLimits(item.component))
    if not answers:
        raise NothingToAnswer(f"{model.system.name}: no component says what it carries: state a `capacity`")
    return ModelLimits(model.system.name, answers)


def model_load_test(section: ComponentSection, folder: Path, means: Means) -> LoadTestLimits | None:
    """Read the load test that a component names in `folder`, by its own columns, rules and objectives."""
    test = section.capacity.load_test if section.capacity else None
    if test is None:
        return None
    rules = load_rules(test.rules.plain(), test.rules.name) if test.rules else means.rules
    by_rules = replace(means, rules=rules)
    return load_test_of(section, (folder / test.file, _columns(test.columns)), by_rules)


def load_test_of(section: ComponentSection, test: tuple[Path, str], means: Means) -> LoadTestLimits:
    """Read a load test (its file, and what its columns mean) of a component, by the component's objectives."""
    ask = LimitsAsk(tuple(_objectives(section.slo)), means.rules, loads=means.loads)
    return limits(means.read([test[0]], test[1]), ask, means.families)


def _component(section: ComponentSection, folder: Path, means: Means) -> ComponentLimits:
    capacity = section.capacity
    consumption, fits = _consumption(capacity.samples, folder, means) if capacity and capacity.samples else ((), {})
    sizing = _sizing(capacity.size_to, fits) if capacity and capacity.size_to else None
    growth = _growth(capacity, section.slo, fits) if capacity and capacity.growth_factors else ()
    return ComponentLimits(
        component=section.name,
        stated=_stated(capacity) if capacity else None,
        load_test=model_load_test(section, folder, means),
        packing=tuple(_packing(section)),
        consumption=consumption,
        sizing=sizing,
        growth=growth,
    )


def _stated(capacity: CapacitySection) -> Stated | None:
    values = (capacity.per_replica, capacity.designed_for, capacity.concurrency)
    return None if values == (None, None, None) else Stated(*values, capacity.source)


def _objectives(slo: SloSection) -> Iterator[Objective]:
    for quantile in ("p50", "p90", "p95", "p99"):
        below = getattr(slo, quantile)
        if below is not None:
            yield objective(f"{quantile}<{below:g}s")
    if slo.errors is not None:
        yield objective(f"errors<{slo.errors * 100:g}%")


def _columns(columns: Mapping[str, str]) -> str:
    return ",".join(f"{role}={column}" for role, column in columns.items())


def _packing(section: ComponentSection) -> Iterator[Packing]:
    has = section.instance
    memory, storage = has.usable_memory or has.memory, has.usable_storage or has.storage
    amounts = {"cpu": 1.0, "cores": has.cores, "memory": memory, "storage": storage, "network": has.network}
    had = {resource: amount for resource, amount in amounts.items() if amount is not None}
    density = {item.unit: item for item in section.capacity.density} if section.capacity else {}
    consumption = {item.per: item for item in section.consumption}
    for unit in dict.fromkeys((*density, *consumption)):
        item = consumption.get(unit)
        each = {key: value for key in amounts if item and (value := getattr(item, key, None)) is not None}
        packing = pack(unit, each, had, tuple(_stated_fits(section, unit)), section.practical_share)
        if packing is not None:
            yield packing


def _stated_fits(section: ComponentSection, unit: str) -> Iterator[Fit]:
    has = section.instance
    for item in section.capacity.density if section.capacity else ():
        if item.unit != unit:
            continue
        if item.per_core is not None and has.cores is not None:
            yield Fit("cores", item.per_core * has.cores, f"{item.per_core:g} a core, {has.cores:g} cores")
        if item.per_memory_gb is not None and (memory := has.usable_memory or has.memory) is not None:
            gigabytes = memory / 1e9
            yield Fit("memory", item.per_memory_gb * gigabytes, f"{item.per_memory_gb:g} a GB, {gigabytes:g} GB")
        if item.per_process is not None:
            yield Fit("process", item.per_process, f"{item.per_process:g} a process, one process")
    for limit in section.limits:
        if limit.resource == unit and limit.hard is not None and limit.scope == "replica":
            yield Fit("limit", limit.hard.value, limit.source)


@dataclass(frozen=True)
class _Fitted:
    """One family fitted to one quantity of the samples, to predict with."""

    of: str
    by: str
    point: PointFit
    tested: tuple[float, float]

    def at(self, load: float) -> float:
        """Predict the quantity at a load."""
        return float(self.point.predict(np.array([load]))[0])


def _consumption(
    samples: SamplesSection, folder: Path, means: Means
) -> tuple[tuple[Consumed, ...], dict[str, _Fitted]]:
    """Fit each signal against the signal that explains it, with one read per explaining signal.

    Raises InputError for a second latency: one size answers one latency.
    """
    latencies = [name for name in samples.explains if _role(name) == LATENCY]
    if len(latencies) > 1:
        raise InputError(f"samples of {samples.file} explain {' and '.join(latencies)}: name one latency to fit")
    consumed, fits = [], {}
    for by in dict.fromkeys(samples.explains.values()):
        names = [name for name, explained in samples.explains.items() if explained == by]
        words = {"load": _column(samples, by), **{_role(name): _column(samples, name) for name in names}}
        steps = steady(means.read([folder / samples.file], _columns(words)))
        choices = choices_of(steps, LimitsAsk((), means.rules), means.families)
        tested = float(np.min(steps.load)), float(np.max(steps.load))
        for name in names:
            choice, family = choices.get(_role(name)), samples.models.get(name, "best")
            best = choice.chosen if choice else None
            trial = best if choice is None or family == "best" else choice.trial(family)
            if best is None or trial is None or trial.fit is None:
                raise InputError(f"the family {family} cannot be fitted to {name} by {by} in {samples.file}")
            model, parameters = trial.model, trial.parameters()
            best_fit = best.model.name, best.error
            consumed.append(Consumed(name, by, model.name, model.formula, parameters, trial.error, *best_fit))
            fits[_role(name)] = _Fitted(name, by, trial.fit.point, tested)
    return tuple(consumed), fits


def _column(samples: SamplesSection, name: str) -> str:
    return samples.columns.get(name, name)


def _role(name: str) -> str:
    return LATENCY if name.startswith(_LATENCY_WORDS) else name


def _sizing(asked: SizeToSection, fits: Mapping[str, _Fitted]) -> Sizing | None:
    targets = {"cpu": asked.cpu, "memory": _value(asked.memory), LATENCY: _value(asked.latency)}
    sized, beyond = [], []
    for of, target in targets.items():
        fitted = fits.get(of)
        load = asked.to.get(fitted.by) if fitted else None
        if fitted is None or target is None or load is None:
            continue
        predicted = fitted.at(load.value)
        sized.append(Sized(fitted.of, load.value, predicted, _UNITS[of], target, predicted <= target))
        if not fitted.tested[0] <= load.value <= fitted.tested[1]:
            beyond.append(f"{fitted.of}: {load.value:g} {fitted.by} lies outside the samples")
    if not sized:
        return None
    factor, why = _cores_factor(asked, fits, next((item for item in sized if _role(item.of) == LATENCY), None))
    return Sizing(tuple(sized), factor, why, tuple(beyond))


def _cores_factor(asked: SizeToSection, fits: Mapping[str, _Fitted], latency: Sized | None) -> tuple[float, str]:
    """The factor on today's cores: by the rule of the model if the latency target is missed, otherwise none."""
    if latency is None or latency.met:
        return 1.0, "the latency target is met" if latency else "no latency is held to a target"
    if asked.cores_when_missed == GROWTH:
        by = fits[LATENCY].by
        if by not in asked.from_:
            return 1.0, f"cannot tell: `from` does not say today's {by}"
        return latency.at_load / asked.from_[by].value, "the latency target is missed: growth of the load"
    return latency.predicted / latency.target, "the latency target is missed: latency over its target"


def _growth(capacity: CapacitySection, slo: SloSection, fits: Mapping[str, _Fitted]) -> tuple[GrowthPrediction, ...]:
    """Predict needs by the model's rules from the load of today (`size_to.from`) and the latency fitted there."""
    rules, fitted = capacity.growth_factors, fits.get(LATENCY)
    target = slo.p95 or (_value(capacity.size_to.latency) if capacity.size_to else None)
    today = capacity.size_to.from_.get(fitted.by) if capacity.size_to and fitted else None
    if rules is None or fitted is None or target is None or today is None:
        return ()
    factors = [factor for factor in (rules.default, rules.example) if factor is not None]
    shares = _growth_rules(rules)
    return tuple(predict_growth(factor, today.value, fitted.at(today.value), target, shares) for factor in factors)


def _growth_rules(section: GrowthFactorsSection) -> GrowthRules:
    base = {_FACTORS[name]: amount.value for name, amount in section.base.items() if name in _FACTORS}
    return GrowthRules(
        memory_of_cores=1.0 if section.memory_of_cpu is None else section.memory_of_cpu,
        database_extra=1.0 if section.database_when_missed is None else section.database_when_missed,
        base={name: value / _BYTES.get(name, 1.0) for name, value in base.items()},
        cores_when_missed=section.cpu_when_missed or LATENCY_OVER_TARGET,
        cores_otherwise=section.cpu_otherwise or GROWTH,
        cache=section.cache or GROWTH,
    )


def _value(amount: object) -> float | None:
    return getattr(amount, "value", None)
