"""Where a feed goes on reading: after a stop, behind what is late, and back to what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from tests.fakes.memory_store import MemoryStore

from plimsoll.app.feed import Feed
from plimsoll.domain.ports import Check, Signal
from plimsoll.domain.series import Gap, Harvest, Series, SeriesId, Window
from plimsoll.domain.stored import EVER, Selector

MINUTE = 60_000
HOUR = 60 * MINUTE
START = 1_753_833_600_000
CPU, DISK = Signal("cpu"), Signal("disk")


@dataclass
class ScriptedSource:
    """A source that answers by a script, and remembers what it was asked."""

    answer: Callable[[str, Window], tuple[Series, ...] | Gap | None] = lambda _name, _window: None
    offers: tuple[Signal, ...] = (CPU,)
    name: str = "server"
    asked: list[tuple[str, Window]] = field(default_factory=list)
    steps_s: set[float] = field(default_factory=set)
    looks: int = 0

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        self.steps_s.add(step_s)
        self.asked += [(signal.name, window) for signal in signals]
        found = [self.answer(signal.name, window) for signal in signals]
        series = [one for part in found if isinstance(part, tuple) for one in part]
        return Harvest(self.name, tuple(series), tuple(part for part in found if isinstance(part, Gap)))

    def discover(self, window: Window) -> tuple[Signal, ...]:
        self.looks += 1
        return self.offers

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        return ()

    def starts(self, name: str = "cpu") -> list[int]:
        """Where each read of a signal began, in minutes from START."""
        return [(window.start_ms - START) // MINUTE for asked, window in self.asked if asked == name]


def samples(*minutes: int, host: str = "a", name: str = "cpu") -> Series:
    times = START + MINUTE * np.array(minutes, np.int64)
    return Series(SeriesId.of(name, {"host": host}), times, np.ones(times.size))


def go(feed: Feed, *minutes: int) -> None:
    """Read and keep at some minutes from START."""
    for minute in minutes:
        feed.kept(feed.read(START + minute * MINUTE), START + minute * MINUTE)


def resumed(source: ScriptedSource, *kept: Harvest, signals: tuple[Signal, ...] = (CPU,)) -> Feed:
    """A feed of an hour's past that goes on at START with what a store holds."""
    store = MemoryStore()
    for harvest in kept:
        store.append(harvest)
    feed = Feed(source, signals, since_ms=HOUR)
    feed.resume(store, START)
    return feed


def test_the_step_is_asked_for_in_seconds() -> None:
    source = ScriptedSource()
    go(Feed(source, (CPU,), step_ms=15_000), 0)
    assert source.steps_s == {15.0}


def test_after_a_stop_a_signal_is_read_from_the_slowest_of_its_series_that_are_alive() -> None:
    source = ScriptedSource()
    alive = (samples(-5), samples(-20, host="b"), samples(-3000, host="removed"))
    go(resumed(source, Harvest("server", alive)), 0)
    assert source.starts() == [-22]


def test_what_another_source_brought_under_the_same_name_is_not_taken_for_ones_own() -> None:
    source = ScriptedSource()
    go(resumed(source, Harvest("other", (samples(-1),))), 0)
    assert source.starts() == [-60]


def test_after_a_stop_the_earliest_of_the_gaps_is_owed() -> None:
    source = ScriptedSource()
    gaps = tuple(
        Gap(SeriesId("cpu"), Window(START + first * MINUTE, START + (first + 1) * MINUTE), f"reason {first}")
        for first in (-20, -50, -10)
    )
    go(resumed(source, Harvest("server", (samples(-1),), gaps)), 0)
    assert source.starts() == [-50]


