"""Reads of arrivals for screens and the apps above; nothing here locks or writes."""

from suppliers.queries.arrivals import (
    announced_contents,
    arrivals_at_dock,
    differences,
    find_arrival,
    incoming_units,
    with_lines,
)

__all__ = [
    "announced_contents",
    "arrivals_at_dock",
    "differences",
    "find_arrival",
    "incoming_units",
    "with_lines",
]
