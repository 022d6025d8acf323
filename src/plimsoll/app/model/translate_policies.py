"""How does a policy in the file become a `domain.policy` or a `domain.platform_policy`?

Values that a policy leaves out come from its component: minimum, maximum, start-up time, capacity and health check.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.app.model import policy_proposals as proposals
from plimsoll.app.model import policy_restraints as restraints
from plimsoll.app.model.policies import PolicySection
from plimsoll.app.model.policy_context import Context
from plimsoll.app.model.translate_platforms import Bounds, platform_policy
from plimsoll.app.model.translate_priced import priced_policy
from plimsoll.app.model.units import Amount
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Axis, ConfidenceRule, Policy
from plimsoll.domain.policy_proposals import Form, SignalUse
from plimsoll.domain.quantity import Dimension
from plimsoll.policy.refusals import refusals

PLATFORMS = frozenset({"hpa", "keda", "aws_target_tracking", "aws_step_scaling", "nomad", "priced"})
_LEVEL_WORDS = frozenset({"latency", "error", "errors", "p50", "p90", "p95", "p99", "hit"})
_TOTAL_WORDS = frozenset({"depth", "backlog", "lag"})
_STALE_AFTER_S = 120.0


def policy(section: PolicySection, context: Context) -> AnyPolicy:
    """Translate one policy of a component."""
    kinds = [kind for kind in sorted(PLATFORMS) if getattr(section, kind) is not None]
    if not kinds:
        return _own(section, context)
    if len(kinds) > 1:
        context.fault(f"is of more than one kind: {', '.join(kinds)}")
    for key in sorted(section.model_fields_set - {"name", "note", *PLATFORMS}):
        context.fault(f"is not for a policy of the kind {kinds[0]}, which goes by its platform's own rules", key)
    if kinds[0] == "priced":
        return priced_policy(section, _bounds(section, "priced", context), context)
    return platform_policy(section, kinds[0], _bounds(section, kinds[0], context), context)


def _bounds(section: PolicySection, kind: str, context: Context) -> Bounds:
    own, replicas = getattr(section, kind), context.component.replicas
    least = own.min if own.min is not None else replicas.min
    most = own.max if own.max is not None else replicas.max or restraints.UNBOUNDED
    if least > most:
        restraints.faulty_bounds(kind, own, (least, most), context)
    return Bounds(least, most)


def _own(section: PolicySection, context: Context) -> Policy:
    before = len(context.faults)
    found = _translated(section, context)
    if len(context.faults) == before:
        context.faults.extend(refusals(found))
    return found


def _translated(section: PolicySection, context: Context) -> Policy:
    return Policy(
        name=section.name,
        limits=restraints.limits(section, context),
        signals=tuple(_signals(section)),
        axis=Axis(section.axis),
        evaluate_every_s=section.every,
        triggers=proposals.triggers(section, context),
        targets=proposals.targets(section, context),
        step_tables=proposals.step_tables(section, context),
        queues=proposals.queues(section, context),
        schedules=restraints.schedules(section, context),
        peaks=restraints.peaks(section, context),
        predictive=proposals.predictive(section, context),
        stabilization=restraints.stabilization(section, context),
        cooldowns=restraints.cooldowns(section),
        rates=restraints.rates(section, context),
        pauses=restraints.pauses(section),
        drop_guard=restraints.drop_guard(section, context),
        reversal_guard=restraints.reversal_guard(section),
        health_guard=restraints.health_guard(section),
        corroboration=restraints.corroboration(section, context),
        confidence=ConfidenceRule(**dict(section.confidence)),
        after=section.after or "",
        place=context.place(),
    )


def _signals(section: PolicySection) -> Iterator[SignalUse]:
    """Name every signal that the rules read, each once, with its form: declared, or the usual one for its name."""
    declared = {item.name: item for item in section.signals}
    seen: dict[str, Dimension] = {}
    for name, dimension in _used(section):
        seen.setdefault(name, dimension)
    for name, dimension in seen.items():
        use = declared.get(name)
        form = Form(use.form) if use and use.form else usual_form(name, dimension)
        yield SignalUse(name, form, dimension.value, use.stale_after if use else _STALE_AFTER_S)


def usual_form(name: str, dimension: Dimension) -> Form:
    """Return how a signal of this name relates to the number of replicas, where the file does not say.

    >>> usual_form("cpu", Dimension.RATIO).value, usual_form("error_rate", Dimension.RATIO).value
    ('average', 'level')
    """
    words = frozenset(name.lower().replace("-", "_").split("_"))
    if dimension is Dimension.TIME or words & _LEVEL_WORDS:
        return Form.LEVEL
    return Form.TOTAL if words & _TOTAL_WORDS else Form.AVERAGE


def _used(section: PolicySection) -> Iterator[tuple[str, Dimension]]:
    for rule in (*section.scale_out, *section.scale_in):
        if rule.signal is not None:
            yield rule.signal, _dimension(rule.above, rule.below)
        for part in (*rule.any, *rule.all):
            yield part.signal, _dimension(part.above, part.below)
    for target in section.targets:
        yield target.signal, target.setpoint.dimension
    for table in section.step_tables:
        yield table.signal, table.threshold.dimension
    for part in section.corroboration:
        yield part.signal, _dimension(part.above, part.below)
    for queue in section.queues:
        yield queue.depth, Dimension.COUNT
        if queue.arrivals:
            yield queue.arrivals, Dimension.PER_SECOND
    if section.drop_guard:
        yield section.drop_guard.signal, Dimension.COUNT
    if section.predictive:
        yield section.predictive.demand, Dimension.COUNT


def _dimension(above: Amount | None, below: Amount | None) -> Dimension:
    threshold = above or below
    return threshold.dimension if threshold else Dimension.COUNT
