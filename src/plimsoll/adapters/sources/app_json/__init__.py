"""Readings of an application that reports its state in JSON: metrics, health by component, spend of the month."""

from plimsoll.adapters.sources.app_json.source import AppJson

__all__ = ["AppJson"]
