"""Policies rehearsed on recorded demand: replayed side by side, and a new one learned on its first part."""
