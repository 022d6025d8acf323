"""Autoscalers as other tools write them: HPA, ScaledObject and VPA manifests, and policies of AWS and Nomad."""
