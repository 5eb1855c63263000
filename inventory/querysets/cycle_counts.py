from __future__ import annotations

from typing import TYPE_CHECKING, Self

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from inventory.models import AdjustmentRequest, CountClass, CycleCount


class CycleCountQuerySet(WarehouseScopedQuerySet["CycleCount"]):
    """Cycle counts of bins."""

    def open(self) -> Self:
        """Keep the counts that are neither posted nor cancelled."""
        return self.exclude(state__in=("posted", "cancelled"))

    def to_count(self) -> Self:
        """Keep the counts somebody must walk to, the first due first."""
        rows = self.filter(state__in=("requested", "counting", "recount"))
        return rows.order_by("due_at", "pk")

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class CountClassQuerySet(WarehouseScopedQuerySet["CountClass"]):
    """ABC classes of SKUs by warehouse."""


class AdjustmentRequestQuerySet(WarehouseScopedQuerySet["AdjustmentRequest"]):
    """Adjustments above the limit."""

    warehouse_path = "bin__warehouse"

    def waiting(self) -> Self:
        """Keep the requests nobody has decided on."""
        return self.filter(state="waiting")
