"""The demo: the whole chain, on a service that really runs and on a demand history that is generated from a seed."""
