"""How does SQL see the samples of several days, where a day may lie in several layers?

A day with one segment is read as it is. If a day has more, the oldest (usually by far the largest) is read without the
samples that a later one also holds; among the later ones, the last counts for each sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from plimsoll.adapters.store.manifest import Segment
from plimsoll.adapters.store.segment import VALUE_SQL
from plimsoll.domain.series import Window


def samples_sql(folder: Path, days: Mapping[int, Sequence[Segment]], where: str) -> str:
    """A query for the columns series, time and value over the segments of each day, oldest first; at least one day."""
    plain = [folder / segments[0].file for segments in days.values() if len(segments) == 1]
    branches = [_rows(plain, where)] if plain else []
    for segments in days.values():
        if len(segments) > 1:
            branches += _layered(folder, segments, where)
    return " union all ".join(branches)


def where_sql(numbers: Sequence[int], known: int, window: Window) -> str:
    """The condition for some of the series by their numbers, out of `known` that there are, over a window."""
    condition = f"time >= {window.start_ms} and time < {window.end_ms}"
    if len(numbers) == known:
        return condition
    listed = ", ".join(map(str, numbers))
    return f"{condition} and series between {min(numbers)} and {max(numbers)} and series in ({listed})"


def _layered(folder: Path, segments: Sequence[Segment], where: str) -> Iterator[str]:
    """The samples of one day; segments can hold the same sample only if their times overlap."""
    base, later = segments[0], segments[1:]
    first, last = min(item.first_ms for item in later), max(item.last_ms for item in later)
    newest = _newest([folder / item.file for item in later], where)
    yield newest
    if base.last_ms < first or base.first_ms > last:
        yield _rows([folder / base.file], where)
        return
    yield _rows([folder / base.file], f"{where} and (time < {first} or time > {last})")
    overlapping = _rows([folder / base.file], f"{where} and time between {first} and {last}")
    yield f"select b.* from ({overlapping}) b anti join ({newest}) l using (series, time)"  # noqa: S608


def _newest(files: Sequence[Path], where: str) -> str:
    """The samples of later segments; names of segments sort by age, so the greatest name counts."""
    if len(files) == 1:
        return _rows(files, where)
    rows = _rows(files, where, "filename")
    return f"select series, time, arg_max(value, filename) as value from ({rows}) group by series, time"  # noqa: S608


def _rows(files: Sequence[Path], where: str, extra: str = "") -> str:
    """Samples of files; only our own names and whole numbers enter the SQL text, and paths are quoted."""
    columns = ", ".join(["series", "time", f"{VALUE_SQL} as value", *([extra] if extra else [])])
    listed = ", ".join(_quoted(path) for path in files)
    return f"select {columns} from read_parquet([{listed}], filename = true) where {where}"  # noqa: S608


def _quoted(path: Path) -> str:
    """A path as SQL text that is taken for one file, not for a pattern."""
    literal = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
    return "'" + literal.replace("'", "''") + "'"
