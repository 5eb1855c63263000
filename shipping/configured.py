"""Settings of shipping in the type that their declaration promises."""

from __future__ import annotations

from decimal import Decimal

from core import settings_store


def whole(name: str) -> int:
    """Return a setting that is a whole number."""
    value = settings_store.get(name)
    if not isinstance(value, int):
        raise TypeError(f"{name} is not a whole number")
    return value


def amount(name: str) -> Decimal:
    """Return a setting that is an amount."""
    value = settings_store.get(name)
    if not isinstance(value, Decimal):
        raise TypeError(f"{name} is not an amount")
    return value


def text(name: str) -> str:
    """Return a setting that is text."""
    return str(settings_store.get(name))


def words(name: str) -> tuple[str, ...]:
    """Return a setting that is a list of words."""
    value = settings_store.get(name)
    if not isinstance(value, tuple):
        raise TypeError(f"{name} is not a list")
    return value
