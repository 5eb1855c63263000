"""The demo company: generated, deterministic, and shaped so that every screen has work on it."""
