"""Readings of a PostgreSQL server (13 and later)."""

from plimsoll.adapters.sources.postgresql.source import Postgresql

__all__ = ["Postgresql"]
