"""Shapes that lucide does not have: the ring that fills with progress, and the solid tick."""

from __future__ import annotations

_RING = '<circle cx="12" cy="12" r="10"/>'


def _slice(path: str) -> str:
    return f'{_RING}<path d="{path}" fill="currentColor" stroke="none"/>'


# Quarter by quarter, clockwise from twelve o'clock; radius 6 around the centre.
OWN_SHAPES: dict[str, str] = {
    "ring-dashed": '<circle cx="12" cy="12" r="10" stroke-dasharray="3.2 3.1"/>',
    "ring-1": _slice("M12 12V6a6 6 0 0 1 5.2 3z"),
    "ring-2": _slice("M12 12V6a6 6 0 0 1 5.2 9z"),
    "ring-3": _slice("M12 6a6 6 0 0 1 0 12z"),
    "ring-4": _slice("M12 12V6a6 6 0 1 1-6 6z"),
    "disc-check": (
        '<circle cx="12" cy="12" r="11" fill="currentColor" stroke="none"/>'
        '<path d="m7.5 12.5 3 3 6-6.5" class="knock" stroke-width="2.5"/>'
    ),
}
