from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from inventory.models import BinPlace, FloorLayout


class FloorLayoutQuerySet(WarehouseScopedQuerySet["FloorLayout"]):
    """Floor layouts of warehouses."""


class BinPlaceQuerySet(WarehouseScopedQuerySet["BinPlace"]):
    """Places of bins on the floor."""

    warehouse_path = "bin__warehouse"
