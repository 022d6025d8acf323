"""Panels: files of many series, read and written in parts."""
