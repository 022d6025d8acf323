"""What would policies have done? They are replayed side by side on recorded demand; a new one is learned on a part."""
