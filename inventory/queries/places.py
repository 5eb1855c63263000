"""Warehouses by code, for forms that name one outside of the asker's own."""

from __future__ import annotations

from inventory.models import Warehouse


def warehouse_codes() -> dict[str, int]:
    """Return the id of every warehouse in use by its code, in the order of codes."""
    rows = Warehouse.objects.filter(is_active=True).order_by("code")
    return dict(rows.values_list("code", "pk"))
