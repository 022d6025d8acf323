"""The sections `sources`, `signals` and `scrape`: where metrics come from and what they are called."""

from typing import Literal

from pydantic import Field

from plimsoll.app.model.secrets import SafeQuery, SafeUrl, Secret
from plimsoll.app.model.section import Name, Section, Text, TimeZone, Whole
from plimsoll.app.model.units import Amount, Seconds


class SourceSection(Section):
    """One place that series are read from."""

    name: Name = Field(description="The source's name.")
    kind: Literal[
        "prometheus", "csv", "parquet", "host", "app_json", "health", "postgres", "kubernetes", "docker", "billing"
    ] = Field(description="What it is.")
    url: SafeUrl | None = Field(default=None, description="Its address, without a password in it.")
    file: Text | None = Field(default=None, description="A file, relative to the model file.")
    dsn: Secret | None = Field(default=None, description="Connection string, as env:NAME or file:PATH.")
    headers: dict[Name, Text] = Field(default={}, description="Headers; a secret value as env:NAME or file:PATH.")
    token: Secret | None = Field(default=None, description="Bearer token, as env:NAME or file:PATH.")
    user: Name | None = Field(default=None, description="User name.")
    password: Secret | None = Field(default=None, description="Password, as env:NAME or file:PATH.")
    ca_file: Text | None = Field(default=None, description="Certificates to trust.")
    timeout: Seconds = Field(default=30.0, gt=0, description="Deadline of one read.")
    time_zone: TimeZone | None = Field(default=None, description="The zone of times that carry none in a file.")
    time: Name | None = Field(default=None, description="The column of the times.")
    processes: tuple[Name, ...] = Field(default=(), description="Processes to watch by name.")
    directories: tuple[Text, ...] = Field(default=(), description="Directories whose size is watched.")
    tables: tuple[Name, ...] = Field(default=(), description="Tables whose size is watched.")


class DerivedSection(Section):
    """A signal computed from another: base + slope x value, held between two bounds."""

    of: Name = Field(
        description="The driver or signal it follows, or the unit of its component's demand. What follows the demand"
        " feeds policies in a replay: per replica, or all for a total."
    )
    base: Amount | None = Field(default=None, description="Its value at zero.")
    slope: Amount = Field(description="Its growth with one unit.")
    min: Amount | None = Field(default=None, description="Never below this.")
    max: Amount | None = Field(default=None, description="Never above this.")


class SignalSection(Section):
    """One series, or one set of series."""

    name: Name = Field(description="The signal's name; other sections refer to it.")
    source: Name | None = Field(default=None, description="The source that it is read from.")
    query: SafeQuery = Field(default="", description="In the source's language: PromQL, a column, a JSON pointer.")
    component: Name | None = Field(default=None, description="The component that it is about.")
    group: Name | None = Field(default=None, description="application, system, database or business.")
    unit: Text = Field(default="", description="The unit of its values: ratio, percent, seconds, bytes, count.")
    kind: Literal["gauge", "ratio", "percent", "count", "bytes", "rate", "counter", "seconds", "unknown"] = Field(
        default="unknown", description="What sort of number it is; bounds follow from it."
    )
    form: Literal["average", "total", "level"] | None = Field(
        default=None, description="Per replica, of the whole fleet, or neither."
    )
    derived: DerivedSection | None = Field(default=None, description="Computed from another one instead of read.")
    description: Text = Field(default="", description="What it measures.")


class ScrapeJobSection(Section):
    """One scrape job."""

    name: Name = Field(description="The job's name.")
    component: Name | None = Field(default=None, description="The component that it scrapes.")
    port: Whole = Field(ge=1, le=65535, description="The port of the metrics.")
    path: Text = Field(default="/metrics", description="The path of the metrics.")
    every: Seconds | None = Field(default=None, gt=0, description="How often; as the others where left out.")
    targets: tuple[Text, ...] = Field(default=(), description="Hosts; the job's name where left out.")


class ScrapeSection(Section):
    """How metrics are scraped, for generated settings."""

    every: Seconds = Field(default=15.0, gt=0, description="How often.")
    evaluate_every: Seconds = Field(default=15.0, gt=0, description="How often rules are evaluated.")
    jobs: tuple[ScrapeJobSection, ...] = Field(default=(), description="The jobs.")
