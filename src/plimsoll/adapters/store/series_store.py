"""Where are series stored? In a folder of daily Parquet files, on this machine, without a server.

    manifest.json    the state of the store; replaced at once, names everything that counts
    series.jsonl     the series with their labels, by number
    gaps.jsonl       the gaps that are known, with their reasons
    days/            2026-07-30.0000000017.parquet: samples of one day, sorted by (series, time)
    lock             who writes

Files that the manifest does not name are not touched, except incomplete files of a killed writer.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from plimsoll.adapters.store.manifest import Manifest
from plimsoll.adapters.store.reader import Reader
from plimsoll.adapters.store.writer import Writer
from plimsoll.domain.errors import InputError
from plimsoll.domain.series import Gap, Harvest, Window
from plimsoll.domain.stored import Selector, StoredSeries, StoreSize


class ParquetStore:
    """A series store in a folder (see `plimsoll.domain.ports.SeriesStore`); the folder is made by the first append.

    The right to write is taken by the first append (or `hold`) and given back by `close`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._reader = Reader(self._folder)
        self._writer: Writer | None = None

    @property
    def name(self) -> str:
        """How messages call this store."""
        return f"store {self._folder}"

    def hold(self) -> None:
        """Take the right to write before there is anything to write; raises StoreBusy at once."""
        self._writing()

    def append(self, harvest: Harvest) -> int:
        """Keep the samples and gaps of a harvest, all or none of them."""
        return self._writing().append(harvest)

    def read(self, selector: Selector, window: Window) -> Harvest:
        """Read the samples as they were written."""
        return self._reader.read(selector, window)

    def mean(self, selector: Selector, window: Window, step_s: float) -> Harvest:
        """Average each series over steps from the window's start."""
        step_ms = round(step_s * 1000)
        if step_ms < 1:
            raise InputError(f"a step of {step_s} s is shorter than a millisecond")
        return self._reader.mean(selector, window, step_ms)

    def catalog(self, selector: Selector, window: Window) -> tuple[StoredSeries, ...]:
        """List the series that have samples in the window."""
        return self._reader.catalog(selector, window)

    def gaps(self, selector: Selector, window: Window) -> tuple[Gap, ...]:
        """List the gaps that were written and that samples have not filled."""
        return self._reader.gaps(selector, window)

    def size(self) -> StoreSize:
        """How much room the samples take."""
        manifest: Manifest = self._reader.manifest()
        segments = tuple(manifest.segments())
        return StoreSize(sum(item.size for item in segments), len(segments), len(manifest.days))

    def verify(self) -> tuple[str, ...]:
        """Compare every file with what was written; one line for each that differs."""
        return self._reader.faults()

    def close(self) -> None:
        """Tidy the files and release the write lock."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _writing(self) -> Writer:
        if self._writer is None:
            self._writer = Writer(self._folder)
        return self._writer

    def __enter__(self) -> ParquetStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
