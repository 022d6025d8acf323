"""The sections `drivers`, `scenarios`, `events` and `planning`: the business behind the demand, and how it may grow."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from plimsoll.app.model.section import Name, Number, OneOrMany, Section, Text, Whole
from plimsoll.app.model.units import Amount, Change, Count, Seconds, Share, refused


class SyntheticSection(Section):
    """A history drawn from a seed; whatever comes from it is labeled synthetic."""

    days: Whole = Field(ge=1, description="Its length in days.")
    start: Count = Field(description="The value it begins with.")
    daily_growth: Change = Field(default=0.0, description="Growth a day.")
    yearly_season: Share = Field(default=0.0, description="Amplitude of the yearly season.")
    noise: Share = Field(default=0.0, description="Spread of the noise.")
    busy_hours: tuple[Whole, Whole] | None = Field(default=None, description="First and last busy hour of the day.")
    busy: Number = Field(default=1.0, description="Factor in busy hours.")
    quiet: Number = Field(default=1.0, description="Factor in the other hours.")
    weekday: Number = Field(default=1.0, description="Factor on weekdays.")
    weekend: Number = Field(default=1.0, description="Factor on weekends.")
    noise_range: tuple[Number, Number] | None = Field(default=None, description="Noise as a factor between two bounds.")
    seed: Whole = Field(default=1, description="The seed.")


class HistorySection(Section):
    """Where a driver's past is."""

    file: Text | None = Field(default=None, description="A CSV or Parquet file, relative to the model file.")
    time: Name | None = Field(default=None, description="The column of the times.")
    column: Name | None = Field(default=None, description="The column of the values.")
    synthetic: SyntheticSection | None = Field(default=None, description="A history drawn from a seed instead.")


class DriverSection(Section):
    """A business quantity that demand follows."""

    name: Name = Field(description="The driver's name.")
    unit: Name = Field(default="users", description="What is counted.")
    description: Text = Field(default="", description="What it is.")
    now: Count | None = Field(default=None, description="Its value at the start of the plan.")
    of: Name | None = Field(default=None, description="The driver that it follows.")
    ratio: Number = Field(default=1.0, ge=0, description="How much of it one unit of that driver makes.")
    rounding: Literal["none", "down", "up", "nearest"] = Field(
        default="none", description="Whole numbers in each period: `down` cuts the fraction."
    )
    signal: Name | None = Field(default=None, description="The signal that measures it.")
    history: HistorySection | None = Field(default=None, description="Where its past is.")


class GrowthRateSection(Section):
    """A monthly rate from a month on."""

    from_month: Whole = Field(ge=1, description="The first month, counted from 1, that grows at this rate.")
    monthly: Change = Field(description="Growth a month.")


class PointSection(Section):
    """A stated value at a time."""

    month: Whole | None = Field(default=None, ge=0, description="Months from the start.")
    at: date | None = Field(default=None, description="A date instead.")
    value: Count = Field(description="The value.")
    label: Name | None = Field(default=None, description="What the point is called: `2025Q1`.")

    @model_validator(mode="after")
    def _at_a_time(self) -> Self:
        if (self.month is None) == (self.at is None):
            raise refused("when is it? Give either its month or its date (`at`)")
        return self


