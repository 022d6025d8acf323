"""Past demand -> future demand as quantiles; backtests; scenarios. Pure."""
