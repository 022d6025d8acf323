"""From past demand to future demand as quantiles; backtests and scenarios. Pure."""
