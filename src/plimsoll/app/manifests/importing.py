"""Which policies are in these files? HPA, KEDA and VPA objects, scaling policies of AWS and Nomad -> policy files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from plimsoll.app.manifests.aws import LISTS, AwsBook
from plimsoll.app.manifests.fields import Fields
from plimsoll.app.manifests.hpa import hpa_policy
from plimsoll.app.manifests.keda import keda_policy, keda_remarks
from plimsoll.app.manifests.nomad import is_nomad, nomad_policy
from plimsoll.app.manifests.spelling import spelled
from plimsoll.app.model.yaml_reader import Tree, read_file
from plimsoll.domain.errors import InputError, ModelError, NothingToAnswer
from plimsoll.domain.finding import Finding
from plimsoll.domain.imported import Imported, ImportedPolicy
from plimsoll.domain.platform_policy import HpaPolicy, KedaPolicy
from plimsoll.policy.platforms.keda import hpa_of
from plimsoll.policy.platforms.lints import both_act, hpa_lints, keda_lints

_GROUPS = {
    "HorizontalPodAutoscaler": ("autoscaling/v2", "autoscaling/v1"),
    "ScaledObject": ("keda.sh/v1alpha1",),
    "VerticalPodAutoscaler": ("autoscaling.k8s.io/v1", "autoscaling.k8s.io/v1beta2"),
}


def import_policies(paths: Sequence[Path]) -> Imported:
    """Import every autoscaler of the files.

    Raises ModelError for objects that cannot be understood, NothingToAnswer where there is none.
    """
    manifests = [manifest for path in paths for tree in read_file(path) for manifest in _objects(tree)]
    read: list[tuple[_Autoscaler, Sequence[Finding]]] = []
    faults: list[InputError] = []
    for manifest in manifests:
        try:
            read.append(_read(manifest))
        except InputError as error:
            faults.append(error)
    if faults:
        raise ModelError(faults)
    book = AwsBook([manifest for manifest in manifests if any(name in manifest.value for name in LISTS)])
    policies = [one for one, _ in read if isinstance(one, HpaPolicy | KedaPolicy)]
    vertical = [one for one, _ in read if isinstance(one, _Vertical)]
    others = [*(one for one, _ in read if isinstance(one, ImportedPolicy)), *book.imported()]
    if not policies and not vertical and not others:
        known = (*_GROUPS, "scaling policy of AWS or Nomad")
        raise NothingToAnswer(f"{', '.join(map(str, paths))}: no {', '.join(known)} in it")
    remarks = (remark for _, found in read for remark in found)
    findings = (*_findings(policies, vertical), *remarks, *book.findings)
    return Imported((*(_imported(policy) for policy in policies), *others), findings)


def _read(manifest: Fields) -> tuple[_Autoscaler, Sequence[Finding]]:
    """Read one object, and list what a replay ignores of it; None for one that is read elsewhere, or not at all."""
    _check_version(manifest)
    kind = manifest.value.get("kind")
    if kind == "HorizontalPodAutoscaler":
        return hpa_policy(manifest), ()
    if kind == "ScaledObject":
        return keda_policy(manifest), tuple(keda_remarks(manifest))
    if kind == "VerticalPodAutoscaler":
        return _Vertical(manifest), ()
    return nomad_policy(manifest) if is_nomad(manifest.value) else (None, ())


def _objects(tree: Tree) -> Iterator[Fields]:
    if tree.faults:
        raise ModelError(tree.faults)
    if not isinstance(tree.value, dict):
        return
    whole = Fields(tree, tree.value)
    if tree.value.get("kind") == "List":
        yield from whole.children("items")
    else:
        yield whole


def _check_version(manifest: Fields) -> None:
    kind, version = manifest.value.get("kind"), manifest.value.get("apiVersion")
    known = _GROUPS.get(str(kind))
    if known is not None and version not in known:
        raise manifest.error(f"{str(version)[:60]!r} of {kind} is not read; known: {', '.join(known)}", "apiVersion")


class _Vertical:
    """A VerticalPodAutoscaler: which resources it sets, on which target, and whether it acts by itself."""

    def __init__(self, manifest: Fields) -> None:
        spec = manifest.child("spec")
        self.name = manifest.child("metadata").text("name")
        self.target = spec.child("targetRef").text("name")
        self.mode = spec.child("updatePolicy").text("updateMode", "Auto")
        policies = list(spec.child("resourcePolicy").children("containerPolicies"))
        named = [one.value.get("controlledResources") for one in policies]
        listed = {str(resource) for one in named if isinstance(one, list) for resource in one}
        self.resources = frozenset(listed or {"cpu", "memory"})
        self.place = manifest.place("metadata", "name")


_Autoscaler = HpaPolicy | KedaPolicy | _Vertical | ImportedPolicy | None


def _findings(policies: Sequence[HpaPolicy | KedaPolicy], vertical: Sequence[_Vertical]) -> Iterator[Finding]:
    for policy in policies:
        yield from keda_lints(policy) if isinstance(policy, KedaPolicy) else hpa_lints(policy)
        hpa = hpa_of(policy) if isinstance(policy, KedaPolicy) else policy
        for one in vertical:
            if one.target == policy.target_name:
                yield from both_act(hpa, one.resources, one.name, one.mode)
    for one in vertical:
        text = f"VPA {one.name} (mode {one.mode}) moves requests of {one.target}, not replicas"
        yield Finding("vertical-autoscaler", text, "no policy is made of it: it is a component's `vpa`", (one.place,))


def _imported(policy: HpaPolicy | KedaPolicy) -> ImportedPolicy:
    kind = "HorizontalPodAutoscaler" if isinstance(policy, HpaPolicy) else "ScaledObject"
    file: dict[str, Any] = {"apiVersion": "plimsoll/v1", "kind": "Policy", "policy": spelled(policy)}
    return ImportedPolicy(policy.name, f"{kind} {policy.name}", file)
