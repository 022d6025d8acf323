"""Where series and state are kept."""
