"""The section `capacity` of a component: what one replica carries, stated or to be found from tests and samples."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from plimsoll.app.model.section import Name, Number, OneOrMany, Section, Text, Whole
from plimsoll.app.model.units import Amount, Count, Share

Factor = Literal["growth", "latency_over_target"]
Point = Literal["optimal", "warning", "critical", "maximum"]
Bound = Annotated[str, StringConstraints(max_length=200, pattern=r"^\w+ *(<|>|<=|>=) *\S+$")]


class PointRuleSection(Section):
    """The first step of a load test at which any of the conditions holds, or the step with the most of something."""

    any: tuple[Bound, ...] = Field(default=(), description="First step at which any holds: `latency > 300ms`.")
    most: Literal["throughput_per_latency"] | None = Field(
        default=None, description="The step that has the most of this, instead of a first step."
    )


class DerivedPointSection(Section):
    """A load that is a factor times one of the points."""

    of: Point = Field(description="The point it derives from.")
    times: Number = Field(gt=0, description="The factor.")


class InstanceRuleSection(Section):
    """How many replicas a load takes, by the rules of a load test."""

    per: Point = Field(default="optimal", description="The load of one replica; the count is rounded up.")
    buffer_ratio: Number = Field(default=0.0, ge=0, description="Share added on top.")
    buffer_at_least: Whole = Field(default=0, ge=0, description="At least so many on top.")


class TestRulesSection(Section):
    """How operating points are read off a load test, in the form of a rules file."""

    name: Name = Field(default="model", description="What the rules are called.")
    optimal: PointRuleSection | None = Field(default=None, description="The best point to run at.")
    warning: PointRuleSection | None = Field(default=None, description="Where it begins to hurt.")
    critical: PointRuleSection | None = Field(default=None, description="Where it hurts.")
    maximum: PointRuleSection | None = Field(default=None, description="Where it fails.")
    scale_out: DerivedPointSection | None = Field(default=None, description="Load at which to add replicas.")
    scale_in: DerivedPointSection | None = Field(default=None, description="Load at which to remove replicas.")
    emergency: DerivedPointSection | None = Field(default=None, description="Load at which to act at once.")
    instances: InstanceRuleSection | None = Field(default=None, description="How many replicas a load takes.")

    def plain(self) -> dict[str, Any]:
        """Write the rules as a rules file has them."""
        plain: dict[str, Any] = self.model_dump(mode="json", exclude_none=True)
        for point in plain.values():
            if isinstance(point, dict) and point.get("any") == []:
                del point["any"]
        return plain


class LoadTestSection(Section):
    """A load test on one replica."""

    file: Text = Field(description="The result file, relative to the model file.")
    columns: dict[Name, Name] = Field(
        default={}, description="Which column is which: load, throughput, latency, errors, cpu."
    )
    rules: TestRulesSection | None = Field(default=None, description="How operating points are read off.")


class SamplesSection(Section):
    """Measured samples that a consumption model is fitted to."""

    file: Text = Field(description="A CSV file, relative to the model file.")
    columns: dict[Name, Name] = Field(default={}, description="Which column is which signal.")
    models: dict[Name, Literal["linear", "base_plus_per_unit", "exponential", "usl", "best"]] = Field(
        default={}, description="The family to fit for each signal; `best` chooses by out-of-sample error."
    )
    explains: dict[Name, Name] = Field(default={}, description="For each signal, the signal that explains it.")


class DensitySection(Section):
    """How many units fit on a resource."""

    unit: Name = Field(description="What is packed: sessions, websockets.")
    per_core: Number | None = Field(default=None, gt=0, description="Units on one core.")
    per_memory_gb: Number | None = Field(default=None, gt=0, description="Units on one GB (10^9 bytes) of memory.")
    per_process: Number | None = Field(default=None, gt=0, description="Units in one process.")


class GrowthFactorsSection(Section):
    """Rules that predict needs at a multiple of today's load."""

    default: Number = Field(default=2.0, gt=0, description="The growth factor when none is given.")
    example: Number | None = Field(default=None, gt=0, description="Another factor to show.")
    load: Annotated[tuple[Name, ...], OneOrMany] = Field(
        default=(), description="Signals that grow with the factor itself."
    )
    cpu_when_missed: Factor | None = Field(
        default=None, description="The processor's factor while the latency target is missed."
    )
    cpu_otherwise: Factor | None = Field(default=None, description="The processor's factor while it is met.")
    cache: Factor | None = Field(default=None, description="The cache's factor.")
    memory_of_cpu: Number | None = Field(
        default=None, description="Memory's factor as a share of the processor's factor."
    )
    database_when_missed: Number | None = Field(
        default=None, description="The database's factor is this times the growth while the latency target is missed."
    )
    base: dict[Name, Amount] = Field(default={}, description="What the factors multiply: cores, memory, connections.")


class SizeToSection(Section):
    """A worked sizing question: from one load to another at a target."""

    cpu: Share | None = Field(default=None, description="Processor utilization to size to.")
    memory: Amount | None = Field(default=None, description="Memory to size to.")
    latency: Amount | None = Field(default=None, description="Response time to size to.")
    cores_when_missed: Factor | None = Field(
        default=None, description="The factor of the cores where the latency target is missed."
    )
    from_: dict[Name, Amount] = Field(default={}, alias="from", description="The load now.")
    to: dict[Name, Amount] = Field(default={}, description="The load to size for.")


class CapacitySection(Section):
    """What one replica carries."""

    per_replica: Count | None = Field(
        default=None,
        gt=0,
        description="Most demand one replica serves within the SLO, in the unit and span of the demand.",
    )
    source: Text = Field(default="", description="Where the figure comes from.")
    designed_for: Count | None = Field(
        default=None, gt=0, description="Demand that the whole component was designed for."
    )
    concurrency: Count | None = Field(
        default=None, gt=0, description="Connections or commands that one replica takes at once."
    )
    density: tuple[DensitySection, ...] = Field(default=(), description="How many units fit on a resource.")
    load_test: LoadTestSection | None = Field(default=None, description="A load test on one replica.")
    samples: SamplesSection | None = Field(default=None, description="Samples for consumption models.")
    growth_factors: GrowthFactorsSection | None = Field(
        default=None, description="Rules for needs at a multiple of the load."
    )
    size_to: SizeToSection | None = Field(default=None, description="A sizing question to answer.")
