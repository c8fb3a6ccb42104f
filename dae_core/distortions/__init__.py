"""The report's three distortions, and what somebody paints."""
