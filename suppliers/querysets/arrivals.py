from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from suppliers.models import Asn, AsnCarton, AsnLine

EXPECTED = ("announced", "arrived", "receiving")


class AsnQuerySet(WarehouseScopedQuerySet["Asn"]):
    """Arrivals; a principal sees those at warehouses in scope."""

    def expected(self) -> Self:
        """Keep the arrivals of which something may still come."""
        return self.filter(state__in=EXPECTED)


class AsnCartonQuerySet(WarehouseScopedQuerySet["AsnCarton"]):
    """Announced cartons."""

    warehouse_path: ClassVar[str] = "asn__warehouse"


class AsnLineQuerySet(WarehouseScopedQuerySet["AsnLine"]):
    """Lines of arrivals."""

    warehouse_path: ClassVar[str] = "asn__warehouse"
