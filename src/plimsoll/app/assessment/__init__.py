"""How does the system stand now? Its resources, judged by a model or by their nature, and its alert rules."""
