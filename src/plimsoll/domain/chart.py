"""What is to be drawn: lines, points, bands and marks over one x axis. How it is drawn is the renderer's affair."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Drawing(str, Enum):
    """How a line of numbers is drawn."""

    LINE = "line"
    STEPS = "steps"
    POINTS = "points"
    DASHED = "dashed"


class Axis(str, Enum):
    """Which axis a mark stands on."""

    X = "x"
    Y = "y"


@dataclass(frozen=True)
class Line:
    """One line: `x` and `y` of equal length, `x` rising; None in `y` is a gap and stays one."""

    name: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]
    drawing: Drawing = Drawing.LINE


@dataclass(frozen=True)
class Band:
    """An interval around a line: `low` and `high` at each `x`; its name states the probability."""

    name: str
    x: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True)
class Mark:
    """A labeled straight line at a value of one axis: a limit, a date, a load line."""

    label: str
    at: float
    axis: Axis


@dataclass(frozen=True)
class Chart:
    """One chart. With `x_is_time`, `x` is Unix seconds (UTC). `says` is the text alternative: what the chart shows.

    `label` is printed on the picture itself, for data that must not be mistaken for measured data ("synthetic").
    """

    title: str
    says: str
    x_title: str
    y_title: str
    lines: tuple[Line, ...] = ()
    bands: tuple[Band, ...] = ()
    marks: tuple[Mark, ...] = ()
    x_is_time: bool = False
    label: str = ""
