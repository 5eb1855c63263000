"""Reads of the suppliers app's tables."""
