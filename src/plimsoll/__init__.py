"""Plimsoll: how much each part of a system can carry, when it runs out, and what to do by which date."""

__version__ = "0.1.0"
