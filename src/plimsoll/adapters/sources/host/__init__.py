"""Readings of this machine and of single processes on it (psutil and /proc)."""

from plimsoll.adapters.sources.host.source import Host

__all__ = ["Host"]
