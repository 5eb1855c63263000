from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from inventory.querysets.scopes import SharedQuerySet

if TYPE_CHECKING:
    from inventory.models import Bom, BomLine, Lot, Product, Sku, SkuBarcode


class ProductQuerySet(SharedQuerySet["Product"]):
    """Products of the catalogue."""

    def live(self) -> Self:
        """Keep the products that are not archived."""
        return self.filter(archived=False)


class SkuQuerySet(SharedQuerySet["Sku"]):
    """SKUs of the catalogue."""

    def live(self) -> Self:
        """Keep the SKUs that are not archived."""
        return self.filter(archived=False)

    def stocked(self) -> Self:
        """Keep the SKUs that lie in bins: neither services nor virtual kits do."""
        return self.exclude(kind__in=("service", "virtual_kit"))

    def unmeasured(self) -> Self:
        """Keep goods and assembled kits in use that lack a side: no packing plan can place them."""
        lacks = Q()
        for side in ("length_mm", "width_mm", "height_mm"):
            lacks |= Q(**{side: None}) | Q(**{side: 0})
        return self.filter(lacks, kind__in=("goods", "assembled_kit"), archived=False)

    def matching(self, text: str) -> Self:
        """Search code, names and barcodes; an exact barcode or code is enough."""
        return self.filter(
            Q(code__icontains=text)
            | Q(name__icontains=text)
            | Q(name_zh__icontains=text)
            | Q(pk__in=self.model.objects.filter(barcodes__code=text).values("pk"))
        )


class SkuBarcodeQuerySet(SharedQuerySet["SkuBarcode"]):
    """Barcodes of SKUs."""


class BomQuerySet(SharedQuerySet["Bom"]):
    """Versions of kit definitions."""

    def current(self) -> Self:
        """Keep the version new orders are exploded with."""
        return self.filter(is_current=True)


class BomLineQuerySet(SharedQuerySet["BomLine"]):
    """Components of kit versions."""


class LotQuerySet(SharedQuerySet["Lot"]):
    """Lots of SKUs."""

    def good(self) -> Self:
        """Keep the lots that may be promised and picked."""
        return self.filter(status="good")

    def lock(self) -> Self:
        """Lock rows in pk order; before any level, and without blocking foreign keys to them."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")
