"""Which policy does a word mean? One of the model, a policy file, or a shorthand such as `hpa:cpu=70%`.

Shorthands: `hpa:cpu=70%[,memory=80%][,min=2][,max=10]` is a HorizontalPodAutoscaler, `target:cpu=70%` one of ours that
holds a signal at a setpoint, `fixed:12` always that many. A policy file is YAML with `kind: Policy` and one `policy`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from plimsoll.app.model.faults import fault, spelling_hint
from plimsoll.app.model.policies import PolicySection
from plimsoll.app.model.policy_context import Context
from plimsoll.app.model.section import Section
from plimsoll.app.model.translate_policies import policy
from plimsoll.app.model.yaml_reader import Tree, read_file
from plimsoll.domain.errors import InputError, ModelError, UsageError
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.system import Component

_BOUNDS = ("min", "max")


class PolicyFile(Section):
    """A policy on its own."""

    api_version: Literal["plimsoll/v1"] = Field(alias="apiVersion", description="The version of this format.")
    kind: Literal["Policy"] = Field(description="What the file describes.")
    policy: PolicySection = Field(description="The policy.")


def split_words(text: str) -> tuple[str, ...]:
    """Split a list of policies at its commas; `key=value` goes on with the shorthand before it.

    >>> split_words("current,hpa:cpu=70%,memory=80%,fixed:3")
    ('current', 'hpa:cpu=70%,memory=80%', 'fixed:3')
    """
    words: list[str] = []
    for part in text.split(","):
        if words and "=" in part and ":" not in part:
            words[-1] += f",{part}"
        elif part.strip():
            words.append(part.strip())
    return tuple(words)


def named_policy(word: str, component: Component) -> AnyPolicy:
    """Find the policy that a word means for a component.

    Raises UsageError where it means none, ModelError where a policy file or a shorthand is wrong.
    """
    own = component.policy(word)
    if own is not None:
        return own
    kind, colon, rest = word.partition(":")
    if colon and kind in _SHORTHANDS:
        return _checked({"name": word, **_shorthand(kind, rest)}, word, component)
    if "/" in word or word.endswith((".yaml", ".yml")) or Path(word).is_file():
        return policy_file(Path(word), component)
    names = [item.name for item in component.policies]
    hint = spelling_hint(word, names) or "; the component has none"
    raise UsageError(f"{word[:60]!r} is no policy of {component.name}, no file and no shorthand{hint}")


def policy_file(path: Path, component: Component) -> AnyPolicy:
    """Read a policy file for a component, whose bounds, capacity and start-up time fill in what it leaves out."""
    trees = read_file(path)
    if len(trees) != 1:
        raise InputError("is to hold one policy", Tree(str(path)).place(()))
    tree = trees[0]
    faults: list[InputError] = list(tree.faults)
    try:
        file = PolicyFile.model_validate(tree.value)
    except ValidationError as error:
        raise ModelError([*faults, *(fault(item, tree, PolicyFile) for item in error.errors())]) from None
    result = policy(file.policy, Context(component, tree, faults, ("policy",)))
    if faults:
        raise ModelError(faults)
    return result


def _shorthand(kind: str, rest: str) -> dict[str, Any]:
    if kind == "fixed":
        return {"limits": {"min": rest, "max": rest}}
    pairs = dict(part.partition("=")[::2] for part in rest.split(",") if part)
    bounds = {key: value for key, value in pairs.items() if key in _BOUNDS}
    others = {key: value for key, value in pairs.items() if key not in _BOUNDS}
    if kind == "hpa":
        resources = {key: value for key, value in others.items() if key in ("cpu", "memory")}
        pods = {key: value for key, value in others.items() if key not in resources}
        return {"hpa": {**resources, **bounds, **({"pods": pods} if pods else {})}}
    targets = [{"signal": key, "setpoint": value} for key, value in others.items()]
    return {"limits": bounds, "targets": targets}


def _checked(plain: dict[str, Any], word: str, component: Component) -> AnyPolicy:
    tree = Tree(word, value=plain)
    faults: list[InputError] = []
    try:
        section = PolicySection.model_validate(plain)
    except ValidationError as error:
        raise ModelError([fault(item, tree, PolicySection) for item in error.errors()]) from None
    result = policy(section, Context(component, tree, faults))
    if faults:
        raise ModelError(faults)
    return replace(result, name=word)


_SHORTHANDS = frozenset({"hpa", "target", "fixed"})
