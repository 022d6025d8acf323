"""The root of the model file."""

from typing import Annotated, Literal

from pydantic import Field

from plimsoll.app.model.alerts import AlertsSection
from plimsoll.app.model.bands import AssessSection, BandSection
from plimsoll.app.model.components import ComponentSection
from plimsoll.app.model.drivers import DriverSection, EventSection, PlanningSection, ScenarioSection
from plimsoll.app.model.limits import LimitSection
from plimsoll.app.model.prices import BudgetSection, CostReviewSection, PhaseSection, PricesSection
from plimsoll.app.model.recovery import RecoverySection
from plimsoll.app.model.reports import DashboardSection, ReportSection, ReviewSection
from plimsoll.app.model.section import Name, OneOrMany, Section, Text, TimeZone
from plimsoll.app.model.signals import ScrapeSection, SignalSection, SourceSection
from plimsoll.app.model.slos import ObjectiveSection
from plimsoll.app.model.tiers import ReadinessSection, TierSection, TransitionSection

API_VERSION = "plimsoll/v1"


class MetadataSection(Section):
    """What the system is called and whose it is."""

    name: Name = Field(description="The system's name.")
    description: Text = Field(default="", description="What it is, in a sentence.")
    owner: Name | None = Field(default=None, description="Who answers for it.")
    labels: dict[Name, Text] = Field(default={}, description="Labels of your own.")
    time_zone: TimeZone = Field(
        default="UTC",
        description="The zone in which hours of the day, days and holidays are counted, as an IANA name. Times without "
        "a zone in a file are UTC, or in the zone of their source or of `--tz`.",
    )
    aims: tuple[Text, ...] = Field(default=(), description="What the planning is for, beside the SLOs.")


class ModelFile(Section):
    """A model file: one system from metrics to policy."""

    api_version: Literal["plimsoll/v1"] = Field(alias="apiVersion", description="The version of this format.")
    kind: Literal["System"] = Field(description="What the file describes.")
    metadata: MetadataSection = Field(description="What the system is called and whose it is.")
    include: Annotated[tuple[Text, ...], OneOrMany] = Field(default=(), description="Further files of this model.")
    components: tuple[ComponentSection, ...] = Field(default=(), description="The parts of the system.")
    drivers: tuple[DriverSection, ...] = Field(default=(), description="The business quantities behind the demand.")
    scenarios: tuple[ScenarioSection, ...] = Field(default=(), description="Possible courses of growth.")
    events: tuple[EventSection, ...] = Field(default=(), description="Known changes of demand.")
    planning: PlanningSection = Field(
        default_factory=PlanningSection.model_construct, description="How plans are made and shown."
    )
    sources: tuple[SourceSection, ...] = Field(default=(), description="Where series are read from.")
    signals: tuple[SignalSection, ...] = Field(default=(), description="The series, by name.")
    scrape: ScrapeSection | None = Field(default=None, description="How metrics are scraped.")
    limits: tuple[LimitSection, ...] = Field(default=(), description="How far resources may go.")
    slos: tuple[ObjectiveSection, ...] = Field(default=(), description="Objectives over a window.")
    bands: tuple[BandSection, ...] = Field(default=(), description="What is good and what is bad.")
    assess: AssessSection = Field(default_factory=AssessSection.model_construct, description="When action is needed.")
    tiers: tuple[TierSection, ...] = Field(default=(), description="The system in a few sizes, smallest first.")
    transitions: tuple[TransitionSection, ...] = Field(default=(), description="The way from tier to tier.")
    readiness: ReadinessSection = Field(
        default_factory=ReadinessSection.model_construct, description="When to get ready for the next tier."
    )
    prices: PricesSection | None = Field(default=None, description="What things cost.")
    budget: BudgetSection | None = Field(default=None, description="What it may cost.")
    cost_review: CostReviewSection | None = Field(default=None, description="How costs are reviewed.")
    roadmap: tuple[PhaseSection, ...] = Field(default=(), description="What is done by when.")
    alerts: AlertsSection = Field(
        default_factory=AlertsSection.model_construct, description="Who is notified of what, and when."
    )
    reports: tuple[ReportSection, ...] = Field(default=(), description="Reports by period.")
    reviews: tuple[ReviewSection, ...] = Field(default=(), description="Reviews by people.")
    dashboards: tuple[DashboardSection, ...] = Field(default=(), description="Dashboards to generate.")
    recovery: RecoverySection = Field(
        default_factory=RecoverySection.model_construct, description="Promises after a loss, and backups."
    )

    def all_limits(self) -> tuple[LimitSection, ...]:
        """List the limits of every component, each with its component's name, then those that stand at the top."""
        own = (
            limit.model_copy(update={"component": component.name})
            for component in self.components
            for limit in component.limits
        )
        return (*own, *self.limits)
