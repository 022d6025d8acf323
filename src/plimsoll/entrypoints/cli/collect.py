"""`plimsoll collect`: fill the series store from the sources, and look at what is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plimsoll.domain.source_options import SOURCES, SourceOptions
from plimsoll.entrypoints.cli.amounts import span_ms
from plimsoll.entrypoints.cli.harvest import refuse_unasked
from plimsoll.entrypoints.cli.model_option import ModelHereOption
from plimsoll.entrypoints.cli.moments import AsOfOption, as_of_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, progress, remark, show
from plimsoll.entrypoints.cli.source_options import takes_source_options

if TYPE_CHECKING:
    from plimsoll.app.collect import Tally
    from plimsoll.app.feed import Feed
    from plimsoll.domain.ports import SeriesStore
    from plimsoll.domain.stored import Collection

app = typer.Typer(rich_markup_mode=None)

Sources = Annotated[list[str] | None, typer.Argument(help=f"Where to read: {SOURCES}.")]
Since = Annotated[str, typer.Option(help="How much history to read of a series that is not in the store yet.")]
Every = Annotated[str, typer.Option(help="Interval between two rounds of collection.")]
Step = Annotated[str, typer.Option(help="Interval between samples, for sources that offer a choice.")]
For = Annotated[str, typer.Option("--for", help="How long to collect; by default until stopped.", show_default=False)]
Once = Annotated[bool, typer.Option("--once", help="Collect one round and exit.")]
StoreFolder = Annotated[
    str,
    typer.Option("--store", help="Folder of the store; by default $PLIMSOLL_STORE, or `series` in the state folder."),
]
Status = Annotated[bool, typer.Option("--status", help="Only show what the store contains.")]
Verify = Annotated[
    bool, typer.Option("--verify", help="Only show what the store contains, and verify the checksum of every file.")
]


@app.command()
@takes_source_options()
def collect(
    sources: Sources = None,
    *,
    model: ModelHereOption = None,
    since: Since = "7d",
    every: Every = "60s",
    step: Step = "60s",
    for_: For = "",
    once: Once = False,
    store: StoreFolder = "",
    status: Status = False,
    verify: Verify = False,
    as_of: AsOfOption = "",
    options: SourceOptions,
    how: FormatOption = Format.TABLE,
) -> None:
    """Collect metrics into the local store, from where the last collection stopped.

    A source that is named here is read whole; of a model, the signals that it names are read. If a source fails, the
    gap is recorded with the reason, and the others go on. Ctrl-C or SIGTERM stops the collection without losing data.
    With --as-of, one round is collected as of that time.
    """
    from plimsoll.domain.errors import UsageError
    from plimsoll.entrypoints.cli.places import store_home

    folder = Path(store) if store else store_home()
    if status or verify:
        if sources or model:
            raise UsageError("--status shows the store and takes no source")
        if store and not folder.is_dir():
            raise UsageError(f"no series store in {store}; fill one with plimsoll collect --store {store}")
        _show_status(folder, as_of_ms(as_of, options.tz), how, verify=verify)
        return
    every_ms, for_ms = span_ms(every, "--every"), span_ms(for_, "--for") if for_ else None
    run = _Run(every_ms, for_ms, once, as_of_ms(as_of, options.tz))
    makers = [*_of_sources(sources or [], options), *_of_model(model, options, needed=not sources)]
    step_ms, since_ms = span_ms(step, "--step"), span_ms(since, "--since")
    found = _filled(folder, [make(step_ms=step_ms, since_ms=since_ms) for make in makers], run)
    from plimsoll.render.collect import collection_tables

    show(found, collection_tables(found), how)
    _check(found)


@dataclass(frozen=True)
class _Run:
    """How long to go on: `for_ms` None is until stopped."""

    every_ms: int
    for_ms: int | None
    once: bool
    as_of_ms: int | None

    def collect(self, feeds: Sequence[Feed], store: SeriesStore) -> Collection:
        """Go round until the end that was asked for, showing how it goes."""
        from plimsoll.app.collect import Schedule, collect
        from plimsoll.bootstrap_sources import wall_clock_ms
        from plimsoll.entrypoints.cli.pace import FixedPace, SignalledPace

        with progress("collecting") as display:
            watcher = _Watcher(display)
            if self.as_of_ms is not None:
                schedule = Schedule(self.every_ms, self.as_of_ms)
                return collect(feeds, store, schedule, FixedPace(self.as_of_ms), watcher)
            with SignalledPace(wall_clock_ms) as pace:
                for_ms = 0 if self.once else self.for_ms
                until_ms = None if for_ms is None else pace.now_ms() + for_ms
                return collect(feeds, store, Schedule(self.every_ms, until_ms), pace, watcher)


@dataclass
class _Watcher:
    """Shows each round on a terminal, and says once when a source begins or ceases to fail."""

    display: Any
    _failing: set[str] = field(default_factory=set)
    _task: Any = None

    def __call__(self, number: int, tallies: Sequence[Tally]) -> None:
        """Show a round, and which sources fail in it."""
        if self._task is None:
            self._task = self.display.add_task("", total=None)
        samples = sum(tally.samples for tally in tallies)
        self.display.update(self._task, description=f"round {number}: {samples} samples")
        for tally in tallies:
            name = tally.feed.source.name
            if tally.error and name not in self._failing:
                self._failing.add(name)
                remark(f"plimsoll: {tally.error}; it is kept as a gap and tried again")
            elif not tally.error and name in self._failing:
                self._failing.remove(name)
                remark(f"plimsoll: {name}: answers again")


def _filled(folder: Path, feeds: Sequence[Feed], run: _Run) -> Collection:
    """Collect into the store in a folder, which is held for the whole run."""
    from plimsoll.bootstrap_sources import open_store

    with open_store(folder) as store:
        store.hold()
        return run.collect(feeds, store)


def _of_sources(sources: Sequence[str], options: SourceOptions) -> list[Callable[..., Feed]]:
    """Feeds of all that the sources on the command line offer."""
    from plimsoll.app.feed import Feed
    from plimsoll.bootstrap_sources import open_source

    opened = {source.name: source for source in (open_source(text, options) for text in sources)}
    return [partial(Feed, source) for source in opened.values()]


def _of_model(files: Sequence[Path] | None, options: SourceOptions, *, needed: bool) -> list[Callable[..., Feed]]:
    """Feeds of the signals of a model: the one given, or the one that lies here where nothing else is named."""
    from plimsoll.app.feed import Feed
    from plimsoll.app.model import DEFAULT_FILE, load_model
    from plimsoll.app.model_sources import model_sources
    from plimsoll.bootstrap_sources import open_model_source
    from plimsoll.domain.errors import UsageError

    if needed:
        refuse_unasked(options)
    if not files and not (needed and Path(DEFAULT_FILE).exists()):
        if needed:
            raise UsageError("name a source, such as http://localhost:9090, metrics.csv or host, or a model with -m")
        return []
    wanted = model_sources(load_model(files or ()))
    if not wanted:
        raise UsageError("no signal of the model is read from a source; name one in `sources` and in `signals`")
    return [partial(Feed, open_model_source(source), source.signals) for source in wanted]


def _show_status(folder: Path, now_ms: int | None, how: Format, *, verify: bool) -> None:
    from plimsoll.app.collect import status
    from plimsoll.bootstrap_sources import open_store, wall_clock_ms
    from plimsoll.domain.errors import StoreError
    from plimsoll.render.collect import status_tables

    found = status(open_store(folder), wall_clock_ms() if now_ms is None else now_ms, verify=verify)
    show(found, status_tables(found), how)
    if found.damaged:
        count = "1 file is" if len(found.damaged) == 1 else f"{len(found.damaged)} files are"
        raise StoreError(f"{count} damaged: {found.damaged[0]}")


def _check(found: Collection) -> None:
    """End with an error where a source was failing at the end, or nothing at all came."""
    from plimsoll.domain.errors import NothingToAnswer, SourceError

    failing = [line.source for line in found.sources if line.error]
    if failing:
        raise SourceError(", ".join(failing), "could not be read at the end; the gap and all the rest are kept")
    if not found.samples and found.rounds:
        raise NothingToAnswer("no source had a sample in the window; look at it with plimsoll doctor")
