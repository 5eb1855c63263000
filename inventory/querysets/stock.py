from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import F, Q

from inventory.querysets.scopes import SharedQuerySet, WarehouseScopedQuerySet

if TYPE_CHECKING:
    from inventory.models import (
        BinReservation,
        BinStock,
        CostLayer,
        CostVariance,
        CountTask,
        LandedShare,
        LayerConsumption,
        Reservation,
        StockEvent,
        StockLevel,
        StockMove,
    )

OPEN_QTY = F("qty") - F("consumed_qty") - F("released_qty")
"""Units of a reservation that are still promised."""
ATP = F("on_hand") - F("unsellable") - F("reserved") - F("buffer")


class StockLevelQuerySet(WarehouseScopedQuerySet["StockLevel"]):
    """Levels: the lock rows of promises."""

    def with_atp(self) -> Self:
        """Annotate `atp`: units that may still be promised (negative when a promise is broken)."""
        return self.annotate(atp=ATP)

    def lock(self) -> Self:
        """Lock rows in pk order, so two callers can never deadlock. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def over_promised(self) -> Self:
        """Keep the levels whose sellable units no longer cover what is reserved."""
        return self.filter(reserved__gt=F("on_hand") - F("unsellable"))


class BinStockQuerySet(WarehouseScopedQuerySet["BinStock"]):
    """What lies where."""

    warehouse_path = "bin__warehouse"

    def present(self) -> Self:
        """Keep the rows with units in them."""
        return self.filter(qty__gt=0)

    def sellable(self) -> Self:
        """Keep good units that are not in a held, quarantined or recalled lot."""
        return self.filter(Q(lot__isnull=True) | Q(lot__status="good"), condition="good")

    def unsellable(self) -> Self:
        """Keep units that count against ATP: not in good condition, or in a lot that is not."""
        return self.exclude(Q(lot__isnull=True) | Q(lot__status="good"), condition="good")


class StockEventQuerySet(SharedQuerySet["StockEvent"]):
    """Service calls that touched stock."""


class StockMoveQuerySet(WarehouseScopedQuerySet["StockMove"]):
    """Ledger rows; a principal sees those with an end in scope."""

    def _in_scope(self, codes: frozenset[str] | set[str] | tuple[str, ...]) -> Q:
        wanted = list(codes)
        return Q(from_warehouse__code__in=wanted) | Q(to_warehouse__code__in=wanted)


class ReservationQuerySet(WarehouseScopedQuerySet["Reservation"]):
    """Promises at levels."""

    warehouse_path = "level__warehouse"

    def pending(self) -> Self:
        """Keep the promises that still hold stock."""
        return self.filter(state="pending")

    def with_open_qty(self) -> Self:
        """Annotate `open_qty`: units still promised."""
        return self.annotate(open_qty=OPEN_QTY)


class BinReservationQuerySet(WarehouseScopedQuerySet["BinReservation"]):
    """Picks' claims on bins."""

    warehouse_path = "bin_stock__bin__warehouse"

    def pending(self) -> Self:
        """Keep the claims that still hold units in a bin or tote."""
        return self.filter(state="pending")


class CostLayerQuerySet(WarehouseScopedQuerySet["CostLayer"]):
    """Costs of receipts, first in first out."""

    def open(self) -> Self:
        """Keep the layers with units left, in the order in which they are consumed."""
        return self.filter(remaining_qty__gt=0).order_by("received_at", "pk")


class LayerConsumptionQuerySet(WarehouseScopedQuerySet["LayerConsumption"]):
    """What left which layer."""

    warehouse_path = "layer__warehouse"


class LandedShareQuerySet(WarehouseScopedQuerySet["LandedShare"]):
    """Parts of landed costs by layer."""

    warehouse_path = "layer__warehouse"


class CostVarianceQuerySet(WarehouseScopedQuerySet["CostVariance"]):
    """Costs of units that had left."""

    warehouse_path = "layer__warehouse"


class CountTaskQuerySet(WarehouseScopedQuerySet["CountTask"]):
    """Bins somebody must count."""

    warehouse_path = "bin__warehouse"

    def open(self) -> Self:
        """Keep the tasks nobody has closed."""
        return self.filter(state="open")
