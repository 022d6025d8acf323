"""How is the system doing now? Its resources, judged by a model or by their natural limits, and its alert rules."""
