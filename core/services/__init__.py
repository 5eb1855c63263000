"""Writes of core rows."""
