"""The root of the model file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from plimsoll.app.model.components import ComponentSection
from plimsoll.app.model.section import Name, OneOrMany, Section, Text

API_VERSION = "plimsoll/v1"


class MetadataSection(Section):
    """What the system is called and whose it is."""

    name: Name = Field(description="The system's name.")
    description: Text = Field(default="", description="What it is, in a sentence.")
    owner: Name | None = Field(default=None, description="Who answers for it.")
    labels: dict[Name, str] = Field(default={}, description="Labels of your own.")
    time_zone: Name = Field(default="UTC", description="The zone of times that carry none, as an IANA name.")
    aims: tuple[Text, ...] = Field(default=(), description="What the planning is for, beside the SLOs.")


class ModelFile(Section):
    """A model file: one system from metrics to policy."""

    api_version: Literal["plimsoll/v1"] = Field(alias="apiVersion", description="The version of this format.")
    kind: Literal["System"] = Field(description="What the file describes.")
    metadata: MetadataSection = Field(description="What the system is called and whose it is.")
    include: Annotated[tuple[Text, ...], OneOrMany] = Field(default=(), description="Further files of the same model.")
    components: tuple[ComponentSection, ...] = Field(default=(), description="The parts of the system.")
