"""Parcels that did not arrive, and what carriers owe for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

from returns.domain.delivery_watch import LIVE_CLAIMS, OPEN_CASES

if TYPE_CHECKING:
    from core.permissions import Principal
    from returns.models.claims import CarrierClaim, DeliveryCase


Row = TypeVar("Row", bound=models.Model)


class _ParcelQuerySet(models.QuerySet[Row]):
    """Rows about a parcel of an order: seen by the channel of one, the warehouse of the other."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the rows of the principal's channels and warehouses."""
        rows = self
        if principal.channel_codes is not None:
            rows = rows.filter(order__channel__code__in=principal.channel_codes)
        if principal.warehouse_codes is not None:
            rows = rows.filter(parcel__warehouse_code__in=principal.warehouse_codes)
        return rows

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class DeliveryCaseQuerySet(_ParcelQuerySet["DeliveryCase"]):
    """Cases; whoever sees the order's channel and the parcel's warehouse sees them."""

    def open(self) -> Self:
        """Keep those that are not settled."""
        return self.filter(state__in=OPEN_CASES)


class CarrierClaimQuerySet(_ParcelQuerySet["CarrierClaim"]):
    """Claims on carriers, seen like the case they belong to."""

    def live(self) -> Self:
        """Keep those that may still be paid."""
        return self.filter(state__in=LIVE_CLAIMS)
