from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import F, Q

from inventory.querysets.scopes import SharedQuerySet, WarehouseScopedQuerySet

if TYPE_CHECKING:
    from inventory.models import (
        KitPart,
        PickFace,
        ReplenishTask,
        Transfer,
        TransferLine,
        TransferPick,
        WorkOrder,
        WorkOrderLine,
    )

ON_THE_WAY = F("shipped_qty") - F("received_qty") - F("lost_qty") - F("returned_qty")
"""Units of a transfer line that have left the source and are nowhere yet."""


class TransferQuerySet(WarehouseScopedQuerySet["Transfer"]):
    """Transfers; a principal sees those with an end in scope."""

    def _in_scope(self, codes: frozenset[str] | set[str] | tuple[str, ...]) -> Q:
        wanted = list(codes)
        return Q(source__code__in=wanted) | Q(destination__code__in=wanted)

    def leaving(self) -> Self:
        """Keep the transfers whose goods wait in the source to be picked or shipped."""
        return self.filter(state__in=("approved", "picking"))

    def arriving(self) -> Self:
        """Keep the transfers whose goods are on the way."""
        return self.filter(state__in=("in_transit", "partially_received"))


class TransferLineQuerySet(SharedQuerySet["TransferLine"]):
    """Lines of transfers."""


class TransferPickQuerySet(WarehouseScopedQuerySet["TransferPick"]):
    """Visits of bins for transfers; they happen in the source."""

    warehouse_path = "transfer__source"

    def open(self) -> Self:
        """Keep the visits still to be made, in walking order."""
        return self.filter(state="open").order_by("sequence", "pk")


class WorkOrderQuerySet(WarehouseScopedQuerySet["WorkOrder"]):
    """Work orders of kits."""

    def open(self) -> Self:
        """Keep the orders that still hold components."""
        return self.filter(state__in=("draft", "released", "in_progress"))

    def on_floor(self) -> Self:
        """Keep the orders that can be built now."""
        return self.filter(state__in=("released", "in_progress"))


class WorkOrderLineQuerySet(WarehouseScopedQuerySet["WorkOrderLine"]):
    """Components of work orders."""

    warehouse_path = "work_order__warehouse"


class KitPartQuerySet(SharedQuerySet["KitPart"]):
    """Which component lots are in which kit lot."""


class PickFaceQuerySet(WarehouseScopedQuerySet["PickFace"]):
    """Least and most units of SKUs in pick bins."""

    warehouse_path = "bin__warehouse"


class ReplenishTaskQuerySet(WarehouseScopedQuerySet["ReplenishTask"]):
    """Refills of pick bins."""

    def open(self) -> Self:
        """Keep the refills still to be made, the urgent first."""
        return self.filter(state="open").order_by("-is_urgent", "pk")
