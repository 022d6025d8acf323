"""Where does a valid model contradict itself? Findings, each with how the contradiction is resolved.

Each check is one small function over the file's sections; a check that needs a number that the file does not give finds
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from plimsoll.app.model.components import ComponentSection
from plimsoll.app.model.document import ModelFile
from plimsoll.app.model.policies import PolicySection
from plimsoll.app.model.yaml_reader import FieldPath, Tree
from plimsoll.domain.finding import Finding
from plimsoll.domain.quantity import format_duration

Check = Callable[[ModelFile, Tree], Iterator[Finding]]


def findings(file: ModelFile, tree: Tree) -> tuple[Finding, ...]:
    """Run every check over a model, in the order of the file."""
    found = [finding for check in _CHECKS for finding in check(file, tree)]
    return tuple(sorted(found, key=lambda item: (item.places[0].line or 0) if item.places else 0))


def _policies(file: ModelFile) -> Iterator[tuple[ComponentSection, PolicySection, FieldPath]]:
    for index, component in enumerate(file.components):
        for position, policy in enumerate(component.policies):
            yield component, policy, ("components", index, "policies", position)


def _schedule_below_minimum(file: ModelFile, tree: Tree) -> Iterator[Finding]:
    for component, policy, path in _policies(file):
        least = policy.limits.min if policy.limits.min is not None else component.replicas.min
        for index, schedule in enumerate(policy.schedules):
            if schedule.min is not None and schedule.min < least:
                spot = (*path, "schedules", index, "min")
                message = (
                    f"schedule at {schedule.at} allows {schedule.min}, policy {policy.name!r} no fewer than {least}"
                )
                places = (tree.place(spot), tree.place((*path, "limits", "min")))
                yield Finding("schedule-below-minimum", message, f"the stricter wins: {least}", places)


def _maximum_below_need(file: ModelFile, tree: Tree) -> Iterator[Finding]:
    for component, policy, path in _policies(file):
        kind = next((key for key in ("hpa", "keda") if getattr(policy, key) is not None), None)
        inner = getattr(policy, kind) if kind else policy.limits
        most = inner.max if inner.max is not None else component.replicas.max
        if most is None or policy.axis != "replicas":
            continue
        for name, need, place_path in _needs(file, component):
            if need > most:
                message = f"policy {policy.name!r} stops at {most}, {name} needs {need} replicas of {component.name}"
                places = (tree.place((*path, kind or "limits", "max")), tree.place(place_path))
                yield Finding("maximum-below-need", message, "the plan shows the need and marks it blocked", places)


def _needs(file: ModelFile, component: ComponentSection) -> Iterator[tuple[str, int, FieldPath]]:
    position = file.components.index(component)
    for index, size in enumerate(component.sizes):
        if size.replicas is not None:
            yield f"size {size.name}", size.replicas, ("components", position, "sizes", index, "replicas")
    for index, tier in enumerate(file.tiers):
        part = tier.components.get(component.name)
        if part is not None and part.replicas is not None:
            yield f"tier {tier.name}", part.replicas, ("tiers", index, "components", component.name, "replicas")


def _backup_misses_rpo(file: ModelFile, tree: Tree) -> Iterator[Finding]:
    recovery = file.recovery
    for index, promise in enumerate(recovery.classes):
        kept = [
            (position, backup) for position, backup in enumerate(recovery.backups) if backup.protects == promise.name
        ]
        if promise.rpo is None or any(backup.kind in ("continuous", "on_change") for _, backup in kept):
            continue
        timed = [(backup.every, position) for position, backup in kept if backup.every is not None]
        place = tree.place(("recovery", "classes", index, "rpo"))
        if not timed:
            yield Finding("no-backup", f"no backup protects {promise.name}, which promises an RPO", "", (place,))
            continue
        every, position = min(timed)
        if every > promise.rpo:
            lost, allowed = format_duration(every), format_duration(promise.rpo)
            message = f"backups of {promise.name} every {lost} may lose {lost} of work; its RPO is {allowed}"
            other = tree.place(("recovery", "backups", position, "every"))
            yield Finding("backup-misses-rpo", message, "", (other, place))


def _transition_after_readiness(file: ModelFile, tree: Tree) -> Iterator[Finding]:
    tiers = {tier.name: tier for tier in file.tiers}
    for index, transition in enumerate(file.transitions):
        tier = tiers.get(transition.from_)
        for driver, start in transition.starts_at.items():
            enough = tier.up_to.get(driver) if tier else None
            if enough is None or start <= enough * file.readiness.act_at:
                continue
            ready = enough * file.readiness.act_at
            message = (
                f"the transition from {transition.from_} is to start at {start:g} {driver}, "
                f"but the tier carries {enough:g} and readiness asks to act at {ready:g}"
            )
            places = (
                tree.place(("transitions", index, "starts_at", driver)),
                tree.place(("tiers", file.tiers.index(tiers[transition.from_]), "up_to", driver)),
            )
            yield Finding("transition-after-readiness", message, "readiness decides", places)


def _two_autoscalers(file: ModelFile, tree: Tree) -> Iterator[Finding]:
    for component, policy, path in _policies(file):
        vpa, hpa = component.vpa, policy.hpa
        if vpa is None or hpa is None or vpa.mode not in ("Auto", "Recreate"):
            continue
        both = [name for name in ("cpu", "memory") if getattr(hpa, name) is not None and name in vpa.resources]
        if both:
            position = file.components.index(component)
            message = f"HPA {policy.name!r} and the VPA in mode {vpa.mode} both act on {' and '.join(both)}: they fight"
            places = (tree.place(("components", position, "vpa")), tree.place((*path, "hpa")))
            yield Finding("two-autoscalers", message, "generate one of them", places)


def _exclusive_options(file: ModelFile, tree: Tree) -> Iterator[Finding]:
    review = file.cost_review
    options = {option.name: index for index, option in enumerate(review.options)} if review else {}
    for option in review.options if review else ():
        for other in option.excludes:
            if other in options and options[option.name] < options[other]:
                message = f"{option.name} and {other} exclude each other for one instance"
                places = tuple(tree.place(("cost_review", "options", options[name])) for name in (option.name, other))
                yield Finding("exclusive-options", message, "their savings are never added", places)


def _addition_without_price(file: ModelFile, tree: Tree) -> Iterator[Finding]:
    for name, group in file.prices.groups.items() if file.prices else ():
        for index, addition in enumerate(group.additions):
            if addition.each is None:
                message = f"{addition.quantity:g} {addition.what} are added without a price"
                place = tree.place(("prices", "groups", name, "additions", index))
                yield Finding("addition-without-price", message, "the plan leaves their cost out and says so", (place,))


def _rows_out_of_order(file: ModelFile, tree: Tree) -> Iterator[Finding]:
    yield from _out_of_order("tier", [(tier.name, tier.up_to) for tier in file.tiers], ("tiers",), tree)
    for position, component in enumerate(file.components):
        sizes = [(size.name, size.up_to) for size in component.sizes]
        yield from _out_of_order("size", sizes, ("components", position, "sizes"), tree)


def _out_of_order(
    what: str, rows: Sequence[tuple[str, Mapping[str, float]]], path: FieldPath, tree: Tree
) -> Iterator[Finding]:
    for index, ((before, smaller), (name, larger)) in enumerate(pairwise(rows)):
        for driver in sorted(smaller.keys() & larger.keys()):
            if larger[driver] <= smaller[driver]:
                message = f"{what} {name!r} is enough for no more {driver} than {before!r} before it"
                place = tree.place((*path, index + 1, "up_to"))
                yield Finding(f"{what}s-out-of-order", message, "the first that is enough is taken", (place,))


def _gap_between_bands(file: ModelFile, tree: Tree) -> Iterator[Finding]:
    for index, band in enumerate(file.bands):
        ranges = sorted(
            ((low.value if low else float("-inf"), high.value if high else float("inf"), name))
            for name, (low, high) in band.levels.items()
        )
        for (_, end, name), (start, _, following) in pairwise(ranges):
            if end != start:
                what = "overlap" if end > start else "leave a gap"
                message = f"bands {name!r} and {following!r} of {band.signal} {what}"
                place = tree.place(("bands", index, "levels", following))
                yield Finding("bands-not-adjacent", message, "the first that holds is taken", (place,))


_CHECKS: tuple[Check, ...] = (
    _schedule_below_minimum,
    _maximum_below_need,
    _two_autoscalers,
    _rows_out_of_order,
    _gap_between_bands,
    _transition_after_readiness,
    _backup_misses_rpo,
    _exclusive_options,
    _addition_without_price,
)
