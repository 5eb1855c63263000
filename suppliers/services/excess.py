"""A buyer decides what becomes of units above the tolerance, and the supplier is told (X16)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from core import audit, mail
from core.actors import Actor
from core.money import quantize
from inventory.services import landing, stock, supplier_goods
from inventory.services.landing import Share
from inventory.services.retrying import StockMoved
from suppliers.models import (
    Asn,
    AsnLine,
    ExcessDecision,
    PurchaseLine,
    ReceiptLine,
    SupplierContact,
)
from suppliers.queries.arrival_costs import layers_by_arrival
from suppliers.services import arrivals, purchase_receiving
from suppliers.services.cost_errors import NoAgreedPrice, NoExcess


@dataclass(frozen=True, slots=True)
class Wish:
    """What to do with `qty` held units of an arrival line: accept, free or return."""

    asn_line_id: int
    outcome: str
    qty: int
    note: str = ""


@transaction.atomic
def decide(wish: Wish, *, event_key: str, actor: Actor, at: dt.datetime) -> ExcessDecision:
    """Accept held units at the agreed price, keep them free, or send them back.

    Kept units go back to their dock and are put away like others; they raise what may come on the
    line. Free ones lower what the line's units cost. Every contact of the supplier is written to.

    Raises:
        NoExcess: fewer units of the line are held above the tolerance.
        NoAgreedPrice: units are to be accepted that nobody ordered.
    """
    asn_id = AsnLine.objects.values_list("asn_id", flat=True).get(pk=wish.asn_line_id)
    asn = arrivals.lock(asn_id)
    line = AsnLine.objects.select_related("sku", "purchase_line__order").get(pk=wish.asn_line_id)
    held = _held(line)
    if not 1 <= wish.qty <= sum(row.qty - row.withdrawn_qty for row in held):
        raise NoExcess(held_qty=sum(row.qty - row.withdrawn_qty for row in held), sku=line.sku.code)
    price, currency, value = _worth(wish, line)
    _take(held, wish, event_key=event_key, actor=actor, at=at)
    kept = wish.outcome != ExcessDecision.Outcome.RETURN
    AsnLine.objects.filter(pk=line.pk).update(
        held_qty=F("held_qty") - wish.qty,
        received_qty=F("received_qty") + (wish.qty if kept else 0),
        allowed_over_qty=F("allowed_over_qty") + (wish.qty if kept else 0),
    )
    if wish.outcome == ExcessDecision.Outcome.FREE:
        _cost_nothing(line, wish.qty, event_key=event_key, actor=actor, at=at)
    purchase_receiving.book(asn.pk, line_ids=[line.pk], actor=actor, at=at)
    decision = ExcessDecision.objects.create(
        asn_line=line,
        outcome=wish.outcome,
        qty=wish.qty,
        unit_price=price,
        currency=currency,
        value_amount=value,
        note=wish.note[:200],
        told_count=_tell(asn, line, wish, event_key=event_key, at=at),
        at=at,
        actor_key=actor.key,
    )
    audit.record(
        actor=actor,
        action="suppliers.excess_decided",
        target=f"asn:{asn.pk}",
        after={"sku": line.sku.code, "units": wish.qty, "outcome": wish.outcome},
        reason=wish.note,
        at=at,
    )
    return decision


def _held(line: AsnLine) -> list[ReceiptLine]:
    rows = ReceiptLine.objects.filter(
        asn_line=line, kind="over", is_undone=False, qty__gt=F("withdrawn_qty")
    )
    return list(rows.select_related("bin", "receipt__dock").order_by("-pk"))


def _worth(wish: Wish, line: AsnLine) -> tuple[Decimal | None, str, Decimal]:
    """Return the agreed price, its currency, and what accepted units add to the order."""
    ordered: PurchaseLine | None = line.purchase_line
    if wish.outcome != ExcessDecision.Outcome.ACCEPT:
        return None, ordered.order.currency if ordered else "", Decimal(0)
    if ordered is None:
        raise NoAgreedPrice(sku=line.sku.code)
    currency = ordered.order.currency
    return ordered.unit_price, currency, quantize(ordered.unit_price * wish.qty, currency)


def _take(
    held: list[ReceiptLine], wish: Wish, *, event_key: str, actor: Actor, at: dt.datetime
) -> None:
    left = wish.qty
    for row in held:
        qty = min(left, row.qty - row.withdrawn_qty)
        if not qty:
            break
        left -= qty
        same = ReceiptLine.objects.filter(pk=row.pk, withdrawn_qty=row.withdrawn_qty)
        if not same.update(withdrawn_qty=F("withdrawn_qty") + qty):
            raise StockMoved
        key = f"excess:{event_key}:{row.pk}"
        if wish.outcome == ExcessDecision.Outcome.RETURN:
            _send_back(row, qty, key, actor=actor, at=at)
        else:
            _keep(row, qty, key, actor=actor, at=at)


def _send_back(row: ReceiptLine, qty: int, key: str, *, actor: Actor, at: dt.datetime) -> None:
    supplier_goods.send_back(
        [supplier_goods.SendBackLine(row.bin_id, row.sku_id, qty, row.lot_id, "quarantine")],
        event_key=key,
        undoes=f"receipt:{row.event_key}",
        actor=actor,
        at=at,
        reason="OVER",
    )


def _keep(row: ReceiptLine, qty: int, key: str, *, actor: Actor, at: dt.datetime) -> None:
    dock = row.receipt.dock
    if row.bin_id != dock.pk:
        stock.move(
            [
                stock.MoveLine(
                    row.bin_id, dock.pk, row.sku_id, qty, row.lot_id, "quarantine", "quarantine"
                )
            ],
            event_key=key,
            actor=actor,
            at=at,
            reason="OVER",
        )
    ReceiptLine.objects.create(
        receipt_id=row.receipt_id,
        asn_line_id=row.asn_line_id,
        from_line=row,
        event_key=row.event_key,
        sku_id=row.sku_id,
        lot_id=row.lot_id,
        bin=dock,
        kind="good",
        qty=qty,
        at=at,
        actor_key=actor.key,
    )


def _cost_nothing(
    line: AsnLine, qty: int, *, event_key: str, actor: Actor, at: dt.datetime
) -> None:
    """Take what free units were booked at off the cost of the line's units."""
    layers = [
        layer
        for layer in layers_by_arrival([line.asn_id]).get(line.asn_id, [])
        if layer.sku_id == line.sku_id and layer.unit_cost
    ]
    shares = []
    # The newest layers are those of the excess; units sent back leave the oldest.
    for layer in reversed(layers):
        units = min(qty, layer.qty)
        qty -= units
        if units and layer.unit_cost is not None:
            amount = quantize(units * layer.unit_cost, layer.currency or "USD")
            shares.append(Share(layer.layer_id, -amount, layer.currency or "USD", "price"))
    if shares:
        landing.land(
            [share for share in shares if share.amount],
            event_key=f"excess:{event_key}:free",
            cause_key=f"asn:{line.asn_id}",
            actor=actor,
            at=at,
        )


def _tell(asn: Asn, line: AsnLine, wish: Wish, *, event_key: str, at: dt.datetime) -> int:
    contacts = SupplierContact.objects.filter(supplier_id=asn.supplier_id, is_active=True)
    told = list(contacts.exclude(email="").order_by("pk"))
    for contact in told:
        mail.queue(
            to=contact.email,
            template="suppliers/excess_decided",
            language=contact.language,
            context={
                "contact": contact.name,
                "arrival": asn.number,
                "reference": asn.reference,
                "sku": line.sku.code,
                "units": wish.qty,
                "outcome": wish.outcome,
                "note": wish.note,
            },
            target=f"asn:{asn.pk}",
            dedupe_key=f"excess:{event_key}:{contact.pk}",
        )
    return len(told)
