from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from inventory.models import Substitute


class SubstituteQuerySet(models.QuerySet["Substitute"]):
    """Substitutes of SKUs."""

    def in_place_of(self, sku_ids: Collection[int]) -> Self:
        """Keep the pairs in use that stand in for the SKUs, the best rank first."""
        return (
            self.filter(sku_id__in=list(sku_ids), is_active=True, substitute__archived=False)
            .select_related("substitute")
            .order_by("sku_id", "rank", "pk")
        )
