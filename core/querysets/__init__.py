"""Reads of core rows, as chainable querysets."""
