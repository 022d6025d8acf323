"""The nouns every room shares: quantities, series, estimates, documents, errors and ports.

What one stage hands to another is a type here, one module a stage. Nothing in this room reads a file,
a clock or a network.
"""
