"""What runs out, and by when must someone act? Series, their limits, and how the two are matched."""
