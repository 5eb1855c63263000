"""Take promised units back from orders: the planned ones at once, those on the floor by recall.

A shipment that the floor has touched is not cancelled behind the picker's back. It gets an
exception, which stops its next step, and `orders.shipment_recalled` asks the floor to bring the
goods back; `floor.finish_recall` then cancels it and frees its units.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from core import audit, events
from core.actors import Actor
from inventory.services import releasing
from orders.domain import states
from orders.models import OrderLine, Shipment, ShipmentLine
from orders.services.dossier import Dossier

CANCEL_PENDING: Final = "CANCEL_PENDING"
EDIT_PENDING: Final = "EDIT_PENDING"
LOT_RECALLED: Final = "LOT_RECALLED"
#: Recalls after which the order is planned again.
REPLANNED: Final = frozenset({EDIT_PENDING, LOT_RECALLED})


def cancel_shipments(
    dossier: Dossier, rows: Sequence[Shipment], *, event: str, actor: Actor, at: dt.datetime
) -> None:
    """Cancel unpicked shipments of a locked order and give their units back.

    The caller decides what becomes of the order lines. Repeatable by event key.
    """
    if not rows:
        return
    ids = [row.pk for row in rows]
    lines = [line for line in dossier.lines_of(rows) if line.reserved_qty]
    Shipment.objects.filter(pk__in=ids).update(status=states.CANCELLED, exception="")
    ShipmentLine.objects.filter(shipment_id__in=ids).update(reserved_qty=0)
    for row in rows:
        row.status, row.exception = states.CANCELLED, ""
    for line in dossier.lines_of(rows):
        line.reserved_qty = 0
    if lines:
        key = f"{event}:{dossier.order.pk}:{'-'.join(map(str, sorted(ids)))}"
        releasing.release(
            [line.key for line in lines], event_key=key, reason=event, actor=actor, at=at
        )
    audit.record_many(
        [
            audit.AuditDraft(
                actor, "orders.shipment_cancelled", f"shipment:{pk}", at, None, {"cause": event}
            )
            for pk in ids
        ]
    )


def take_back_planned(dossier: Dossier, *, event: str, actor: Actor, at: dt.datetime) -> int:
    """Cancel what nobody has released and let its units wait; return the units. Locks levels."""
    rows = [r for r in dossier.shipments if r.status == states.PLANNED and not r.exception]
    units = dossier.committed(rows)
    cancel_shipments(dossier, rows, event=event, actor=actor, at=at)
    changed = [line for line in dossier.lines if units.get(line.pk)]
    for line in changed:
        line.backorder_qty += units[line.pk]
    OrderLine.objects.bulk_update(changed, ["backorder_qty"])
    return sum(units.values())


def recall(
    rows: Sequence[Shipment], *, exception: str, reason: str, actor: Actor, at: dt.datetime
) -> None:
    """Stop shipments that are on the floor and ask for their goods back. Repeatable."""
    rows = [row for row in rows if row.exception != exception]
    if not rows:
        return
    Shipment.objects.filter(pk__in=[row.pk for row in rows]).update(exception=exception)
    for row in rows:
        row.exception = exception
    audit.record_many(
        [
            audit.AuditDraft(
                actor,
                "orders.shipment_recalled",
                row.key,
                at,
                {"status": row.status},
                {"exception": exception},
                reason,
            )
            for row in rows
        ]
    )
    events.publish_many(
        [
            events.EventDraft(
                "orders.shipment_recalled",
                row.key,
                at,
                {"shipment_id": row.pk, "order_id": row.order_id, "reason": exception},
            )
            for row in rows
        ]
    )
