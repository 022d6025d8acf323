"""Table files (CSV, Parquet) -> series: which column is what, what a time cell means, one series a group."""
