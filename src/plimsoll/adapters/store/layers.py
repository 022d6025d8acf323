"""How does SQL see the samples of several days, where a day may lie in several layers?

A day with one segment is read as it stands. Where a day has more, the oldest (mostly the largest by far) is read
without the samples that a later one holds, too, and of the later ones the last counts for each sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from plimsoll.adapters.store.segment import VALUE_SQL
from plimsoll.domain.series import Window


def samples_sql(days: Mapping[int, Sequence[Path]], where: str) -> str:
    """A query for the columns series, time and value over the files of each day, oldest first; at least one day."""
    plain = [files[0] for files in days.values() if len(files) == 1]
    branches = [_rows(plain, where)] if plain else []
    branches += [_layered(files, where) for files in days.values() if len(files) > 1]
    return " union all ".join(branches)


def where_sql(numbers: Sequence[int], known: int, window: Window) -> str:
    """The condition for some of the series by their numbers, out of `known` that there are, over a window."""
    condition = f"time >= {window.start_ms} and time < {window.end_ms}"
    if len(numbers) == known:
        return condition
    listed = ", ".join(map(str, numbers))
    return f"{condition} and series between {min(numbers)} and {max(numbers)} and series in ({listed})"


def _layered(files: Sequence[Path], where: str) -> str:
    base, later = _rows(files[:1], where), _rows(files[1:], where, "filename")
    newest = f"select series, time, arg_max(value, filename) as value from ({later}) group by series, time"  # noqa: S608
    untouched = f"select b.* from ({base}) b anti join ({later}) l using (series, time)"  # noqa: S608
    return f"{untouched} union all {newest}"


def _rows(files: Sequence[Path], where: str, extra: str = "") -> str:
    """Samples of files; our own names and whole numbers are all that enters the text, paths are quoted."""
    columns = ", ".join(["series", "time", f"{VALUE_SQL} as value", *([extra] if extra else [])])
    listed = ", ".join(_quoted(path) for path in files)
    return f"select {columns} from read_parquet([{listed}], filename = true) where {where}"  # noqa: S608


def _quoted(path: Path) -> str:
    """A path as SQL text that is taken for one file, not for a pattern."""
    literal = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
    return "'" + literal.replace("'", "''") + "'"
