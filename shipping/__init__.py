"""Carriers, rates, labels, parcels, tracking."""
