"""Policies, requests, inspection and refunds."""
