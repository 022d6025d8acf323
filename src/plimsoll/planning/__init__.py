"""Demand, capacity and prices -> dated sizes, cost, runway, purchase, recovery. Pure."""
