"""What will demand be? The forecast of a fleet from file to file, and of a source as a report for people."""
