"""Table files (CSV, Parquet) -> series: the role of each column, the meaning of time cells, one series per group."""
