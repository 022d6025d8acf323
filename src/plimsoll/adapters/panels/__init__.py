"""Panels: files that hold many series, read in parts and written in parts."""