def test_the_earliest_of_several_gaps_of_a_read_is_owed() -> None:
    source = ScriptedSource(lambda _, window: (samples(window.end_ms // MINUTE - START // MINUTE),))
    feed = Feed(source, (CPU,), since_ms=HOUR)
    hosts = [(host, Window(START + first * MINUTE, START + 1)) for host, first in (("a", -10), ("b", -30), ("c", -20))]
    gaps = tuple(Gap(SeriesId.of("cpu", {"host": host}), window, "refused") for host, window in hosts)
    feed.kept(Harvest("server", (samples(0, host="d"),), gaps), START)
    go(feed, 1, 2)
    assert source.starts() == [-30, -1]


def test_a_sample_that_comes_after_its_successor_is_not_lost() -> None:
    late = {3: 5}

    def answer(_: str, window: Window) -> tuple[Series, ...]:
        now = (window.end_ms - START) // MINUTE
        first = (window.start_ms - START) // MINUTE
        return (samples(*(at for at in range(first, now + 1) if late.get(at, at) <= now)),)

    store, feed = MemoryStore(), Feed(ScriptedSource(answer), (CPU,), since_ms=HOUR)
    for minute in range(7):
        harvest = feed.read(START + minute * MINUTE)
        store.append(feed.fresh(harvest))
        feed.kept(harvest, START + minute * MINUTE)
    (line,) = store.catalog(Selector(), EVER)
    assert line.samples == 60 + 7


def test_a_silence_without_a_word_is_read_again_until_samples_come() -> None:
    source = ScriptedSource(lambda _, window: (samples(0),) if window.end_ms == START + 1 else None)
    go(Feed(source, (CPU,), since_ms=HOUR), 0, 1, 2, 30)
    assert source.starts() == [-60, -2, -2, -2]


def test_samples_of_the_future_alone_are_kept_and_move_nothing() -> None:
    source = ScriptedSource(lambda _, _window: (samples(500),))
    go(Feed(source, (CPU,), since_ms=HOUR), 0, 1)
    assert source.starts() == [-60, -59]


def test_a_source_that_is_down_after_a_stop_leaves_gaps_in_the_names_that_it_had() -> None:
    feed = resumed(ScriptedSource(), Harvest("server", (samples(-5), samples(-9, name="disk"))), signals=())
    gaps = feed.missed(START, "no answer")
    assert [(gap.id.name, (gap.window.start_ms - START) // MINUTE) for gap in gaps] == [("cpu", -7), ("disk", -11)]


def test_a_signal_that_never_came_has_its_gap_beside_those_that_did() -> None:
    feed = resumed(ScriptedSource(), Harvest("server", (samples(-5),)), signals=(CPU, DISK))
    assert [gap.id.name for gap in feed.missed(START, "no answer")] == ["cpu", "disk"]


def test_what_failed_for_long_is_tried_at_least_hourly_and_once_filled_no_more() -> None:
    back = START + 20 * HOUR

    def answer(name: str, window: Window) -> tuple[Series, ...] | Gap:
        now = (window.end_ms - START) // MINUTE
        return (samples(now, name=name),) if window.end_ms > back else Gap(SeriesId(name), window, "refused")

    source = ScriptedSource(answer)
    go(Feed(source, (CPU,), since_ms=HOUR), *range(22 * 60))
    long_reads = [window.end_ms for _, window in source.asked if window.end_ms - window.start_ms > HOUR]
    assert max(np.diff(long_reads)) <= HOUR + MINUTE
    assert [end >= back for end in long_reads].count(True) == 1


def test_what_a_source_does_not_offer_any_more_is_still_asked_for() -> None:
    source = ScriptedSource(offers=(CPU, DISK))
    feed = Feed(source, since_ms=HOUR)
    go(feed, 0)
    source.offers = (CPU,)
    go(feed, 61)
    assert (source.looks, len(source.starts("disk"))) == (2, 2)


def test_a_clock_that_was_ahead_puts_off_no_look_at_what_a_source_offers() -> None:
    source = ScriptedSource()
    feed = Feed(source, since_ms=HOUR)
    go(feed, 24 * 60, 0, 59)
    assert source.looks == 1
    go(feed, 61)
    assert source.looks == 2
