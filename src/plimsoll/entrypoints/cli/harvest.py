"""What a command reads before it answers: one source that was named, or all that a model names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plimsoll.entrypoints.cli.output import remark

if TYPE_CHECKING:
    from plimsoll.app.model import Model
    from plimsoll.domain.series import Harvest
    from plimsoll.domain.source_options import SourceOptions


FEWEST = 1500
"""As many samples of a series in a recording are read where nobody said how far back: four years of days."""


@dataclass(frozen=True)
class Asked:
    """What was asked for: a source by its address (empty: the model's own), how far back, and as of when.

    Of a series in a recording at least `fewest` samples are read, where there are so many.
    """

    source: str
    options: SourceOptions
    span_ms: int
    as_of_ms: int | None
    fewest: int = 0


def harvest_of(asked: Asked, model: Model | None, clock_ms: Callable[[], int]) -> tuple[Harvest, int]:
    """Read what was asked for; now is the moment asked for, else the clock or, for a recording, its last sample.

    Raises UsageError where neither a source nor a model says what to read, NothingToAnswer for an empty recording.
    """
    from plimsoll.app.driver_histories import with_drawn_histories
    from plimsoll.domain.errors import UsageError
    from plimsoll.domain.series import Window

    if asked.source:
        harvest, now_ms = _one(asked, model, clock_ms)
    elif model is not None:
        refuse_unasked(asked.options)
        now_ms = clock_ms() if asked.as_of_ms is None else asked.as_of_ms
        harvest = _all(asked, model, now_ms)
    else:
        raise UsageError("name a source, such as http://localhost:9090, metrics.csv or host; or a model with -m")
    if model is None:
        return harvest, now_ms
    return with_drawn_histories(harvest, model, Window(now_ms - asked.span_ms, now_ms + 1)), now_ms


def refuse_unasked(options: SourceOptions) -> None:
    """Raise UsageError where it is said how to ask a source and none is named: a model says it of its own sources.

    A time zone is no such word: times on the command line are in it, too.
    """
    from plimsoll.domain.errors import UsageError
    from plimsoll.domain.source_options import SourceOptions

    if replace(options, tz="") != SourceOptions():
        raise UsageError(
            "-H, --bearer, --user, --ca-file and --deadline go with a source that is named on the command line; of its "
            "own sources the model says it, under `sources`"
        )


def _one(asked: Asked, model: Model | None, clock_ms: Callable[[], int]) -> tuple[Harvest, int]:
    from plimsoll.app.model_sources import by_signal_name, model_signals
    from plimsoll.app.readings import beyond, read_live, read_recording
    from plimsoll.bootstrap_sources import is_recording, open_source
    from plimsoll.domain.errors import NothingToAnswer
    from plimsoll.domain.quantity import some_of

    source = open_source(asked.source, asked.options)
    recorded = is_recording(asked.source)
    signals = None if model is None else model_signals(model, asked.source, by_name=recorded)
    if recorded:
        harvest, now_ms = read_recording(source, asked.span_ms, asked.as_of_ms, signals, asked.fewest)
        if now_ms is None and not harvest.series:
            missed = f"none of the model's signals, by their names: {some_of([one.name for one in signals or ()])}"
            raise NothingToAnswer(f"{source.name}: holds {'no series' if signals is None else missed}")
        harvest = replace(harvest, notes=(*harvest.notes, *beyond(source, signals or ()))) if model else harvest
        now_ms = clock_ms() if now_ms is None else now_ms  # of series without a sample only their state is told
    else:
        now_ms = clock_ms() if asked.as_of_ms is None else asked.as_of_ms
        harvest = read_live(source, asked.span_ms, now_ms, signals)
    return (harvest if model is None else by_signal_name(harvest, model)), now_ms


def _all(asked: Asked, model: Model, now_ms: int) -> Harvest:
    """Read every source of a model; one that fails is a remark, and its signals are gaps with the reason."""
    from plimsoll.app.model_sources import by_signal_name, model_sources
    from plimsoll.app.readings import gaps_of, joined, read_live
    from plimsoll.bootstrap_sources import open_model_source
    from plimsoll.domain.errors import PlimsollError

    found = []
    for wanted in model_sources(model):
        try:
            found.append(read_live(open_model_source(wanted), asked.span_ms, now_ms, wanted.signals))
        except PlimsollError as error:
            remark(f"plimsoll: {error}")
            found.append(gaps_of(wanted.name, wanted.signals, asked.span_ms, now_ms, str(error)))
    return by_signal_name(joined(model.system.name, found), model)
