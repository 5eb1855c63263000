"""Channels, orders, holds, routing, promise and allocation."""
