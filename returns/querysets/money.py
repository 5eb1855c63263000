"""Refunds, their payments, store credit and recoverable balances: scopes, claims and locks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from returns.domain.refund_states import LIVE_STATES

if TYPE_CHECKING:
    from core.permissions import Principal
    from returns.models.money import (
        Recoverable,
        Refund,
        RefundLine,
        RefundPayment,
        StoreCreditAccount,
    )


def _orders_of(rows: models.QuerySet[Any], principal: Principal) -> Any:
    """Return the orders a principal sees: money is seen by whoever sees its order."""
    orders: Any = rows.model._meta.get_field("order").related_model
    return orders.objects.visible_to(principal)


class RefundQuerySet(models.QuerySet["Refund"]):
    """Refunds."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the refunds of visible orders."""
        if principal.channel_codes is None and principal.warehouse_codes is None:
            return self
        return self.filter(order__in=_orders_of(self, principal).values("pk"))

    def live(self) -> Self:
        """Keep those that count against what was paid."""
        return self.filter(state__in=LIVE_STATES)

    def with_waits(self) -> Self:
        """Add `waits_by_hand` and `has_failed`: some payment is to be made, or was refused."""
        payments: Any = self.model._meta.get_field("payments").related_model
        of_it = payments._default_manager.filter(refund=OuterRef("pk"))
        return self.annotate(
            waits_by_hand=Exists(of_it.filter(state="by_hand")),
            has_failed=Exists(of_it.filter(state="failed")),
        )

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic(), after the order."""
        return self.select_for_update(of=("self",)).order_by("pk")


class RefundLineQuerySet(models.QuerySet["RefundLine"]):
    """Rows of breakdowns."""

    def units(self) -> Self:
        """Keep the rows that stand for units paid back, of refunds that count."""
        return self.filter(code="GOODS", is_live=True, return_line__isnull=False)


class RefundPaymentQuerySet(models.QuerySet["RefundPayment"]):
    """Payments of refunds, and the claim that keeps two workers apart."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the payments of visible refunds."""
        refunds: Any = self.model._meta.get_field("refund").related_model
        if principal.channel_codes is None and principal.warehouse_codes is None:
            return self
        return self.filter(refund__in=refunds.objects.visible_to(principal).values("pk"))

    def claimable(self, ids: Iterable[int], now: dt.datetime) -> Self:
        """Keep the payments to be sent that nobody is sending at the moment.

        No join may stand here: a worker that waited for the row must see the guard again.
        """
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        return self.filter(free, pk__in=list(ids), state="requested")

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic(), after the refund."""
        return self.select_for_update(of=("self",)).order_by("pk")


class StoreCreditAccountQuerySet(models.QuerySet["StoreCreditAccount"]):
    """Balances of store credit."""

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class RecoverableQuerySet(models.QuerySet["Recoverable"]):
    """Money paid for units that never came back."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep those of visible orders."""
        if principal.channel_codes is None and principal.warehouse_codes is None:
            return self
        return self.filter(order__in=_orders_of(self, principal).values("pk"))

    def open(self) -> Self:
        """Keep those nobody settled."""
        return self.filter(state="open")
