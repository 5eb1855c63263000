"""Reads of customers, one module per topic."""
