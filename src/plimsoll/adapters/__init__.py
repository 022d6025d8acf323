"""The outside world: one file per outside system."""
