"""What is there to tell? Every stage asked, the headlines first."""
