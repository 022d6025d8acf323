"""Autoscaler objects as they stand in a cluster's files: HPA, ScaledObject and VPA manifests."""
