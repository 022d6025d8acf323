"""The stores of series and state."""
