"""Customers, their addresses and their identities on each channel."""
