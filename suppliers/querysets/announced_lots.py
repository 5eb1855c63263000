from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from suppliers.models.announced_lots import AnnouncedLot


class AnnouncedLotQuerySet(WarehouseScopedQuerySet["AnnouncedLot"]):
    """Lots and cartons that suppliers announced."""

    warehouse_path: ClassVar[str] = "line__asn__warehouse"
