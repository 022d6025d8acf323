"""What is in a report? The answers of every stage, the headlines first."""
