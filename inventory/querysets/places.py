from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from inventory.models import Bin, Warehouse, WarehouseHoliday, Zone


class WarehouseQuerySet(WarehouseScopedQuerySet["Warehouse"]):
    """Warehouses; a principal sees those in scope."""

    def _in_scope(self, codes: frozenset[str] | set[str] | tuple[str, ...]) -> Q:
        return Q(code__in=list(codes))

    def active(self) -> Self:
        """Keep the warehouses that take orders."""
        return self.filter(is_active=True)


class HolidayQuerySet(WarehouseScopedQuerySet["WarehouseHoliday"]):
    """Closed days of warehouses."""


class ZoneQuerySet(WarehouseScopedQuerySet["Zone"]):
    """Zones of warehouses."""


class BinQuerySet(WarehouseScopedQuerySet["Bin"]):
    """Bins; virtual bins belong to nobody's scope but are seen by unscoped principals."""

    def real(self) -> Self:
        """Keep the bins that stand in a building."""
        return self.filter(warehouse__isnull=False)

    def pickable(self) -> Self:
        """Keep the bins a wave may send a picker to."""
        return self.filter(is_pickable=True, is_active=True, warehouse__isnull=False)
