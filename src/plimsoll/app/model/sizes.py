"""Tables of sizes, and resources that grow by themselves."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from plimsoll.app.model.section import Name, Section, Text, Whole
from plimsoll.app.model.units import Amount, Bytes, Change, Cores, Count


def _in_demand_unit(value: Any) -> Any:
    return value if isinstance(value, dict) else {"demand": value}


UpTo = Annotated[dict[Name, Count], BeforeValidator(_in_demand_unit)]


class SizeSection(Section):
    """One row of a table of sizes."""

    name: Name = Field(description="What the size is called.")
    up_to: UpTo = Field(description="The most it is enough for: a demand, or several by driver; all must hold.")
    replicas: Whole | None = Field(
        default=None, ge=0, description="Replicas at this size; the least there may be where left out."
    )
    cores: Cores | None = Field(default=None, description="Cores of each replica at this size.")
    memory: Bytes | None = Field(default=None, description="Memory of each replica at this size.")
    storage: Bytes | None = Field(default=None, description="Storage of the whole component at this size.")


class GrowthSection(Section):
    """A resource that grows by itself."""

    resource: Literal["cpu", "memory", "storage"] = Field(description="What grows.")
    now: Amount | None = Field(default=None, description="Current use: a ratio, or bytes.")
    monthly: Change | None = Field(default=None, description="Growth a month as a ratio of what there is.")
    monthly_points: Change | None = Field(default=None, description="Monthly growth in percentage points of use.")
    act_above: Amount | None = Field(default=None, description="Add more when it passes this.")
    note: Text = Field(default="", description="Anything else to know.")
