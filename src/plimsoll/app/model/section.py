"""What every section of the model file has in common: unknown keys are errors, values do not change once read."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from plimsoll.app.model.units import refused
from plimsoll.domain.time_zone import time_zone


class Section(BaseModel):
    """One mapping of the model file. Keys are spelled in the file as the fields here, or as their alias."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, allow_inf_nan=False, validate_default=False
    )


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise refused("is true or false, not a number")
    return value


def _one_or_many(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


MOST = 10**9
Name = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]*$")]
Text = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Whole = Annotated[int, BeforeValidator(_no_truth), Field(le=MOST, ge=-MOST)]
Number = Annotated[float, BeforeValidator(_no_truth)]
OneOrMany = BeforeValidator(_one_or_many)


def _known_zone(name: str) -> str:
    if time_zone(name) is None:
        raise refused(f"{name[:60]!r} is no time zone; write an IANA name such as UTC or Europe/Berlin")
    return name


TimeZone = Annotated[Name, AfterValidator(_known_zone)]


def short_for(field: str) -> BeforeValidator:
    """Let a single value stand for the mapping with that value in `field`: `startup: 120s` for `{median: 120s}`."""

    def spread(value: Any) -> Any:
        return value if isinstance(value, dict | BaseModel) or value is None else {field: value}

    return BeforeValidator(spread)
