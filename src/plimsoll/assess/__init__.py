"""What is the current state of a system? Bands, headroom, bottlenecks, workload patterns. Pure."""
