"""A policy that buys replicas by what they are worth, as a model file or a policy file writes it."""

from datetime import UTC, datetime

from pydantic import Field

from plimsoll.app.model.platform_policies import HpaSection
from plimsoll.app.model.section import Name, Number, Section, Whole
from plimsoll.app.model.units import Seconds, Share


class SeasonSection(Section):
    """One period of the demand."""

    period: Seconds = Field(gt=0, description="Its length.")
    weight: Number = Field(default=0.3, ge=0, description="Weight of the errors made at the same place of its rounds.")


class LearningSection(Section):
    """How forecast and errors are learned; what is left out is as shipped."""

    smoothings: tuple[Number, ...] = Field(
        default=(0.3, 0.1, 0.03), min_length=1, max_length=8, description="Rates of the averages regressed on."
    )
    forgetting: Number = Field(default=0.9998, gt=0, le=1, description="What the regression keeps from step to step.")
    ridge: Number = Field(default=1.0, gt=0, description="How strongly it begins at persistence.")
    clip: Number = Field(default=2.5, gt=0, description="Largest error it learns from, in typical errors.")
    spread_rate: Number = Field(default=0.1, gt=0, le=1, description="Rate at which the typical error follows.")
    recent: Whole = Field(default=60, ge=1, le=4096, description="Steps of recent errors.")
    recent_weight: Number = Field(default=0.2, ge=0, description="Their weight.")
    long_run_weight: Number = Field(default=0.3, ge=0, description="Weight of the errors of the long run.")
    tail_weight: Number = Field(default=0.03, ge=0, description="Weight of a heavy tail, for what was never seen.")
    tail_exponent: Number = Field(default=3.0, gt=0, description="Its exponent.")
    rounds: Whole = Field(default=10, ge=1, le=100, description="Remembered rounds of a season.")


class PricedSection(Section):
    """Buys replicas while the next one keeps more load inside the SLO than its price, in loads of one replica."""

    price: Number = Field(gt=0, le=4, description="The price of a replica for one step, where it begins.")
    demand: Name = Field(default="demand", description="The signal of the demand.")
    seasons: tuple[SeasonSection, ...] = Field(default=(), max_length=8, description="Periods of the demand.")
    reference: HpaSection | None = Field(
        default=None, description="An HPA on cpu that is run along; its replica-hours are what may be spent."
    )
    spend: Share = Field(default=0.995, gt=0, description="The share of the reference's replica-hours to spend.")
    misses: Share | None = Field(default=None, gt=0, description="The share of load outside the SLO to hold instead.")
    opens: datetime | None = Field(default=None, description="When the account opens; UTC where no zone is written.")
    gain: Number = Field(default=5.0, ge=0, description="How fast the price moves.")
    slack: Share = Field(default=0.04, description="Scale-in of less than this share of the count waits.")
    change_cost: Number = Field(
        default=0.0, ge=0, description="What a change must gain, as a share of what the fleet carries."
    )
    window: Seconds = Field(default=0.0, ge=0, description="Scale in to the most that was wanted in this time.")
    every: Seconds = Field(default=60.0, gt=0, description="How often it decides; in a replay, each step.")
    min: Whole | None = Field(default=None, ge=0, description="Never fewer.")
    max: Whole | None = Field(default=None, ge=1, description="Never more.")
    learning: LearningSection = Field(default_factory=LearningSection.model_construct, description="How it learns.")


def epoch_s(moment: datetime | None) -> float | None:
    """Return epoch seconds; a time without a zone is UTC."""
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
