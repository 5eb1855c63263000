"""Querysets of the orders app: scopes, locks and the filters that screens share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from core.permissions import Principal
    from orders.models.channels import Channel
    from orders.models.orders import Order, OrderLine
    from orders.models.shipments import Shipment
    from orders.models.subscriptions import Subscription


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Channels."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the channels in the principal's scope."""
        if principal.channel_codes is None:
            return self
        return self.filter(code__in=principal.channel_codes)


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep orders of the principal's channels that a warehouse of theirs serves.

        Somebody bound to warehouses sees an order as soon as one of its shipments is theirs.
        """
        rows = self
        if principal.channel_codes is not None:
            rows = rows.filter(channel__code__in=principal.channel_codes)
        if principal.warehouse_codes is not None:
            shipments = self.model._meta.get_field("shipments").related_model
            rows = rows.filter(
                Exists(
                    shipments._default_manager.filter(
                        order=OuterRef("pk"), warehouse__code__in=principal.warehouse_codes
                    )
                )
            )
        return rows

    def lock(self) -> Self:
        """Lock rows in pk order, so two callers can never deadlock. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")

    def search(self, text: str) -> Self:
        """Find by number, channel's id, e-mail or the beginning of the recipient's name."""
        words = text.strip()
        if not words:
            return self
        return self.filter(
            Q(number__startswith=words.upper())
            | Q(external_id__startswith=words)
            | Q(email=words.lower())
            | Q(name_norm__startswith=words.casefold())
        )


class OrderLineQuerySet(models.QuerySet["OrderLine"]):
    """Order lines."""

    def backordered(self, sku_ids: Iterable[int]) -> Self:
        """Keep the lines of these SKUs that wait for stock."""
        return self.filter(sku_id__in=list(sku_ids), backorder_qty__gt=0)


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    """Shipments."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep shipments inside the principal's warehouses and channels."""
        rows = self
        if principal.warehouse_codes is not None:
            rows = rows.filter(warehouse__code__in=principal.warehouse_codes)
        if principal.channel_codes is not None:
            rows = rows.filter(order__channel__code__in=principal.channel_codes)
        return rows

    def lock(self) -> Self:
        """Lock rows in pk order, so two callers can never deadlock. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Subscriptions."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the subscriptions of the principal's channels."""
        if principal.channel_codes is None:
            return self
        return self.filter(channel__code__in=principal.channel_codes)

    def lock(self) -> Self:
        """Lock rows in pk order, so two callers can never deadlock. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")
