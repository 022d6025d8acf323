"""How does one instance behave under load, and how much does it carry within its SLO? Pure."""
