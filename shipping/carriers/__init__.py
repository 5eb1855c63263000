"""Carriers behind one Protocol."""
