"""Where are predictions kept from run to run? In one SQLite file in the state folder.

A run writes in one transaction: its predictions, the outcomes that are now known, and the evidence of each row. Two
simultaneous runs take turns; a run that waits too long fails with an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from plimsoll.adapters.store.revive import revive
from plimsoll.domain.errors import StoreBusy, StoreError
from plimsoll.domain.limit import Direction, LimitType
from plimsoll.domain.prediction import Outcome, Prediction, ScoredPrediction
from plimsoll.domain.runway import RunwayExplanation
from plimsoll.domain.time_spans import DAY_MS

PATIENCE_S = 10.0
_METADATA = sa.MetaData()
_PREDICTIONS = sa.Table(
    "predictions",
    _METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("resource", sa.Text, primary_key=True),
    sa.Column("limit_type", sa.Text, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True),
    sa.Column("limit_value", sa.Float, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("made_at_ms", sa.BigInteger, nullable=False),
    sa.Column("horizon_end_ms", sa.BigInteger, nullable=False),
    sa.Column("early_ms", sa.BigInteger),
    sa.Column("p50_ms", sa.BigInteger),
    sa.Column("late_ms", sa.BigInteger),
    sa.Column("probability_none", sa.Float, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("breached_ms", sa.BigInteger),
    sa.Column("seen_ms", sa.BigInteger),
)
_EXPLANATIONS = sa.Table(
    "explanations",
    _METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("resource", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)


class TrackRecordFile:
    """A log of predictions in one SQLite file, made when it is first written; a run waits `patience_s` for another."""

    def __init__(self, path: Path, patience_s: float = PATIENCE_S) -> None:
        self._path = path
        self._patience_s = patience_s

    def predictions(self, source: str) -> tuple[ScoredPrediction, ...]:
        """All predictions for a source's resources, oldest first; raises StoreError."""
        if not self._holds_anything():
            return ()
        table = _PREDICTIONS
        query = sa.select(table).where(table.c.source == source).order_by(table.c.made_at_ms, table.c.resource)
        with self._connection() as connection:
            _upgrade(connection)
            return tuple(_prediction(row) for row in connection.execute(query).mappings())

    def keep(self, scored: Sequence[ScoredPrediction], explanations: Sequence[RunwayExplanation], source: str) -> None:
        """Write predictions, outcomes and explanations in one transaction; raises StoreError, StoreBusy."""
        from sqlalchemy.dialects.sqlite import insert

        with self._connection() as connection:
            _METADATA.create_all(connection)
            _upgrade(connection)
            if scored:
                connection.execute(insert(_PREDICTIONS).prefix_with("OR REPLACE"), [_row(item) for item in scored])
            connection.execute(sa.delete(_EXPLANATIONS).where(_EXPLANATIONS.c.source == source))
            if explanations:
                rows = [
                    {"source": source, "resource": item.row.resource, "document": _dumped(item)}
                    for item in explanations
                ]
                connection.execute(insert(_EXPLANATIONS), rows)

    def explanations(self, resource: str) -> tuple[RunwayExplanation, ...]:
        """The last explanation of a resource, one for each source that has it; raises StoreError."""
        query = sa.select(_EXPLANATIONS.c.document).where(_EXPLANATIONS.c.resource == resource)
        found = [row[0] for row in self._look(query)]
        try:
            return tuple(revive(RunwayExplanation, json.loads(text)) for text in found)
        except (TypeError, ValueError, KeyError) as error:
            raise StoreError(
                f"{self._path}: holds an explanation of another form; run `plimsoll runway` anew"
            ) from error

    def resources(self) -> tuple[str, ...]:
        """Every resource that has an explanation; raises StoreError."""
        query = sa.select(_EXPLANATIONS.c.resource).distinct().order_by(_EXPLANATIONS.c.resource)
        return tuple(row[0] for row in self._look(query))

    def _look(self, query: Any) -> list[Any]:
        if not self._holds_anything():
            return []
        with self._connection() as connection:
            return list(connection.execute(query))

    def _holds_anything(self) -> bool:
        """Whether a run has written; a run that is killed at its first write leaves an empty file."""
        return self._path.exists() and self._path.stat().st_size > 0

    @contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            engine = sa.create_engine(f"sqlite:///{self._path}", connect_args={"timeout": self._patience_s})
            try:
                with engine.begin() as connection:
                    yield connection
            finally:
                engine.dispose()
        except OperationalError as error:
            if "locked" in str(error.orig):
                raise StoreBusy(f"{self._path}: another run is writing the track record; try again") from error
            raise StoreError(f"{self._path}: the track record cannot be used: {error.orig}") from error
        except DatabaseError as error:
            raise StoreError(f"{self._path}: is no track record: {error.orig}") from error
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror or error}") from error


def _upgrade(connection: sa.Connection) -> None:
    """Add the column that the file of an older release lacks; a file without the table is left as it is."""
    names = {row[1] for row in connection.execute(sa.text("PRAGMA table_info(predictions)"))}
    if names and "seen_ms" not in names:
        connection.execute(sa.text("ALTER TABLE predictions ADD COLUMN seen_ms BIGINT"))


def _row(item: ScoredPrediction) -> dict[str, Any]:
    prediction = item.prediction
    return {
        **asdict(prediction),
        "limit_type": prediction.limit_type.value,
        "direction": prediction.direction.value,
        "day": prediction.made_at_ms // DAY_MS,
        "outcome": item.outcome.value,
        "breached_ms": item.breached_ms,
        "seen_ms": item.seen_ms,
    }


def _prediction(row: Any) -> ScoredPrediction:
    names = ("source", "resource", "limit_value", "made_at_ms", "horizon_end_ms", "probability_none")
    dates = {name: row[name] for name in ("early_ms", "p50_ms", "late_ms")}
    prediction = Prediction(
        limit_type=LimitType(row["limit_type"]),
        direction=Direction(row["direction"]),
        **{name: row[name] for name in names},
        **dates,
    )
    return ScoredPrediction(prediction, Outcome(row["outcome"]), row["breached_ms"], row["seen_ms"])


def _dumped(item: RunwayExplanation) -> str:
    def plain(value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else value.value

    return json.dumps(asdict(item), default=plain)
