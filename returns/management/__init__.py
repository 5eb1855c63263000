"""Commands of returns."""
