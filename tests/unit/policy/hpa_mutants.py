# ruff: noqa: E501  a table of source lines and what they are changed to
"""Changes of one rule of the HPA each: a boundary moved, a rounding turned round, a step left out.

A mutant is a module, the text that states the rule, and what the text is changed to. `mutated` imports the HPA afresh
with that one module changed, so that a rule is tested by changing it, not by counting lines.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGE = "plimsoll.policy.hpa"


@dataclass(frozen=True)
class Mutant:
    """One changed rule."""

    rule: str
    module: str
    was: str
    becomes: str
    count: int = 1


MUTANTS = (
    # Tolerance and rounding.
    Mutant("the lower tolerance includes its end", "replicas", "tolerance.down <= ratio", "tolerance.down < ratio"),
    Mutant("the upper tolerance includes its end", "replicas", "ratio <= 1.0 + tolerance.up", "ratio < 1.0 + tolerance.up"),
    Mutant("each direction has its own tolerance", "replicas", "ratio <= 1.0 + tolerance.up", "ratio <= 1.0 + tolerance.down"),
    Mutant("replicas round up", "replicas", "    return math.ceil(count)", "    return math.floor(count)"),
    Mutant("utilization is cut to whole percent", "replicas", "    return truncated(usage * goal.scale, per) / goal.target", "    return usage * goal.scale / per / goal.target"),
    Mutant("utilization is cut, not rounded", "replicas", "    return truncated(usage * goal.scale, per) / goal.target", "    return round(usage * goal.scale / per) / goal.target"),
    Mutant("large sums divide exactly", "replicas", "        whole -= 1", "        whole -= 0"),
    Mutant("at most 2^31 - 1 replicas", "replicas", "        return MOST_REPLICAS", "        return math.ceil(count)"),
    # Floating point goes as in the controller, term by term.
    Mutant("a percentage up is taken of 1 first", "limits", "math.ceil(start * (1 + rules.value[i] / 100))", "math.ceil(start + start * rules.value[i] / 100)"),
    Mutant("a percentage down is taken of 1 first", "limits", "int(start * (1 - rules.value[i] / 100))", "int(start - start * rules.value[i] / 100)"),
    Mutant("without behavior the cap is cut", "limits", "cap_now = int(max(", "cap_now = math.ceil(max("),
    Mutant("up: the largest change may lie below zero", "limits", "    limit = MOST_REPLICAS if rules.select == SELECT_MIN else -MOST_REPLICAS", "    limit = MOST_REPLICAS if rules.select == SELECT_MIN else -1"),
    Mutant("an empty list of rate policies is not the default", "rules", "default if rules.policies is None else", "default if not rules.policies else"),
    # Pods that are not there, and what whole pods request.
    Mutant("an average without pods fails", "measure", "    if not context.observed.pods:\n        raise HpaMetricError(_NO_PODS)\n", ""),
    Mutant("a value without pods fails", "measure", "if not (context.observed.pods or unasked)", "if False"),
    Mutant("a value within tolerance asks for no pods", "measure", "context.spec_replicas == 0 or within(value / metric.target, context.tolerance)", "context.spec_replicas == 0"),
    Mutant("a value from zero asks for no pods", "measure", "context.spec_replicas == 0 or within(value / metric.target, context.tolerance)", "within(value / metric.target, context.tolerance)"),
    Mutant("a whole pod may leave one container without a request", "requests", "one.requests_milli.get(resource, 0) for one in pod.containers", "one.requests_milli[resource] for one in pod.containers"),
    Mutant("a whole pod requests what its init containers need", "requests", "return max(total + beside, starting)", "return total + beside"),
    Mutant("restartable init containers run beside the others", "requests", "return max(total + beside, starting)", "return max(total, starting)"),
    Mutant("init containers run beside restartable ones before them", "requests", "beside if init.restarts else beside + amount", "beside if init.restarts else amount"),
    Mutant("a pod that has succeeded is not ignored", "grouping", 'pod.phase == "Failed"', 'pod.phase in ("Failed", "Succeeded")'),
    Mutant("readiness that is unknown is not unreadiness", "grouping", 'not_ready = pod.ready.status == "False"', 'not_ready = pod.ready.status != "True"'),
    Mutant("the custom metrics API tells of objects too", "reconcile", "replace(observed, per_pod=None, object_milli=None)", "replace(observed, per_pod=None)"),
    Mutant("the utilization told is of CPU", "reconcile", 'metric.name == "cpu" and cpu is None', "cpu is None"),
    Mutant("the utilization told is of the first metric", "reconcile", 'metric.name == "cpu" and cpu is None', 'metric.name == "cpu"'),
    # Resource and pods metrics.
    Mutant("the ratio multiplies the ready pods", "replicas", "ceil_replicas(ratio * sums.ready)", "ceil_replicas(ratio * current)"),
    Mutant("the ratio multiplies ready pods, not samples", "replicas", "ceil_replicas(ratio * sums.ready)", "ceil_replicas(ratio * sums.samples)"),
    Mutant("unready pods matter only above 1", "replicas", "(sums.unready > 0 and ratio > 1.0)", "(sums.unready > 0)"),
    Mutant("unready pods count as idle on the way up", "replicas", "        per, samples = per + sums.unready_per, samples + sums.unready", "        per, samples = per + 0, samples"),
    Mutant("missing pods count as used on the way down", "replicas", "usage + sums.missing_fill, per + sums", "usage, per + sums"),
    Mutant("missing pods count on the way down at all", "replicas", "    if ratio < 1.0:\n        usage", "    if ratio < 0.0:\n        usage"),
    Mutant("missing pods are left out at exactly 1", "replicas", "    if ratio > 1.0:\n        per", "    if ratio >= 1.0:\n        per"),
    Mutant("missing pods are left out at exactly 1, downwards", "replicas", "    if ratio < 1.0:\n        usage", "    if ratio <= 1.0:\n        usage"),
    Mutant("missing pods count as idle on the way up", "replicas", "        per, samples = per + sums.missing_per, samples + sums.missing\n", ""),
    Mutant("the recomputed ratio has its tolerance", "replicas", "if within(again, tolerance) or (ratio < 1.0 < again)", "if (ratio < 1.0 < again)"),
    Mutant("a fill that turns a scale-down round changes nothing", "replicas", "(ratio < 1.0 < again) or ", ""),
    Mutant("a fill that turns a scale-up round changes nothing", "replicas", " or (again < 1.0 < ratio)", ""),
    Mutant("the recomputed ratio multiplies the samples held", "replicas", "ceil_replicas(again * samples)", "ceil_replicas(again * sums.ready)"),
    Mutant("a count never moves against its ratio, downwards", "replicas", "(again < 1.0 and count > current) or ", ""),
    Mutant("a count never moves against its ratio, upwards", "replicas", " or (again > 1.0 and count < current)", ""),
    Mutant("a missing pod counts as fully used", "measure", "fill = max(100, metric.target)", "fill = metric.target"),
    Mutant("a missing pod counts as used to a target above 100", "measure", "fill = max(100, metric.target)", "fill = 100"),
    Mutant("a missing pod of an average counts as at the target", "measure", "missing * target, unready", "missing * 0, unready"),
    Mutant("utilization counts pods with both usage and request", "measure", "both = [name for name in counted if name in requests]", "both = [name for name in requests]"),
    Mutant("samples of unready pods are dropped", "measure", "groups.ignored | groups.unready", "groups.ignored"),
    Mutant("samples of ignored pods are dropped", "measure", "groups.ignored | groups.unready", "groups.unready"),
    Mutant("no sample left is an error", "measure", "    if not counted:", "    if counted is None:"),
    Mutant("pods metrics never look at readiness", "measure", 'context.observed.per_pod, "", context', 'context.observed.per_pod, "cpu", context'),
    Mutant("an average over pods looks at readiness for CPU", "measure", "_plain(metric.target, samples, metric.name, context)", '_plain(metric.target, samples, "", context)'),
    Mutant("a named container counts alone", "measure", "pod_usage(context.observed.resource, metric.name, container)", "pod_usage(context.observed.resource, metric.name, None)"),
    Mutant("a named container's request counts alone", "measure", "pod_requests(context.observed.pods, container, metric.name)", "pod_requests(context.observed.pods, None, metric.name)"),
    Mutant("a sample lacking one container is missing", "pods", "wanted and all(resource", "wanted and any(resource"),
    # Object and external metrics.
    Mutant("from 0 there is no tolerance", "replicas", "    if current == 0:\n        return ceil_replicas(ratio)\n", ""),
    Mutant("a value multiplies the ready pods", "replicas", "    return ceil_replicas(ratio * ready)", "    return ceil_replicas(ratio * current)"),
    Mutant("a value has its tolerance", "replicas", "    if within(ratio, tolerance):\n        return current\n    return ceil_replicas(ratio * ready)", "    return ceil_replicas(ratio * ready)"),
    Mutant("a total is divided once", "replicas", "    return ceil_replicas(value / target)", "    return ceil_replicas(value / target / status_replicas)"),
    Mutant("a total within tolerance keeps the status replicas", "replicas", "        return status_replicas", "        return ceil_replicas(value / target)"),
    Mutant("external values are summed", "measure", "min(sum(context.observed.external_milli), _MOST_INT64), context", "max(context.observed.external_milli), context"),
    Mutant("external sums saturate", "measure", "min(sum(context.observed.external_milli), _MOST_INT64), context", "sum(context.observed.external_milli), context"),
    Mutant("no external value is an error", "measure", "    if not context.observed.external_milli:", "    if context.observed.external_milli is None:"),
    Mutant("averages go by the status replicas", "measure", "context.tolerance, context.status_replicas)", "context.tolerance, context.spec_replicas)"),
    Mutant("a reported average rounds up", "measure", "min(math.ceil(value / context.status_replicas)", "min(math.floor(value / context.status_replicas)"),
    Mutant("only pods that run count for a value", "grouping", 'pod.phase == "Running" and pod.ready', "pod.ready"),
    Mutant("only pods that are ready count for a value", "grouping", ' and pod.ready.status == "True")', ")"),
    # Pod grouping and requests.
    Mutant("a deleted pod is ignored", "grouping", 'pod.deleted or pod.phase == "Failed"', 'pod.phase == "Failed"'),
    Mutant("a failed pod is ignored", "grouping", 'pod.deleted or pod.phase == "Failed"', "pod.deleted"),
    Mutant("a pending pod is unready", "grouping", '    if pod.phase == "Pending":\n        return "unready"\n', ""),
    Mutant("memory never looks at readiness", "grouping", 'resource == "cpu" and', "resource and"),
    Mutant("no Ready condition is unready", "grouping", "pod.ready is None or pod.start_time_s is None:\n        return True", "pod.ready is None or pod.start_time_s is None:\n        return False"),
    Mutant("the initialization period leaves out its end", "grouping", "cpu_initialization_s > now_s", "cpu_initialization_s >= now_s"),
    Mutant("a young pod must be ready", "grouping", "return not_ready or sample", "return sample"),
    Mutant("a young pod needs a whole window since it changed", "grouping", "last_transition_s + sample.window_s", "last_transition_s"),
    Mutant("a window that ends as it changed counts", "grouping", "sample.timestamp_s < pod.ready", "sample.timestamp_s <= pod.ready"),
    Mutant("an old pod is unready only if it never was ready", "grouping", "return not_ready and never_ready", "return not_ready"),
    Mutant("an old pod that is ready counts", "grouping", "return not_ready and never_ready", "return never_ready"),
    Mutant("the readiness delay leaves out its end", "grouping", "initial_readiness_delay_s > pod", "initial_readiness_delay_s >= pod"),
    Mutant("requests of the pod win", "requests", "pod_level and container is None", "False and container is None"),
    Mutant("requests of the pod yield to a named container", "requests", "pod_level and container is None and", "pod_level and"),
    Mutant("restartable init containers count", "requests", "*(init for init in pod.init_containers if init.restarts)", ""),
    Mutant("other init containers do not count", "requests", " if init.restarts)", ")"),
    Mutant("a missing request is an error", "requests", "        if resource not in one.requests_milli:", "        if one is None:"),
    Mutant("a container that is absent is an error", "requests", "    if container is not None and not wanted:", "    if container is wanted:"),
    # Stabilization.
    Mutant("without behavior the window includes its end", "stabilization", "if now_s - slots.times_s[i] > window_s", "if now_s - slots.times_s[i] >= window_s"),
    Mutant("without behavior the raw proposal is remembered", "stabilization", "    remember(slots, old, now_s, proposed)\n    return highest", "    remember(slots, old, now_s, highest)\n    return highest"),
    Mutant("the up window leaves out its end", "stabilization", "if age_s < up_s and", "if age_s <= up_s and"),
    Mutant("the down window leaves out its end", "stabilization", "if age_s < down_s and", "if age_s <= down_s and"),
    Mutant("up takes the lowest", "stabilization", "slots.counts[i] < up_bound", "slots.counts[i] > up_bound"),
    Mutant("down takes the highest", "stabilization", "slots.counts[i] > down_bound", "slots.counts[i] < down_bound"),
    Mutant("a slot is reused when older than both windows", "stabilization", "if age_s > up_s and age_s > down_s", "if age_s > up_s or age_s > down_s"),
    Mutant("a slot as old as the window is kept", "stabilization", "if age_s > up_s and age_s > down_s", "if age_s >= up_s and age_s >= down_s"),
    Mutant("the last slot that is old is reused", "stabilization", "        if age_s > up_s and age_s > down_s:\n", "        if old < 0 and age_s > up_s and age_s > down_s:\n"),
    Mutant("with behavior the raw proposal is remembered", "stabilization", "    remember(slots, old, now_s, proposed)\n    count", "    remember(slots, old, now_s, max(current, up_bound))\n    count"),
    Mutant("stabilization starts from the current size", "stabilization", "count = max(current, up_bound)", "count = max(proposed, up_bound)"),
    Mutant("an old slot is overwritten", "stabilization", "    if old < 0:", "    if old < 10**6:"),
    # Scale events.
    Mutant("an event counts while strictly younger than the period", "events", "times_s[i] < period_s", "times_s[i] <= period_s"),
    Mutant("an outdated event still counts in its period", "events", "        if now_s - events.times_s[i] < period_s:", "        if now_s - events.times_s[i] < period_s and events.outdated[i] == 0:"),
    Mutant("an event as old as the longest period is kept", "events", "times_s[i] > longest_period_s", "times_s[i] >= longest_period_s"),
    Mutant("the last outdated slot is reused", "events", "        if events.outdated[i] == 1:\n", "        if events.outdated[i] == 1 and place < 0:\n"),
    Mutant("a reused slot is no longer outdated", "events", "    events.outdated[place] = 0", "    events.outdated[place] = events.outdated[place]"),
    Mutant("the longest of the periods counts", "limits", "longest = max(longest, rules.period_s[i])", "longest = rules.period_s[0]"),
    # Rates and limits.
    Mutant("what was added is taken off the start, upwards", "limits", "start = current - change_within(ups, now_s, period_s) + change_within(downs, now_s, period_s)\n        share = math.ceil", "start = current + change_within(downs, now_s, period_s)\n        share = math.ceil"),
    Mutant("what was removed is added to the start, upwards", "limits", "start = current - change_within(ups, now_s, period_s) + change_within(downs, now_s, period_s)\n        share = math.ceil", "start = current - change_within(ups, now_s, period_s)\n        share = math.ceil"),
    Mutant("what was removed is added to the start, downwards", "limits", "start = current - change_within(ups, now_s, period_s) + change_within(downs, now_s, period_s)\n        share = int", "start = current - change_within(ups, now_s, period_s)\n        share = int"),
    Mutant("what was added is taken off the start, downwards", "limits", "start = current - change_within(ups, now_s, period_s) + change_within(downs, now_s, period_s)\n        share = int", "start = current + change_within(downs, now_s, period_s)\n        share = int"),
    Mutant("a percentage up rounds up", "limits", "share = math.ceil(start", "share = math.floor(start"),
    Mutant("a percentage down is cut off", "limits", "share = int(start * (1 - rules.value[i] / 100))", "share = math.ceil(start * (1 - rules.value[i] / 100))"),
    Mutant("up: Max takes the largest change", "limits", "limit = min(limit, allowed) if rules.select == SELECT_MIN else max(limit, allowed)", "limit = max(limit, allowed) if rules.select == SELECT_MIN else min(limit, allowed)"),
    Mutant("down: Max takes the largest change", "limits", "limit = max(limit, allowed) if rules.select == SELECT_MIN else min(limit, allowed)", "limit = min(limit, allowed) if rules.select == SELECT_MIN else max(limit, allowed)"),
    Mutant("up can be disabled", "limits", "def up_limit(rules: Rules, ups: Events, downs: Events, now_s: float, current: int) -> int:", "def up_limit(rules: Rules, ups: Events, downs: Events, now_s: float, current: int) -> int:\n    rules = rules._replace(select=rules.select % 2)\n"),
    Mutant("down can be disabled", "limits", "def down_limit(rules: Rules, ups: Events, downs: Events, now_s: float, current: int) -> int:", "def down_limit(rules: Rules, ups: Events, downs: Events, now_s: float, current: int) -> int:\n    rules = rules._replace(select=rules.select % 2)\n"),
    Mutant("an up limit is never below the current size", "limits", "limit = max(rate_limit, current)", "limit = rate_limit"),
    Mutant("a down limit is never above the current size", "limits", "limit = min(rate_limit, current)", "limit = rate_limit"),
    Mutant("at equal bounds max is the reason", "limits", "UP_LIMIT if bounds.max > limit", "UP_LIMIT if bounds.max >= limit"),
    Mutant("at equal bounds min is the reason", "limits", "DOWN_LIMIT if bounds.min < limit", "DOWN_LIMIT if bounds.min <= limit"),
    Mutant("max bounds", "limits", "most = min(bounds.max, limit)", "most = limit"),
    Mutant("min bounds", "limits", "least = max(bounds.min, limit)", "least = limit"),
    Mutant("without behavior the cap has its factor", "limits", "max(factor * current, minimum)", "max(current, minimum)"),
    Mutant("without behavior the cap has its least value", "limits", "max(factor * current, minimum)", "max(factor * current, 0)"),
    Mutant("without behavior max is the reason at equal bounds", "limits", "UP_LIMIT if bounds.max > cap_now", "UP_LIMIT if bounds.max >= cap_now"),
    Mutant("without behavior min bounds", "limits", "    if desired < bounds.min:\n        return bounds.min, TOO_FEW\n", ""),
    # The order of a reconcile.
    Mutant("scaled to zero by hand stays so", "totals", "    if current == 0 and bounds.min != 0:\n        return 0\n", ""),
    Mutant("above max goes to max without metrics", "totals", "    if current > bounds.max:\n        return bounds.max\n", ""),
    Mutant("below min goes to min without metrics", "totals", "    if current < bounds.min:\n        return bounds.min\n", ""),
    Mutant("at max the metrics are asked", "totals", "    if current > bounds.max:", "    if current >= bounds.max:"),
    Mutant("at min the metrics are asked", "totals", "    if current < bounds.min:", "    if current <= bounds.min:"),
    Mutant("a failed metric forbids scaling down", "totals", "(failed == metrics or best < current)", "failed == metrics"),
    Mutant("a failed metric does not forbid staying", "totals", "best < current)", "best <= current)"),
    Mutant("when all fail nothing is done", "totals", "(failed == metrics or best < current)", "best < current"),
    Mutant("up and down are limited by their own rules", "totals", "limit = up_limit(program.up,", "limit = up_limit(program.down,"),
    Mutant("an added change is an event of scaling up", "totals", "store(memory.ups, now_s, change,", "store(memory.downs, now_s, change,"),
    Mutant("a removed change is an event of scaling down", "totals", "store(memory.downs, now_s, -change,", "store(memory.ups, now_s, -change,"),
    Mutant("the first step remembers the size it finds", "reconcile", "recommendations=((now_s, spec),)", "recommendations=()"),
    Mutant("the largest proposal wins", "reconcile", "best = max(best, measured.replicas)", "best = measured.replicas"),
    Mutant("the first failure is the reason", "reconcile", "failures[0]", "failures[-1]"),
    Mutant("a held scale-up is named so", "reconcile", "proposed >= spec", "proposed < spec"),
    Mutant("the tolerance of the object wins, upwards", "rules", "up=controller.tolerance_up if up is None else up", "up=controller.tolerance_up"),
    Mutant("the tolerance of the object wins, downwards", "rules", "down=controller.tolerance_down if down is None else down", "down=controller.tolerance_down"),
    Mutant("down defaults to the controller's window", "rules", "_DOWN, controller.downscale_stabilization_s)", "_DOWN, 0.0)"),
    Mutant("up defaults to no window", "rules", "_UP, 0.0)", "_UP, 300.0)"),
    Mutant("up defaults to 4 pods as well", "rules", "_UP = (HpaRate(percent=False, value=4, period_s=15), ", "_UP = ("),
    Mutant("the defaults last 15 seconds", "rules", "period_s=15", "period_s=60", 3),
)  # fmt: skip


@contextmanager
def mutated(mutant: Mutant | None) -> Iterator[Any]:
    """Import the HPA with one rule changed; answer its conformance module. What was imported before comes back after."""
    before = {name: module for name, module in sys.modules.items() if name.startswith(PACKAGE)}
    parent = sys.modules["plimsoll.policy"]
    package = getattr(parent, "hpa", None)
    for name in before:
        del sys.modules[name]
    finder = _Finder(mutant) if mutant else None
    if finder:
        sys.meta_path.insert(0, finder)
    try:
        yield importlib.import_module(f"{PACKAGE}.conformance")
    finally:
        if finder:
            sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
            del sys.modules[name]
        sys.modules.update(before)
        if package is not None:
            parent.hpa = package  # type: ignore[attr-defined]


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves the one module that is changed."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != f"{PACKAGE}.{self.mutant.module}":
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=self._file())

    def _file(self) -> str:
        import plimsoll.policy

        return str(Path(str(plimsoll.policy.__file__)).parent / "hpa" / f"{self.mutant.module}.py")

    def exec_module(self, module: ModuleType) -> None:
        source = Path(self._file()).read_text(encoding="utf-8")
        found = source.count(self.mutant.was)
        if found != self.mutant.count:
            raise LookupError(f"{self.mutant.rule}: its text stands {found} times in {self.mutant.module}.py")
        exec(compile(source.replace(self.mutant.was, self.mutant.becomes), self._file(), "exec"), module.__dict__)
