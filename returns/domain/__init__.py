"""Return rules in plain Python."""
