"""Where do we stand now? Bands, headroom, bottlenecks, workload patterns. Pure."""
