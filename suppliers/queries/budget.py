"""What buying may spend in a month, and what approved orders have used of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from core import settings_store
from suppliers.domain.purchase_settings import MONTHLY_BUDGET
from suppliers.models import PurchaseOrder


@dataclass(frozen=True, slots=True)
class Budget:
    """One month, in the base currency. `this_amount` is the order that is looked at."""

    month: dt.date
    total_amount: Decimal
    used_amount: Decimal
    this_amount: Decimal

    @property
    def left_amount(self) -> Decimal:
        """Return what is left after the order; negative above the budget."""
        return self.total_amount - self.used_amount - self.this_amount

    @property
    def spent_int(self) -> int:
        """Return what is gone with the order, in full units, for a bar."""
        return int(min(self.used_amount + self.this_amount, self.total_amount))

    @property
    def total_int(self) -> int:
        """Return the budget in full units, for a bar."""
        return int(self.total_amount)

    @property
    def left_share(self) -> Decimal:
        """Return the share that is left after the order: 0.31 for 31 %."""
        return self.left_amount / self.total_amount


def budget_for(amount: Decimal, *, without: int | None = None, now: dt.datetime) -> Budget | None:
    """Return the budget of the month (UTC) with an order of this amount; None: none is set.

    Orders count in the month of their approval, cancelled ones not; `without` leaves one out.
    """
    total = Decimal(str(settings_store.get(MONTHLY_BUDGET.name)))
    if total <= 0:
        return None
    start = now.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    approved = PurchaseOrder.objects.filter(approved_at__gte=start, approved_at__lte=now)
    approved = approved.exclude(state__in=("cancelled", "rejected"))
    if without is not None:
        approved = approved.exclude(pk=without)
    used = approved.aggregate(used=Sum("total_base_amount"))["used"] or Decimal(0)
    return Budget(start.date(), total, used, amount)
