"""Demand, forecasts, replenishment and alerts."""
