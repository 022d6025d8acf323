"""Collecting: no gap and no duplicate over stops, failures kept with their reason, other sources unaffected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest
from tests.fakes.memory_store import MemoryStore

from plimsoll.app.collect import Schedule, collect
from plimsoll.app.feed import Feed
from plimsoll.domain.errors import SourceError, SourceUnreachable, StoreError
from plimsoll.domain.ports import Check, SeriesStore, Signal
from plimsoll.domain.series import Gap, Harvest, Series, SeriesId, Window, as_datetime
from plimsoll.domain.stored import EVER, Collection, Selector
from plimsoll.render.collect import collection_tables

MINUTE = 60_000
START = 1_753_833_600_000
HOUR = 60 * MINUTE


@dataclass
class Server:
    """A source that has a sample of each signal every minute, by a formula; it can fail, and fill in late."""

    name: str = "server"
    signals: tuple[str, ...] = ("cpu",)
    down: Callable[[int], bool] = lambda _: False
    broken: Callable[[int, str], bool] = lambda _at, _name: False
    visible_after_ms: int = 0
    now_ms: int = START
    asked: list[Window] = field(default_factory=list)

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        self.now_ms = window.end_ms - 1
        self.asked.append(window)
        if self.down(self.now_ms):
            raise SourceUnreachable(self.name, "no answer")
        series, gaps = [], []
        for signal in signals:
            if self.broken(self.now_ms, signal.name):
                gaps.append(Gap(SeriesId(signal.name), window, f"{self.name}: refused"))
                continue
            times = np.arange(-(-window.start_ms // MINUTE) * MINUTE, window.end_ms - self.visible_after_ms, MINUTE)
            if times.size:
                of = SeriesId.of(signal.name, {"from": self.name})
                series.append(Series(of, times, np.round(np.sin(times / 1e6), 3)))
        return Harvest(self.name, tuple(series), tuple(gaps))

    def discover(self, window: Window) -> tuple[Signal, ...]:
        if self.down(window.end_ms - 1):
            raise SourceUnreachable(self.name, "no answer")
        return tuple(Signal(name) for name in self.signals)

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        return ()


@dataclass
class Clock:
    """A clock that jumps to the moment waited for."""

    at_ms: int
    stop_at_ms: int | None = None

    def now_ms(self) -> int:
        return self.at_ms

    def wait_until(self, moment_ms: int) -> bool:
        if self.stop_at_ms is not None and moment_ms >= self.stop_at_ms:
            raise KeyboardInterrupt
        self.at_ms = moment_ms
        return True

    @contextmanager
    def unbroken(self) -> Iterator[None]:
        yield


def run(store: SeriesStore, *servers: Server, at: int = START, minutes: int = 0, stop: int | None = None) -> Collection:
    feeds = [Feed(server, since_ms=HOUR) for server in servers]
    return collect(feeds, store, Schedule(MINUTE, at + minutes * MINUTE), Clock(at, stop), lambda *_: None)


def times(store: SeriesStore, name: str = "cpu") -> list[int]:
    return [at for one in store.read(Selector.named(name), EVER).series for at in one.times_ms.tolist()]


def minutes(first: int, last: int) -> list[int]:
    return list(range(first, last + 1, MINUTE))


def test_the_first_round_begins_as_far_back_as_asked_and_later_ones_add_what_is_new() -> None:
    store = MemoryStore()
    found = run(store, Server(), minutes=10)
    assert times(store) == minutes(START - HOUR, START + 10 * MINUTE)
    assert (found.rounds, found.samples) == (11, 71)
    (line,) = found.sources
    assert (line.signals, line.series, line.samples, line.error) == (1, 1, 71, None)
    assert (line.first, line.last) == (as_datetime(START - HOUR), as_datetime(START + 10 * MINUTE))


def test_a_word_to_stop_ends_it_after_the_round_in_hand() -> None:
    class Stopped(Clock):
        def wait_until(self, moment_ms: int) -> bool:
            return super().wait_until(moment_ms) and moment_ms < START + 3 * MINUTE

    store = MemoryStore()
    found = collect([Feed(Server(), since_ms=HOUR)], store, Schedule(MINUTE, None), Stopped(START), lambda *_: None)
    assert (found.rounds, times(store)[-1]) == (3, START + 2 * MINUTE)


@pytest.mark.parametrize("pause", [1, 30, 300, 60 * 24 * 30])
def test_a_stop_of_any_length_leaves_neither_a_gap_nor_a_double(pause: int) -> None:
    store = MemoryStore()
    run(store, Server(), minutes=5)
    again = START + (5 + pause) * MINUTE
    run(store, Server(), at=again + 17, minutes=3)
    assert times(store) == minutes(START - HOUR, again + 3 * MINUTE)


def test_samples_that_the_source_fills_in_late_are_not_lost() -> None:
    store = MemoryStore()
    run(store, Server(visible_after_ms=5 * MINUTE), minutes=30)
    assert times(store) == minutes(START - HOUR, START + 25 * MINUTE)


def test_a_source_that_is_down_leaves_a_gap_with_its_reason_and_others_go_on() -> None:
    store = MemoryStore()
    down = Server("east", down=lambda at: at >= START + 3 * MINUTE)
    found = run(store, down, Server("west", ("disk",)), minutes=6)
    assert times(store, "disk") == minutes(START - HOUR, START + 6 * MINUTE)
    (gap,) = store.gaps(Selector(), EVER)
    assert gap.id == SeriesId("cpu")
    assert gap.window == Window(START + 2 * MINUTE + 1, START + 6 * MINUTE + 1)
    assert gap.reason == "east: no answer"
    east, west = found.sources
    assert (east.failures, east.error) == (4, "east: no answer")
    assert (west.failures, west.error) == (0, None)


def test_a_source_that_comes_back_is_read_from_where_it_was_left_and_its_gap_is_filled() -> None:
    store = MemoryStore()
    east = Server("east", down=lambda at: START + 3 * MINUTE <= at < START + 20 * MINUTE)
    (line,) = run(store, east, minutes=25).sources
    assert times(store) == minutes(START - HOUR, START + 25 * MINUTE)
    assert store.gaps(Selector(), EVER) == ()
    assert (line.failures, line.error) == (17, None)


def test_a_source_that_was_down_from_the_start_is_read_from_where_it_was_asked_for_first() -> None:
    store = MemoryStore()
    run(store, Server(down=lambda at: at < START + 180 * MINUTE), minutes=182)
    assert times(store) == minutes(START - HOUR, START + 182 * MINUTE)


def test_a_source_that_never_answered_leaves_a_gap_in_its_own_name() -> None:
    store = MemoryStore()
    run(store, Server("east", down=lambda _: True), minutes=2)
    (gap,) = store.gaps(Selector(), EVER)
    assert gap.id == SeriesId("east")
    assert gap.window == Window(START - HOUR, START + 2 * MINUTE + 1)


@pytest.mark.parametrize(
    ("broken_until", "unread", "told"),
    [
        (START + HOUR, {"disk": "server: refused"}, "1 of 2 signals unread; disk: server: refused"),
        (START + 2 * MINUTE, {}, "ok"),
    ],
    ids=["still_refused", "answered_since"],
)
def test_a_signal_that_is_refused_beside_others_is_told(broken_until: int, unread: dict[str, str], told: str) -> None:
    server = Server(signals=("cpu", "disk"), broken=lambda at, name: name == "disk" and at < broken_until)
    found = run(MemoryStore(), server, minutes=5)
    assert (found.sources[0].unread, found.sources[0].error) == (unread, None)
    (table,) = collection_tables(found)
    assert table.rows[0][-1] == told


def test_a_gap_left_before_a_stop_is_read_again_after_it() -> None:
    store = MemoryStore()
    broken = Server(signals=("cpu", "disk"), broken=lambda _, name: name == "disk")
    run(store, broken, minutes=5)
    assert times(store, "disk") == []
    run(store, Server(signals=("cpu", "disk")), at=START + 20 * MINUTE)
    assert times(store, "disk") == minutes(START - 40 * MINUTE, START + 20 * MINUTE)
    assert [gap.window.end_ms for gap in store.gaps(Selector(), EVER)] == [START - 40 * MINUTE]


def test_a_gap_with_samples_on_both_sides_is_owed_over_a_stop() -> None:
    store = MemoryStore()
    broken = Server(broken=lambda now, _: START + MINUTE <= now <= START + 4 * MINUTE)
    run(store, broken, minutes=5)
    assert START + MINUTE not in times(store)
    assert times(store)[-1] == START + 5 * MINUTE
    run(store, Server(), at=START + 6 * MINUTE)
    assert times(store) == minutes(START - HOUR, START + 6 * MINUTE)


def test_what_fails_for_long_is_asked_for_less_and_less_often_and_then_filled_whole() -> None:
    store = MemoryStore()
    end = START + 100 * MINUTE
    server = Server(signals=("cpu", "disk"), broken=lambda at, name: name == "disk" and at < end)
    run(store, server, minutes=240)
    long_reads = [window for window in server.asked if window.span_s > 3600 and window.end_ms < end]
    assert len(long_reads) <= 10
    assert times(store, "disk") == minutes(START - HOUR, START + 240 * MINUTE)


def test_what_a_source_offers_anew_is_found_within_the_hour() -> None:
    store, server = MemoryStore(), Server()
    clock = Clock(START)

    def tell(number: int, _: object) -> None:
        if number == 10:
            server.signals = ("cpu", "disk")

    collect([Feed(server, since_ms=HOUR)], store, Schedule(MINUTE, START + 70 * MINUTE), clock, tell)
    assert times(store, "disk") == minutes(START, START + 70 * MINUTE)


def test_a_sample_from_the_future_does_not_stop_the_reading() -> None:
    store = MemoryStore()
    future = Series(SeriesId.of("cpu", {"from": "server"}), np.array([START + 900 * HOUR]), np.array([1.0]))
    store.append(Harvest("server", (future,)))
    run(store, Server(), minutes=3)
    assert times(store)[:-1] == minutes(START - HOUR, START + 3 * MINUTE)


def test_a_series_that_two_sources_bring_is_kept_from_one_alone() -> None:
    @dataclass
    class Twin(Server):
        def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
            found = super().read(signals, window, step_s)
            same = tuple(Series(SeriesId.of("cpu"), one.times_ms, one.values) for one in found.series)
            return Harvest(self.name, same)

    store = MemoryStore()
    first, second = run(store, Twin("east"), Twin("west"), minutes=2).sources
    assert (first.series, second.series) == (1, 0)
    assert second.notes == ("1 series come from east, too, and are kept from there alone: cpu",)


def test_a_harvest_that_the_store_refuses_is_a_failure_of_its_source() -> None:
    @dataclass
    class Nanoseconds(Server):
        def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
            return Harvest(self.name, (Series(SeriesId.of("cpu"), np.array([START * 10**6]), np.array([1.0])),))

    store = MemoryStore()
    bad, good = run(store, Nanoseconds("odd"), Server("west", ("disk",))).sources
    assert "outside the years 1 to 9999" in str(bad.error)
    assert good.samples == 61


def test_a_store_that_cannot_be_written_ends_the_collection() -> None:
    class Full(MemoryStore):
        def append(self, harvest: Harvest) -> int:
            raise StoreError("series store: No space left on device")

    with pytest.raises(StoreError, match="No space left"):
        run(Full(), Server())


def test_a_stop_while_waiting_ends_with_what_was_collected() -> None:
    store = MemoryStore()
    found = run(store, Server(), minutes=60, stop=START + 5 * MINUTE)
    assert (found.rounds, found.samples) == (5, 65)
    assert found.ended.timestamp() * 1000 == START + 4 * MINUTE


def test_a_round_that_takes_longer_than_its_interval_is_followed_at_the_next_whole_one() -> None:
    clock = Clock(START)

    @dataclass
    class Slow(Server):
        def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
            clock.at_ms += 150_000
            return super().read(signals, window, step_s)

    slow = Slow()
    feeds = [Feed(slow, since_ms=HOUR)]
    collect(feeds, MemoryStore(), Schedule(MINUTE, START + 10 * MINUTE), clock, lambda *_: None)
    begun = [window.end_ms - 1 - START for window in slow.asked]
    assert begun == [0, 3 * MINUTE, 6 * MINUTE, 9 * MINUTE]


def test_a_clock_that_was_a_day_ahead_and_is_set_right_costs_no_round_and_no_sample() -> None:
    clock = Clock(START + 24 * HOUR)

    @dataclass
    class Present(Server):
        """Has one sample, of now, in a window that includes now; its clock is corrected after three rounds."""

        def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
            self.asked.append(window)
            assert window.start_ms <= clock.at_ms
            if len(self.asked) == 10:
                raise KeyboardInterrupt
            one = Series(SeriesId("cpu"), np.array([clock.at_ms]), np.array([1.0]))
            clock.at_ms -= 24 * HOUR if len(self.asked) == 3 else 0
            return Harvest(self.name, (one,))

    present, store = Present(), MemoryStore()
    collect([Feed(present, since_ms=HOUR)], store, Schedule(MINUTE, None), clock, lambda *_: None)
    assert [at for at in times(store) if at < START + HOUR] == minutes(START + 3 * MINUTE, START + 8 * MINUTE)


def test_a_fault_of_the_source_class_names_the_source() -> None:
    assert str(SourceError("east", "no answer")) == "east: no answer"
