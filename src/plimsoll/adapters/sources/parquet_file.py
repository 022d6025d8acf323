"""Series from a Parquet file, long or wide; read by row groups, and only the columns that matter."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from plimsoll.adapters.sources.tables.cells import numbers
from plimsoll.adapters.sources.tables.file_source import TableFile, empty
from plimsoll.adapters.sources.tables.gather import Gather, TableContent
from plimsoll.adapters.sources.tables.layout import Layout, layout_of
from plimsoll.adapters.sources.tables.times import Clock
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.series import Window

_BATCH_CELLS = 4_000_000


class ParquetFile(TableFile):
    """A Parquet file as a source."""

    def take(self, window: Window) -> TableContent:
        """Read the file in one pass; raises InputError with file, row and column."""
        try:
            with pq.ParquetFile(self.path) as file:
                return self._take(file, window)
        except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            message = str(error).splitlines()[0][:120]
            raise InputError(f"is not a Parquet file that can be read: {message}", Place(self.name)) from error

    def _take(self, file: Any, window: Window) -> TableContent:
        schema = file.schema_arrow
        layout = self._layout(schema)
        if file.metadata.num_rows == 0:
            raise empty(self.name)
        gather = Gather(self.path.stem, layout, Clock(self.tz), window, self._place, self.bounds)
        columns = [layout.time, *layout.values, *layout.keys]
        for batch in file.iter_batches(max(1, _BATCH_CELLS // len(columns)), columns=columns):
            gather.add(self._typed(batch, gather))
        return gather.content()

    def _layout(self, schema: Any) -> Layout:
        plain = [field for field in schema if not pa.types.is_nested(field.type)]
        if len(plain) < 2:
            raise InputError("has fewer than two plain columns; a time and a value are needed", Place(self.name))
        numeric = {field.name: _is_number(field.type) for field in plain}
        names = [field.name for field in plain]
        stamped = [field.name for field in plain if pa.types.is_timestamp(field.type)]
        layout = layout_of(self.name, [*stamped, *(n for n in names if n not in stamped)], numeric)
        if pa.types.is_boolean(schema.field(layout.time).type):
            raise InputError("holds no times", Place(self.name, field=layout.time))
        return layout

    def _typed(self, batch: Any, gather: Gather) -> dict[str, Any]:
        cells = {name: _plain(batch.column(name)) for name in batch.schema.names}
        for name in gather.layout.values:
            if pa.types.is_string(cells[name].type):
                cells[name], bad = numbers(cells[name])
                if bad is not None:
                    raise InputError("is not a number", self._place(gather.rows + bad, name))
            cells[name] = cells[name].cast(pa.float64(), safe=False)
        for name in gather.layout.keys:
            cells[name] = cells[name].cast(pa.string())
        return cells

    def _place(self, row: int, column: str) -> Place:
        return Place(self.name, field=f"row {row + 1}, column {column[:60]}")


def _is_number(kind: Any) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _plain(cells: Any) -> Any:
    return cells.cast(cells.type.value_type) if pa.types.is_dictionary(cells.type) else cells
