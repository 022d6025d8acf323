"""Observation, memory and rules -> a decision with reasons; one step. Pure."""
