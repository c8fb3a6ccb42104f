"""From an experiment to its checkpoint."""
