"""Which expiry extensions and shortfalls: by state and warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from inventory.models.lot_extensions import LotExtension
    from inventory.models.shortfalls import Shortfall


class LotExtensionQuerySet(models.QuerySet["LotExtension"]):
    """Later last days asked for lots."""

    def waiting(self) -> Self:
        """Keep the requests nobody has decided on."""
        return self.filter(state="waiting")


class ShortfallQuerySet(WarehouseScopedQuerySet["Shortfall"]):
    """Promises to transfers and work orders that stock no longer covers."""

    def open(self) -> Self:
        """Keep those that nobody has settled."""
        return self.filter(state="open")
