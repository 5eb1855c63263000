"""Returns nobody asked for: goods stand at the door, or a parcel never reached its customer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from core import numbers
from core.actors import Actor
from orders.models import Order, Shipment, ShipmentLine
from returns.models import ReturnLine, ReturnReason, ReturnRequest
from returns.queries import returnable
from returns.services import order_facts, progress, requesting
from returns.services.progress import Why

UNANNOUNCED, UNDELIVERED = "UNANNOUNCED", "UNDELIVERED"


@dataclass(frozen=True, slots=True)
class BlindLine:
    """Goods as somebody described them; without a SKU they are not ours."""

    sku_id: int | None
    qty: int
    description: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class BlindDraft:
    """A return that begins with goods, not with a wish; perhaps without an order."""

    source: str
    warehouse_id: int
    lines: tuple[BlindLine, ...] = ()
    order_id: int | None = None
    kind: str = "return"
    note: str = ""
    submission_key: str = ""


@transaction.atomic
def open_blind(draft: BlindDraft, *, actor: Actor, at: dt.datetime) -> ReturnRequest:
    """Open a return for goods that came without one; a person decides about it.

    Locks the order, if there is one. Idempotent by `submission_key`, if there is one.

    Raises:
        OrderNotFound: no such order.
    """
    known = ReturnRequest.objects.filter(submission_key=draft.submission_key or None).first()
    if draft.submission_key and known is not None:
        return known
    order = requesting.lock_order(draft.order_id) if draft.order_id is not None else None
    row = _create(draft, order, actor, at)
    reasons = ReturnReason.objects.in_bulk(
        [line.reason_code for line in draft.lines], field_name="code"
    )
    ReturnLine.objects.bulk_create(
        [
            ReturnLine(
                request=row,
                position=position,
                kind="unexpected_ours" if line.sku_id is not None else "foreign",
                sku_id=line.sku_id,
                qty=line.qty,
                description=line.description[:300],
                reason=reasons.get(line.reason_code),
                resolution=ReturnLine.Resolution.NONE,
            )
            for position, line in enumerate(draft.lines, 1)
        ]
    )
    return _begin(row, UNANNOUNCED, actor=actor, at=at)


@transaction.atomic
def open_rts(shipment_id: int, *, actor: Actor, at: dt.datetime) -> ReturnRequest:
    """Open the return of a shipment that never reached its customer, once per shipment.

    It is no return of the customer's: rates leave it out, and the desk sends the goods again once
    the address is right. Locks the order.
    """
    shipment = Shipment.objects.select_related("order").get(pk=shipment_id)
    key = f"rts:{shipment.pk}"
    order = requesting.lock_order(shipment.order_id)
    known = ReturnRequest.objects.filter(submission_key=key).first()
    if known is not None:
        return known
    draft = BlindDraft(
        source="carrier", warehouse_id=shipment.warehouse_id, kind="rts", submission_key=key
    )
    row = _create(draft, order, actor, at)
    units = returnable.units_of(order).by_id
    lines = []
    for position, sent in enumerate(
        ShipmentLine.objects.filter(shipment=shipment, shipped_qty__gt=0).order_by("pk"), 1
    ):
        known_units = units.get(sent.order_line_id)
        qty = min(sent.shipped_qty, known_units.left_qty) if known_units else 0
        if known_units is None or not qty:
            continue
        value = known_units.value_of(qty, order.currency)
        lines.append(
            ReturnLine(
                request=row,
                position=position,
                order_line_id=sent.order_line_id,
                shipment_line=sent,
                sku_id=sent.sku_id,
                qty=qty,
                resolution=ReturnLine.Resolution.NONE,
                value_amount=value,
                unit_value_amount=value / qty,
            )
        )
    ReturnLine.objects.bulk_create(lines)
    return _begin(row, UNDELIVERED, actor=actor, at=at)


def _create(draft: BlindDraft, order: Order | None, actor: Actor, at: dt.datetime) -> ReturnRequest:
    return ReturnRequest.objects.create(
        number=numbers.take("return")[0],
        kind=draft.kind,
        source=draft.source,
        order=order,
        customer_id=order.customer_id if order else None,
        channel_id=order.channel_id if order else None,
        return_channel_id=order.channel_id if order else None,
        warehouse_id=draft.warehouse_id,
        from_country=order.ship_country if order else "",
        currency=order.currency if order else "",
        method="store" if draft.source == "store" else "own",
        note=draft.note.strip()[:1000],
        submission_key=draft.submission_key or None,
        requested_at=at,
        created_by=actor.key,
        updated_at=at,
    )


def _begin(row: ReturnRequest, code: str, *, actor: Actor, at: dt.datetime) -> ReturnRequest:
    requesting.announce(row, {"source": row.source, "code": code}, actor=actor, at=at)
    why = Why(data={"codes": [code]}, is_public=False)
    done = progress.move(row.pk, "hold_for_review", actor=actor, at=at, why=why)
    if row.order_id is not None:
        order_facts.refresh(row.order_id, actor=actor, at=at)
    return done
