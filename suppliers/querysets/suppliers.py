from __future__ import annotations

from typing import TYPE_CHECKING, Self

from inventory.querysets.scopes import SharedQuerySet

if TYPE_CHECKING:
    from suppliers.models import Supplier


class SupplierQuerySet(SharedQuerySet["Supplier"]):
    """Suppliers; every warehouse may receive from each."""

    def active(self) -> Self:
        """Keep the suppliers goods may be announced for."""
        return self.filter(is_active=True)
