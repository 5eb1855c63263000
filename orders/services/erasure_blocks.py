"""What of a customer's orders keeps their data from being erased."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from core.erasing import Subject
from customers.services.privacy import Block
from orders.models import Order, Subscription
from orders.models.orders import OrderStage, OrderStatus
from orders.models.payments import RefundDue, RefundState

#: Nothing of the order is still to be sent.
ARRIVED: Final = (
    OrderStage.DELIVERED,
    OrderStage.RETURNED_PART,
    OrderStage.RETURNED,
    OrderStage.CANCELLED,
)


def blocks(subject: Subject) -> list[Block]:
    """Return open orders, money owed and running subscriptions; past orders stop nothing."""
    own = Order.objects.filter(pk__in=sorted(subject.ids.get("order", ())), is_history=False)
    under_way = own.filter(status__in=(OrderStatus.DRAFT, OrderStatus.CONFIRMED)).exclude(
        stage__in=ARRIVED
    )
    owed = own.filter(
        Exists(RefundDue.objects.filter(order=OuterRef("pk"), state=RefundState.OPEN))
    )
    running = Subscription.objects.filter(
        pk__in=sorted(subject.ids.get("subscription", ()))
    ).exclude(state="ended")
    return [
        *(
            Block("OPEN_ORDER", _("order %(n)s is under way") % {"n": row.number}, _page(row))
            for row in under_way.order_by("pk")
        ),
        *(
            Block("OWED_REFUND", _("money is owed for order %(n)s") % {"n": row.number}, _page(row))
            for row in owed.order_by("pk")
        ),
        *(
            Block("SUBSCRIPTION", _("subscription %(n)s is running") % {"n": row.number})
            for row in running.order_by("pk")
        ),
    ]


def _page(order: Order) -> str:
    return reverse("order", args=[order.pk])
