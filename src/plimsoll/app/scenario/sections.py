"""What may stand in a scenario file? A policy, and tests: where it starts, what is observed, what is expected."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from plimsoll.app.model.policies import PolicySection
from plimsoll.app.model.section import Name, Section, Text, Whole
from plimsoll.app.model.units import Seconds
from plimsoll.domain.decision import Action, Guard, Reason


class ExpectationSection(Section):
    """What one decision is to be; what is left out may be anything."""

    at: Seconds = Field(ge=0, description="Time since the start.")
    replicas: Whole | None = Field(default=None, description="The count decided.")
    action: Action | None = Field(default=None, description="scale_out, scale_in or hold.")
    because: Reason | None = Field(default=None, description="One of its reasons.")
    rule: Name | None = Field(default=None, description="The rule that one of its reasons names.")
    bound_by: Guard | Literal["nothing"] | None = Field(default=None, description="The guard that bound, or `nothing`.")


class NeverSection(Section):
    """What is never to happen in a test."""

    action: Action | None = Field(default=None, description="No decision is this.")
    below: Whole | None = Field(default=None, description="Never fewer than this.")
    above: Whole | None = Field(default=None, description="Never more than this.")


class ScenarioSection(Section):
    """One test: a run of observations and what is expected of the decisions."""

    name: Name = Field(description="What it shows.")
    start: datetime = Field(default=datetime(2026, 1, 5), description="When it starts; UTC without a zone.")  # noqa: DTZ001
    replicas: Whole = Field(ge=0, description="The count it starts from.")
    every: Seconds | None = Field(default=None, gt=0, description="Time between steps; the policy's own if not given.")
    observe: dict[Name, Text] = Field(description="Each signal's samples, one a step: `50%x10 80%x20 _x3`.")
    fleet: dict[Literal["ready", "starting", "unhealthy", "rolling_out"], Text] = Field(
        default={}, description="The fleet, where it is not simply ready as decided."
    )
    exhausted: tuple[Name, ...] = Field(default=(), description="Other policies, which stand at their maximum.")
    forecast: Text | None = Field(default=None, description="The forecast demand over the lead time.")
    forecast_for_now: Text | None = Field(default=None, description="What was forecast for each step.")
    expect: tuple[ExpectationSection, ...] = Field(default=(), description="What is expected, at which times.")
    never: NeverSection | None = Field(default=None, description="What is never to happen.")


class ScenarioFile(Section):
    """Tests of one policy."""

    api_version: Literal["plimsoll/v1"] = Field(alias="apiVersion", description="The version of this format.")
    kind: Literal["PolicyTest"] = Field(description="What the file describes.")
    policy: PolicySection | None = Field(default=None, description="The policy, written out.")
    policy_file: Text | None = Field(default=None, description="Or the file that holds it, relative to this one.")
    tests: tuple[ScenarioSection, ...] = Field(min_length=1, description="The tests.")
