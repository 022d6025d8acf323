"""How is a Parquet file with rows in any order rearranged, so that each series is one run of rows?

DuckDB sorts by series outside of memory and keeps the order of rows within each series: of two samples with the same
time stamp the later row counts. Rows without a name belong to the series whose name is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from plimsoll.adapters.panels.parquet_reader import NotInRuns, ParquetReader
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.panel import PanelOutline

MEMORY_LIMIT = "1GB"
ROW_GROUP_ROWS = 500_000


@contextmanager
def laid_out(path: str) -> Iterator[ParquetReader]:
    """Provide a reader of `path` or, if that cannot be read in parts, of a temporary sorted copy.

    Raises InputError for a file or a column that cannot be read, and for two names that cannot be told apart.
    """
    reader = ParquetReader(str(Path(path).absolute()))
    reader.check()
    if reader.fits() and _in_runs(reader):
        yield reader
        return
    with TemporaryDirectory(prefix="plimsoll-panel-") as folder:
        copy = str(Path(folder) / "sorted.parquet")
        _sort(reader, copy, folder)
        try:
            yield ParquetReader(copy)
        except NotInRuns:
            alike = "two names differ in their bytes and read alike as text; rename one of them"
            raise InputError(alike, Place(path, field="unique_id")) from None


def _in_runs(reader: ParquetReader) -> PanelOutline | None:
    try:
        return reader.outline()
    except NotInRuns:
        return None


def _sort(reader: ParquetReader, copy: str, folder: str) -> None:
    import duckdb

    name = "COALESCE(unique_id, '')" if reader.has_text_names() else "unique_id"
    with duckdb.connect() as database:
        database.execute(f"SET memory_limit = '{MEMORY_LIMIT}'; SET temp_directory = '{folder}'; SET threads = 2")
        database.execute(
            f"COPY (SELECT * EXCLUDE (file_row_number) REPLACE ({name} AS unique_id) "  # noqa: S608 own path
            f"FROM read_parquet(?, file_row_number = true) ORDER BY {name}, file_row_number) "
            f"TO '{copy}' (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP_ROWS})",
            [reader.path],
        )
