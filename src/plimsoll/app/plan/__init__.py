"""What capacity is needed, and by when? A model's drivers, their histories and their growth become a dated plan."""
