"""What will demand be? Of a fleet from file to file, and of what a source holds in words for people."""
