"""Series from a Prometheus server, or one that speaks its HTTP API (Thanos, Mimir, VictoriaMetrics)."""

from plimsoll.adapters.sources.prometheus.source import Prometheus

__all__ = ["Prometheus"]
