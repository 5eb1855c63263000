from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db.models import Prefetch

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from suppliers.models import Asn, AsnCarton, AsnLine

EXPECTED = ("announced", "arrived", "receiving")


class AsnQuerySet(WarehouseScopedQuerySet["Asn"]):
    """Arrivals; a principal sees those at warehouses in scope."""

    def expected(self) -> Self:
        """Keep the arrivals of which something may still come."""
        return self.filter(state__in=EXPECTED)

    def with_lines(self) -> Self:
        """Join what a page of one arrival shows."""
        from suppliers.models import AsnLine  # noqa: PLC0415  # models import this module

        lines = AsnLine.objects.select_related("sku").order_by("sku__code", "pk")
        return self.select_related("supplier", "warehouse").prefetch_related(
            Prefetch("lines", lines)
        )


class AsnCartonQuerySet(WarehouseScopedQuerySet["AsnCarton"]):
    """Announced cartons."""

    warehouse_path: ClassVar[str] = "asn__warehouse"


class AsnLineQuerySet(WarehouseScopedQuerySet["AsnLine"]):
    """Lines of arrivals."""

    warehouse_path: ClassVar[str] = "asn__warehouse"
