"""Querysets of returns, a module per topic."""
