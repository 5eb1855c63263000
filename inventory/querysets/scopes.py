"""Querysets that know the warehouse a row belongs to, and so who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from core.permissions import Principal

M = TypeVar("M", bound=models.Model)


class SharedQuerySet(models.QuerySet[M]):
    """Rows of the whole company (products, lots, ...), visible to every signed-in principal."""

    def visible_to(self, principal: Principal) -> Self:
        """Return every row: the catalogue has no warehouse; capabilities guard the screens."""
        return self.all()


class WarehouseScopedQuerySet(models.QuerySet[M]):
    """Rows that belong to a warehouse, found through `warehouse_path`."""

    warehouse_path: ClassVar[str] = "warehouse"

    def visible_to(self, principal: Principal) -> Self:
        """Keep the rows of the principal's warehouses; `warehouse_codes` None means all."""
        if principal.warehouse_codes is None:
            return self.all()
        return self.filter(self._in_scope(principal.warehouse_codes))

    def _in_scope(self, codes: frozenset[str] | set[str] | tuple[str, ...]) -> Q:
        return Q(**{f"{self.warehouse_path}__code__in": list(codes)})
