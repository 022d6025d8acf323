"""Engines: what runs the same task on many items."""
