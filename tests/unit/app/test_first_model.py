"""The model that `init` writes: commented, valid, and without anything that was not observed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from plimsoll.adapters.sources.csv_file import CsvFile
from plimsoll.app.first_model import first_model
from plimsoll.app.model import model_from_text
from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.ports import Check, Signal
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window

WINDOW = Window(0, 4_102_444_800_000)


class Offering:
    """A source in memory that offers what it is given."""

    def __init__(self, signals: tuple[Signal, ...]) -> None:
        self._signals = signals

    @property
    def name(self) -> str:
        return "prometheus http://metrics:9090"

    def discover(self, window: Window) -> tuple[Signal, ...]:
        return self._signals

    def read(self, signals: tuple[Signal, ...], window: Window, step_s: float) -> Harvest:
        times = np.array([0, 60_000], dtype=np.int64)
        seen = tuple(Series(SeriesId(item.name), times, np.array([1.0, 3.0])) for item in signals[:1])
        gaps = tuple(Gap(SeriesId(item.name), window, "no samples\nin this window") for item in signals[1:])
        return Harvest(self.name, seen, gaps)

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        return ()


def test_what_is_written_of_a_csv_file_is_valid_and_says_what_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "web.csv"
    path.write_text("time,cpu_percent\n2026-01-01T00:00:00Z,10\n2026-01-01T01:00:00Z,30\n")
    text = first_model(str(path), CsvFile(str(path)), WINDOW, 60.0)
    model = model_from_text(text)
    assert [source.kind for source in model.file.sources] == ["csv"]
    assert [signal.name for signal in model.file.signals] == ["cpu_percent"]
    assert "1 series, 2 samples, 2026-01-01 00:00 to 2026-01-01 01:00, 10 to 30" in text
    assert "# demand:" in text
    assert model.system.components[0].demand is None


def test_odd_names_are_quoted_and_gaps_are_told() -> None:
    signals = (
        Signal("up", "up", "", MetricKind.GAUGE),
        Signal("on", 'rate(x{a="b: #"}[5m])'),
        Signal("a\nb: [c", ""),
    )
    text = first_model("https://metrics:9090/prom", Offering(signals), WINDOW, 60.0)
    model = model_from_text(text)
    assert [signal.name for signal in model.file.signals] == ["up", "on", "a b: [c"]
    assert model.file.signals[2].query == "a\nb: [c"
    assert model.file.signals[1].query == 'rate(x{a="b: #"}[5m])'
    assert model.file.sources[0].url == "https://metrics:9090/prom"
    assert model.file.metadata.name == "metrics"
    assert "# no samples in this window" in text


def test_more_series_than_a_person_reads_are_counted_not_listed() -> None:
    signals = tuple(Signal(f"metric_{index}") for index in range(530))
    text = first_model("http://h", Offering(signals), WINDOW, 60.0)
    assert len(model_from_text(text).file.signals) == 500
    assert "# and 30 more that are left out here" in text


def test_a_source_with_nothing_in_it_has_no_model() -> None:
    with pytest.raises(NothingToAnswer, match="no series in this window"):
        first_model("http://h", Offering(()), WINDOW, 60.0)


def test_a_store_is_no_source_of_a_model_and_its_signals_name_none() -> None:
    """They are read by naming the store beside the model: `assess store:kept -m FILE`."""
    text = first_model("store:made/kept", Offering((Signal("web/cpu", unit="ratio"),)), WINDOW, 60.0)
    model = model_from_text(text)
    assert (model.system.name, model.file.sources) == ("kept", ())
    assert [(signal.name, signal.source) for signal in model.file.signals] == [("web/cpu", None)]
