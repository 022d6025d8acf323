"""Families of methods: each writes the paths of its methods from one origin, or from all at once."""
