"""Settings of customers in the type that their declaration promises."""

from __future__ import annotations

from core import settings_store


def whole(name: str) -> int:
    """Return a setting that is a whole number."""
    value = settings_store.get(name)
    if not isinstance(value, int):
        raise TypeError(f"{name} is not a whole number")
    return value
