"""The wiring: the only module that names concrete adapters."""
