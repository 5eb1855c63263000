"""End a recall: the goods are back where they belong, so the shipment's units are free again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core.actors import Actor
from orders.domain import states
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from orders.services import replanning, stages
from orders.services.dossier import open_dossier
from orders.services.errors import ShipmentMoveRefused, ShipmentNotFound
from orders.services.replanning import Wish
from orders.services.unpromising import CANCEL_PENDING, REPLANNED, cancel_shipments


def finish_recall(shipment_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Cancel a recalled shipment whose goods are back; call it too when nothing was picked.

    Its promise is given back. After an edit the order is planned again at once. Repeatable.

    Raises:
        ShipmentNotFound: no such shipment.
        ShipmentMoveRefused: it is not being recalled.
    """
    order_id = Shipment.objects.filter(pk=shipment_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise ShipmentNotFound(shipment_id=shipment_id)
    replans = _finish(shipment_id, order_id, actor, at)
    if replans and Order.objects.filter(pk=order_id, status=states.CONFIRMED).exists():
        replanning.replan(order_id, Wish("edited"), actor=actor, at=at)


@transaction.atomic
def _finish(shipment_id: int, order_id: int, actor: Actor, at: dt.datetime) -> bool:
    dossier = open_dossier(order_id)
    row = next(one for one in dossier.shipments if one.pk == shipment_id)
    if row.status == states.CANCELLED:
        return False
    if row.exception not in {CANCEL_PENDING, *REPLANNED}:
        raise ShipmentMoveRefused(number=row.number, state=row.status)
    states.next_shipment_state("finish_recall", row.status)
    is_edit = row.exception in REPLANNED
    ShipmentLine.objects.filter(shipment=row).update(packed_qty=0, picked_qty=0)
    cancel_shipments(dossier, [row], event="recall-finished", actor=actor, at=at)
    units = dossier.committed([row]) if is_edit else {}
    changed = []
    for line in dossier.lines:
        room = line.qty - line.cancelled_qty - line.substituted_qty - line.backorder_qty
        extra = min(units.get(line.pk, 0), room)
        if extra:
            line.backorder_qty += extra
            changed.append(line)
    OrderLine.objects.bulk_update(changed, ["backorder_qty"])
    stages.refresh([order_id], at=at)
    return is_edit
