"""Who delivered a lot."""

from __future__ import annotations

from collections.abc import Collection

from suppliers.models import ReceiptLine, SupplierSku


def suppliers_of_lots(lot_ids: Collection[int]) -> dict[int, str]:
    """Return the code of the supplier that delivered each lot last; lots of no receipt lack."""
    rows = (
        ReceiptLine.objects.filter(lot_id__in=set(lot_ids), is_undone=False)
        .order_by("pk")
        .values_list("lot_id", "receipt__asn__supplier__code")
    )
    return dict(rows)


def usual_suppliers(sku_ids: Collection[int]) -> dict[int, str]:
    """Return the code of the first supplier of each SKU; SKUs that nobody supplies lack."""
    rows = (
        SupplierSku.objects.filter(sku_id__in=set(sku_ids), is_active=True)
        .order_by("-rank", "-pk")
        .values_list("sku_id", "supplier__code")
    )
    return dict(rows)
