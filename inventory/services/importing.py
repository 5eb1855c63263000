"""Products, SKUs, places and stock from files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.imports import snapshots
from core.imports.kinds import Change, UndoReport
from inventory.models import Sku, SkuBarcode

BATCH = 500


def find_skus(codes: Iterable[str]) -> dict[str, Sku]:
    """Return the SKUs with these codes, archived ones included; reads in parts of 500."""
    wanted = list(dict.fromkeys(codes))
    found: dict[str, Sku] = {}
    for start in range(0, len(wanted), BATCH):
        for sku in Sku.objects.filter(code__in=wanted[start : start + BATCH]):
            found[sku.code] = sku
    return found


def create_skus(names: Mapping[str, str], *, currency: str = "") -> list[Sku]:
    """Create a goods SKU for each code (-> name; the code where empty); codes must be unknown.

    Weight and customs data stay empty: a person or a products file fills them.
    """
    rows = [
        Sku(code=code, name=(name or code)[:255], currency=currency) for code, name in names.items()
    ]
    return Sku.objects.bulk_create(rows, batch_size=BATCH)


def take_back(changes: Sequence[Change]) -> UndoReport:
    """Undo the changes of SKUs among `changes`; a SKU that anything points at stays, listed."""
    return snapshots.take_back(changes, Sku, owned=(SkuBarcode,))
