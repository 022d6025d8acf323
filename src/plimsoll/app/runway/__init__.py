"""What runs out, and by when must someone act? Series, the limits they meet, and how the two are brought together."""
