"""A fleet's forecast as a Parquet file: unique_id, ds, one column per quantile, state, why.

It is written next to its place and moved there when complete: a run that fails leaves the previous file.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from plimsoll.adapters.unfinished import Unfinished
from plimsoll.domain.forecast import Levels, level_name
from plimsoll.domain.panel import NO_TIME, PanelForecast

_WORDS = pa.dictionary(pa.int32(), pa.string())


class ParquetWriter:
    """Writes the parts of a forecast one after another; used as a context manager."""

    def __init__(self, path: str, levels: Levels) -> None:
        self._place = Unfinished(Path(path))
        self.levels = levels
        self.schema = pa.schema(
            [
                ("unique_id", _WORDS),
                ("ds", pa.timestamp("us")),
                *((level_name(level), pa.float64()) for level in levels),
                ("state", _WORDS),
                ("why", _WORDS),
            ]
        )
        self._file: Any = None

    def __enter__(self) -> ParquetWriter:
        try:
            self._file = pq.ParquetWriter(
                self._place.path, self.schema, use_dictionary=["unique_id", "state", "why"], compression="snappy"
            )
        except OSError as error:
            raise self._place.refused(os.strerror(error.errno).lower() if error.errno else str(error)) from None
        return self

    def write(self, forecast: PanelForecast) -> None:
        """Add one part."""
        series, horizon, _ = forecast.values.shape
        times = forecast.times_ms.ravel()
        columns = [
            _words(forecast.ids, horizon),
            pa.array(np.where(times == NO_TIME, 0, times) * 1000, pa.timestamp("us"), mask=times == NO_TIME),
            *(pa.array(forecast.values[:, :, j].ravel()) for j in range(len(self.levels))),
            _words([state.value for state in forecast.states], horizon),
            _words(forecast.whys, horizon),
        ]
        if series:
            self._file.write_table(pa.Table.from_arrays(columns, schema=self.schema))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is None:
            self._place.finish()
        else:
            self._place.drop()


def _words(words: Any, repeats: int) -> pa.DictionaryArray:
    """Repeat each word `repeats` times as a dictionary column."""
    codes = pa.array(words, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(pa.array(np.repeat(np.asarray(codes.indices), repeats)), codes.dictionary)
