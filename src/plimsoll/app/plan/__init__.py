"""What must there be, and by when? A model's drivers, their pasts and their growth become a dated plan."""
