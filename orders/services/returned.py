"""What came back of an order, told by the returns app: the cache behind stage and completion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction

from core import audit
from core.actors import Actor
from orders.models import Order, OrderLine
from orders.models.orders import LineKind
from orders.services import stages
from orders.services.errors import OrderNotFound

#: Lines whose units are sent; a kit's are those of its components.
SENT_KINDS = (LineKind.GOODS, LineKind.COMPONENT, LineKind.SUBSTITUTE, LineKind.FREE)


@transaction.atomic
def record(
    order_id: int,
    returned: Mapping[int, int],
    *,
    open_returns: int,
    actor: Actor,
    at: dt.datetime,
) -> str:
    """Keep how many units of each line (by id) came back and how many returns are open.

    An order with an open return is not completed; one that was is reopened until the return ends.
    Units above what a line sent count as its own. Repeatable; returns the stage. Locks the order.

    Raises:
        OrderNotFound: no such order.
    """
    order = Order.objects.lock().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    lines = list(OrderLine.objects.filter(order_id=order_id).order_by("position"))
    changed = []
    for line in lines:
        qty = min(returned.get(line.pk, 0), line.qty - line.cancelled_qty)
        if qty != line.returned_qty:
            line.returned_qty = qty
            changed.append(line)
    if not changed and order.open_returns == open_returns:
        return str(order.stage)
    OrderLine.objects.bulk_update(changed, ["returned_qty"])
    Order.objects.filter(pk=order_id).update(
        open_returns=open_returns, returned=_returned(lines), updated_at=at
    )
    audit.record(
        actor=actor,
        action="orders.returns_counted",
        target=order.key,
        before={"open_returns": order.open_returns},
        after={
            "open_returns": open_returns,
            "units_back": sum(line.returned_qty for line in lines),
        },
        at=at,
    )
    return stages.refresh([order_id], at=at).get(order_id, str(order.stage))


def _returned(lines: Sequence[OrderLine]) -> str:
    sent = [line for line in lines if line.kind in SENT_KINDS]
    if not any(line.returned_qty for line in sent):
        return ""
    kept = sum(
        line.qty - line.cancelled_qty - line.substituted_qty - line.returned_qty for line in sent
    )
    return "part" if kept > 0 else "all"
