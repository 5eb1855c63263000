"""Products, SKUs, places and stock from files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from inventory.models import Sku

BATCH = 500


def find_skus(codes: Iterable[str]) -> dict[str, Sku]:
    """Return the SKUs with these codes, archived ones included; reads in parts of 500."""
    wanted = list(dict.fromkeys(codes))
    found: dict[str, Sku] = {}
    for start in range(0, len(wanted), BATCH):
        for sku in Sku.objects.filter(code__in=wanted[start : start + BATCH]).order_by("pk"):
            found[sku.code] = sku
    return found


def create_skus(
    names: Mapping[str, str], *, currency: str = "", lot_tracked: Collection[str] = ()
) -> list[Sku]:
    """Create a goods SKU for each code (-> name; the code where empty); codes must be unknown.

    Weight and customs data stay empty: a person or a products file fills them. `lot_tracked` names
    the codes that came with a lot.
    """
    rows = [
        Sku(
            code=code,
            name=(name or code)[:255],
            currency=currency,
            lot_tracked=code in lot_tracked,
        )
        for code, name in names.items()
    ]
    return Sku.objects.bulk_create(rows, batch_size=BATCH)
