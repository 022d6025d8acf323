"""How does a policy become a file? The form that `replay --compare FILE` and a model's `policies` read back.

Values of the component (capacity, SLO, start-up time) are not written: with the same model the file has the same
meaning. Every number reads back unchanged.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from plimsoll.app.manifests.spelling import hpa_form, plain_share, plain_time
from plimsoll.app.model.document import API_VERSION
from plimsoll.app.model.showing import yaml_form
from plimsoll.domain.errors import UsageError
from plimsoll.domain.platform_policy import HpaPolicy
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.priced_policy import Account, Learning, PricedPolicy
from plimsoll.domain.suggestion import Suggestion


def policy_text(policy: AnyPolicy, remarks: tuple[str, ...]) -> str:
    """Write a policy file; `remarks` stand on top as comments.

    Raises UsageError for a kind of policy that cannot be written.
    """
    plain = {"apiVersion": API_VERSION, "kind": "Policy", "policy": {"name": policy.name, **_kind(policy)}}
    return "".join(f"# {line}\n" for line in remarks) + yaml_form(plain)


def suggestion_text(document: Suggestion, policy: AnyPolicy, word: str | None) -> str | None:
    """Write the policy that a suggestion ends with, its verdict on top.

    `word` is the caller's name of the current policy: if that policy is kept and comes from a file, the file's own text
    is written. None if it comes from the model, in a form that only a model can have.
    """
    remarks = (
        f"{document.verdict.value} for {document.trace} on {document.component}: {document.reason}.",
        f"Goal: {document.goal}. Learned on the first {document.learned_steps} steps.",
    )
    if isinstance(policy, PricedPolicy | HpaPolicy):
        return policy_text(policy, remarks)
    if word is None or not Path(word).is_file():
        return None
    return "".join(f"# {line}\n" for line in remarks) + Path(word).read_text(encoding="utf-8")


def _kind(policy: AnyPolicy) -> dict[str, Any]:
    if isinstance(policy, PricedPolicy):
        return {"priced": _priced(policy)}
    if isinstance(policy, HpaPolicy):
        return {"hpa": hpa_form(policy)}
    raise UsageError(f"policy {policy.name} is written already, in the model or its own file: keep that")


def _priced(policy: PricedPolicy) -> dict[str, Any]:
    usual, learning = Learning(), policy.learning
    names = Learning.__slots__
    changed = {name: getattr(learning, name) for name in names if getattr(learning, name) != getattr(usual, name)}
    form: dict[str, Any] = {
        "price": policy.price,
        "min": policy.min,
        "max": policy.max,
        "slack": plain_share(policy.slack_ratio),
        "change_cost": policy.change_cost,
        "window": plain_time(policy.window_s),
        "every": plain_time(policy.every_s),
        "seasons": [{"period": plain_time(season.period_s), "weight": season.weight} for season in policy.seasons],
        **(_account(policy.account) if policy.account else {}),
    }
    if changed:
        form["learning"] = {key: list(value) if isinstance(value, tuple) else value for key, value in changed.items()}
    return form


def _account(account: Account) -> dict[str, Any]:
    form: dict[str, Any] = {"gain": account.gain}
    if account.reference is not None:
        form |= {"reference": hpa_form(account.reference), "spend": plain_share(account.spend_ratio)}
    if account.miss_ratio is not None:
        form["misses"] = plain_share(account.miss_ratio)
    if account.opens_at_s is not None:
        form["opens"] = datetime.fromtimestamp(account.opens_at_s, UTC).isoformat().replace("+00:00", "Z")
    return form
