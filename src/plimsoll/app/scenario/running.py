"""Does a policy decide what its scenarios expect? It is stepped over the observations; its decisions are applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from plimsoll.app.model.faults import fault
from plimsoll.app.model.naming_policies import policy_file
from plimsoll.app.model.policy_context import Context
from plimsoll.app.model.translate_policies import policy as translated
from plimsoll.app.model.yaml_reader import FieldPath, Tree, read_file
from plimsoll.app.scenario.sections import ExpectationSection, ScenarioFile, ScenarioSection
from plimsoll.app.scenario.series_words import readings
from plimsoll.domain.conformance import CaseOutcome, Conformance
from plimsoll.domain.decision import Decision, Guard
from plimsoll.domain.errors import InputError, ModelError
from plimsoll.domain.observation import MISSING, Fleet, ForecastReading, Missing, Observation, Reading, Value
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.quantity import format_duration
from plimsoll.domain.series import as_ms
from plimsoll.domain.system import Component
from plimsoll.policy.engine import step
from plimsoll.policy.memory import Kept
from plimsoll.policy.refusals import remarks
from plimsoll.render.decision import sentence

_COMPONENT = Component("scenario")


def run_scenarios(paths: list[Path]) -> Conformance:
    """Run scenario files; raises ModelError for one that cannot be understood."""
    read = [(path, *_read(path)) for path in paths]
    policies = [_policy(file, tree, path) for path, file, tree in read]
    files = zip(read, policies, strict=True)
    outcomes = tuple(outcome for (path, file, tree), policy in files for outcome in _run_file(path, file, tree, policy))
    findings = tuple(finding for policy in policies if isinstance(policy, Policy) for finding in remarks(policy))
    return Conformance.of(", ".join(map(str, paths)), outcomes, findings)


def _run_file(path: Path, file: ScenarioFile, tree: Tree, policy: AnyPolicy) -> Iterator[CaseOutcome]:
    for index, scenario in enumerate(file.tests):
        timeline = _Timeline(scenario, policy, tree, ("tests", index))
        decisions = timeline.decisions()
        wrong = [*_unmet(scenario, decisions, timeline.every_s), *_violations(scenario, decisions)]
        yield CaseOutcome(f"{path}: {scenario.name}", "scenario", "\n".join(wrong) or None)


def _read(path: Path) -> tuple[ScenarioFile, Tree]:
    trees = read_file(path)
    tree = trees[0] if len(trees) == 1 else Tree(str(path))
    if len(trees) != 1:
        raise InputError("is to hold one document", tree.place(()))
    try:
        file = ScenarioFile.model_validate(tree.value)
    except ValidationError as error:
        raise ModelError([*tree.faults, *(fault(one, tree, ScenarioFile) for one in error.errors())]) from None
    if tree.faults:
        raise ModelError(tree.faults)
    return file, tree


def _policy(file: ScenarioFile, tree: Tree, path: Path) -> AnyPolicy:
    if (file.policy is None) == (file.policy_file is None):
        raise InputError("needs either policy or policy_file", tree.place(()))
    faults: list[InputError] = []
    if file.policy is not None:
        found = translated(file.policy, Context(_COMPONENT, tree, faults, ("policy",)))
    else:
        found = policy_file(path.parent / str(file.policy_file), _COMPONENT)
    if faults:
        raise ModelError(faults)
    return found


@dataclass
class _Timeline:
    """A scenario laid out step by step."""

    scenario: ScenarioSection
    policy: AnyPolicy
    tree: Tree
    path: FieldPath

    @property
    def every_s(self) -> float:
        own = getattr(self.policy, "evaluate_every_s", None) or 30.0
        return self.scenario.every or float(own)

    def decisions(self) -> list[Decision]:
        """Step the policy over the observations."""
        signals = {name: self.samples(text, name, "observe", name) for name, text in self.scenario.observe.items()}
        fleet = {name: self.samples(text, "", "fleet", name) for name, text in self.scenario.fleet.items()}
        ahead, for_now = (
            self.samples(getattr(self.scenario, name) or "", "", name) for name in ("forecast", "forecast_for_now")
        )
        memory, count, found = Kept(self.policy.name), self.scenario.replicas, []
        start_s = as_ms(self.scenario.start) / 1000.0
        for index in range(max((len(samples) for samples in signals.values()), default=0)):
            observation = Observation(
                _fleet(count, {name: _at(samples, index) for name, samples in fleet.items()}),
                {name: _at(samples, index) for name, samples in signals.items()},
                _forecast(_at(ahead, index), _at(for_now, index)),
                frozenset(self.scenario.exhausted),
            )
            decision, memory = step(self.policy, memory, observation, start_s + index * self.every_s)
            count = decision.to_replicas
            found.append(decision)
        return found

    def samples(self, text: str, signal: str, *inside: str) -> tuple[Reading, ...]:
        use = self.policy.signal(signal) if isinstance(self.policy, Policy) else None
        unit = use.unit if use else "ratio" if signal else "count"
        try:
            return readings(text, unit)
        except InputError as error:
            raise InputError(error.message, self.tree.place((*self.path, *inside))) from error


def _at(samples: tuple[Reading, ...], index: int) -> Reading:
    return samples[index] if index < len(samples) else MISSING


def _fleet(count: int, readings: dict[str, Reading]) -> Fleet:
    numbers = {name: reading.value for name, reading in readings.items() if isinstance(reading, Value)}
    ready = None if "ready" in readings and "ready" not in numbers else int(numbers.get("ready", count))
    starting, unhealthy = int(numbers.get("starting", 0)), int(numbers.get("unhealthy", 0))
    return Fleet(count, ready, starting, unhealthy, bool(numbers.get("rolling_out", 0)))


def _forecast(ahead: Reading, for_now: Reading) -> ForecastReading | Missing:
    if not isinstance(ahead, Value):
        return MISSING
    return ForecastReading(ahead.value, for_now.value if isinstance(for_now, Value) else None)


def _unmet(scenario: ScenarioSection, decisions: list[Decision], every_s: float) -> Iterator[str]:
    for expected in scenario.expect:
        index = round(expected.at / every_s)
        at = format_duration(expected.at)
        if abs(index * every_s - expected.at) > 1e-6 * every_s:
            yield f"at {at}: no step falls on it; there is one every {format_duration(every_s)}"
        elif index >= len(decisions):
            yield f"at {at}: the observations end before, after {len(decisions)} steps"
        else:
            decision = decisions[index]
            wrong = list(_differences(expected, decision))
            if wrong:
                yield f"at {at}: {'; '.join(wrong)}\n    {sentence(decision)}"


def _differences(expected: ExpectationSection, decision: Decision) -> Iterator[str]:
    if expected.replicas is not None and decision.to_replicas != expected.replicas:
        yield f"expected {expected.replicas} replicas, got {decision.to_replicas}"
    if expected.action is not None and decision.action is not expected.action:
        yield f"expected {expected.action.value}, got {decision.action.value}"
    reasons = [one.reason for one in decision.reasons]
    if expected.because is not None and expected.because not in reasons:
        yield f"expected because {expected.because.value}, got {', '.join(one.value for one in reasons)}"
    if expected.rule is not None and expected.rule not in [one.rule for one in decision.reasons]:
        yield f"expected rule {expected.rule}, got {', '.join(one.rule for one in decision.reasons)}"
    bound = decision.bound_by.value if decision.bound_by else "nothing"
    wanted = expected.bound_by.value if isinstance(expected.bound_by, Guard) else expected.bound_by
    if wanted is not None and wanted != bound:
        yield f"expected bound by {wanted}, got {bound}"


def _violations(scenario: ScenarioSection, decisions: list[Decision]) -> Iterator[str]:
    never = scenario.never
    if never is None:
        return
    for decision in decisions:
        low = never.below is not None and decision.to_replicas < never.below
        high = never.above is not None and decision.to_replicas > never.above
        if decision.action is never.action or low or high:
            yield f"never: {sentence(decision)}"
            return