class ScenarioSection(Section):
    """One course of growth."""

    name: Name = Field(description="The scenario's name, as `plan --scenario` takes it.")
    driver: Name = Field(description="The driver that grows.")
    default: bool = Field(default=False, description="Taken where none is named.")
    description: Text = Field(default="", description="What it represents.")
    monthly: Change | None = Field(default=None, description="A constant rate a month.")
    rates: tuple[GrowthRateSection, ...] = Field(
        default=(), description="Rates that change over time; the last continues."
    )
    range: tuple[Change, Change] | None = Field(
        default=None, description="Lowest and highest monthly rate; their mean is taken where no rate is given."
    )
    points: tuple[PointSection, ...] = Field(default=(), description="Stated values instead of rates.")
    interpolation: Literal["linear", "geometric", "step"] = Field(
        default="linear", description="What lies between two points; `step` holds a value until the next point."
    )
    variance: Share = Field(default=0.0, description="Spread of a month's growth, for quantiles.")
    peak: Count | None = Field(default=None, description="The highest value it may momentarily have.")
    factors: tuple[Text, ...] = Field(default=(), description="What would bring it about.")

    @model_validator(mode="after")
    def _one_course(self) -> Self:
        begin = [rate.from_month for rate in self.rates] + ([1] if self.monthly is not None else [])
        twice = next((month for month in begin if begin.count(month) > 1), None)
        if twice is not None:
            raise refused(f"two rates begin in month {twice}; which one holds?")
        if self.points and begin:
            raise refused("points state the values, and rates another course; give one of the two")
        if self.range is not None and self.range[0] > self.range[1]:
            raise refused("the lowest rate of the range comes first")
        return self


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class EventSection(Section):
    """A known change of demand, past or future: for `forecast`, `runway` and `plan`."""

    name: Name = Field(description="What it is.")
    kind: Literal["change", "changepoint", "ignore"] = Field(
        default="change", description="A change of demand; a point before which history is void; a span to leave out."
    )
    start: datetime = Field(
        description="When it begins. What began before a plan is part of its drivers' values at the start. A date or "
        "time without a zone is in `metadata.time_zone`; a plan counts in dates."
    )
    end: datetime | None = Field(
        default=None, description="When it is over: a date is the first day without it. Left out where it stays."
    )
    driver: Name | None = Field(
        default=None,
        description="The driver it changes, with what follows it: drivers of it, the signals that measure them, the "
        "demands that they drive, what is derived from these. Every series where left out.",
    )
    factor: Number = Field(default=1.0, ge=0, description="The demand is multiplied by this; 0 while closed.")
    offset: Number = Field(
        default=0.0,
        description="And this is added, in the unit of the series as it is read: 5 is five points of a percentage, "
        "0.05 of a ratio; of a counter, what it gains more in a step. In a plan, in the unit of the driver.",
    )

    @model_validator(mode="after")
    def _as_its_kind(self) -> Self:
        if self.kind != "change" and self.model_fields_set & {"factor", "offset"}:
            raise refused(f"one of kind {self.kind} has no factor and no offset, which change demand")
        if self.kind == "changepoint" and self.end is not None:
            raise refused("a changepoint has no end: history before its start is void; to leave out a span, use ignore")
        if self.kind == "ignore" and self.end is None:
            raise refused("one of kind ignore needs its end")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end is not None and _aware(self.end) == _aware(self.start):
            raise refused("it is over as it begins; the end is the first day, or moment, without it")
        if self.end is not None and _aware(self.end) < _aware(self.start):
            raise refused(f"it ends on {self.end.isoformat()}, before it starts")
        return self


class ForecastSection(Section):
    """How signals are forecast."""

    horizon: Seconds = Field(default=7776000.0, gt=0, description="How far ahead.")
    example_horizon: Seconds | None = Field(default=None, gt=0, description="A shorter horizon, shown as well.")
    intervals: tuple[Share, ...] = Field(default=(0.95, 0.8), description="Confidence of the intervals shown.")
    signals: tuple[Name, ...] = Field(default=(), description="What is forecast.")
    trend_models: tuple[Literal["linear", "quadratic"], ...] = Field(
        default=(), description="Plain trends, shown with the forecast."
    )
    growth_per: tuple[Literal["day", "month", "year"], ...] = Field(
        default=(), description="Growth is also shown per day, month of 30 days, year of 365 days."
    )
    show_r_squared: bool = Field(default=False, description="Show how much of the variance a plain trend explains.")
    holidays: Annotated[tuple[Name, ...], OneOrMany] = Field(
        default=(),
        description="Whose public holidays count, as ISO 3166 codes: `ES`, or `ES-MD` for a part of a country. Their "
        "effect is learned from each signal's own past; days are those of the model's time zone.",
    )
    advise: dict[Name, Amount] = Field(default={}, description="Advise when the forecast of a signal passes this.")


class PatternsSection(Section):
    """What is looked for in a history."""

    show: tuple[
        Literal[
            "hour",
            "weekday",
            "peak_hour",
            "peak_day",
            "peak_to_average",
            "high_variance_hours",
            "weekday_against_weekend",
        ],
        ...,
    ] = Field(default=(), description="What is shown; all of it where left out.")
    peak_buffer: Number = Field(default=1.2, ge=1, description="The factor of the scenario `peak_with_buffer`.")
    high_variance: Share = Field(default=0.8, description="Hours above this percentile of hourly spread vary much.")
    automatic: Literal["mean", "p95", "peak", "peak_with_buffer"] = Field(
        default="p95", description="What automatic scaling is sized for."
    )
    manual: Literal["mean", "p95", "peak", "peak_with_buffer"] = Field(
        default="peak_with_buffer", description="What a fixed size is chosen for."
    )
    hourly_above: Number = Field(default=3.0, description="Watch hourly when peak over trough is above this.")


class PlanningSection(Section):
    """How plans are made and shown."""

    start: date | None = Field(default=None, description="The first day of month 0; today where left out.")
    months: Whole = Field(default=12, ge=1, le=600, description="How many months a plan covers.")
    summary_months: tuple[Whole, ...] = Field(default=(), description="Months in the summary.")
    period: Literal["month", "quarter"] = Field(default="month", description="The length of one row of the plan.")
    forecast: ForecastSection = Field(
        default_factory=ForecastSection.model_construct, description="How signals are forecast."
    )
    patterns: PatternsSection = Field(
        default_factory=PatternsSection.model_construct, description="What is looked for in a history."
    )
    action_items: tuple[Text, ...] = Field(default=(), description="Steps that every plan ends with.")
