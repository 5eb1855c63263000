from __future__ import annotations

from typing import TYPE_CHECKING, Self

from inventory.querysets.scopes import SharedQuerySet

if TYPE_CHECKING:
    from inventory.models import PackagingSpec


class PackagingSpecQuerySet(SharedQuerySet["PackagingSpec"]):
    """Sizes of boxes, mailers, tissue and bags."""

    def parcels(self) -> Self:
        """Keep what goods can travel in: live boxes, mailers and bags, by code."""
        return (
            self.filter(kind__in=("box", "mailer", "bag"), sku__archived=False)
            .select_related("sku")
            .order_by("sku__code")
        )
