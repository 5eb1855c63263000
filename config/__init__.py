"""Settings, wiring and the commands that span every app."""
