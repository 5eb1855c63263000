from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar, Self

from django.db.models import Q

from inventory.querysets.scopes import WarehouseScopedQuerySet
from suppliers.domain import purchase_states

if TYPE_CHECKING:
    from suppliers.models import PurchaseLine, PurchaseOrder, PurchaseRevision


class PurchaseOrderQuerySet(WarehouseScopedQuerySet["PurchaseOrder"]):
    """Purchase orders; a principal sees those for warehouses in scope."""

    def on_order(self) -> Self:
        """Keep the orders whose goods are bought and not all here.

        An order the supplier holds already stays one while a later revision waits for approval.
        """
        return self.filter(
            Q(state__in=purchase_states.ON_ORDER)
            | Q(state__in=purchase_states.UNAPPROVED, sent_at__isnull=False)
        )

    def late(self, today: dt.date) -> Self:
        """Keep the orders at the supplier whose expected day, or else wanted day, has passed."""
        return self.filter(state__in=purchase_states.AT_SUPPLIER, due_on__lt=today)


class PurchaseLineQuerySet(WarehouseScopedQuerySet["PurchaseLine"]):
    """Lines of purchase orders."""

    warehouse_path: ClassVar[str] = "order__warehouse"


class PurchaseRevisionQuerySet(WarehouseScopedQuerySet["PurchaseRevision"]):
    """What was asked for, revision by revision."""

    warehouse_path: ClassVar[str] = "order__warehouse"
