"""Take received units out of the dock again: excess, failed samples, lines in quality control."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F

from core.actors import Actor
from inventory.models import Bin
from inventory.services import stock
from inventory.services.retrying import StockMoved
from suppliers.models import AsnLine, ReceiptLine
from suppliers.services import places


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Up to `qty` good units of an arrival line that become `kind`; of one receipt, or of all."""

    line: AsnLine
    kind: str
    qty: int
    receipt_id: int | None = None


def withdraw(wish: Withdrawal, *, event_key: str, actor: Actor, at: dt.datetime) -> int:
    """Move units that still stand at a dock to the hold (or the damaged shelf); return how many.

    Newest units first. What was put away already stays where it is. The caller holds the lock of
    the arrival.

    Raises:
        StockMoved: the units were put away at this very moment.
        BinShort: somebody moved them off the dock.
    """
    rows = ReceiptLine.objects.at_dock().filter(asn_line=wish.line)
    if wish.receipt_id is not None:
        rows = rows.filter(receipt_id=wish.receipt_id)
    left = wish.qty
    taken: list[tuple[ReceiptLine, int]] = []
    for row in rows.select_related("bin", "sku").order_by("-pk"):
        qty = min(left, row.qty - row.put_away_qty - row.withdrawn_qty)
        if qty:
            taken.append((row, qty))
            left -= qty
    for row, qty in taken:
        _take(row, qty, wish.kind, event_key=event_key, actor=actor, at=at)
    done = wish.qty - left
    column = "damaged_qty" if wish.kind == "damaged" else "held_qty"
    AsnLine.objects.filter(pk=wish.line.pk).update(
        received_qty=F("received_qty") - done, **{column: F(column) + done}
    )
    wish.line.refresh_from_db(fields=["received_qty", "damaged_qty", "held_qty"])
    return done


def _take(
    row: ReceiptLine, qty: int, kind: str, *, event_key: str, actor: Actor, at: dt.datetime
) -> None:
    target, condition = _target(row.bin, kind)
    same = ReceiptLine.objects.filter(
        pk=row.pk, withdrawn_qty=row.withdrawn_qty, put_away_qty=row.put_away_qty
    )
    if not same.update(withdrawn_qty=F("withdrawn_qty") + qty):
        raise StockMoved
    if target.pk != row.bin_id or condition != "quarantine":
        stock.move(
            [
                stock.MoveLine(
                    row.bin_id, target.pk, row.sku_id, qty, row.lot_id, "quarantine", condition
                )
            ],
            event_key=f"receipt:{event_key}:{kind}:{row.pk}",
            actor=actor,
            at=at,
            reason=kind.upper(),
        )
    claim = None
    if kind == "damaged" and row.sku.default_cost is not None:
        claim = row.sku.default_cost * qty
    ReceiptLine.objects.create(
        receipt_id=row.receipt_id,
        asn_line_id=row.asn_line_id,
        from_line=row,
        event_key=event_key,
        sku_id=row.sku_id,
        lot_id=row.lot_id,
        bin=target,
        kind=kind,
        qty=qty,
        claim_amount=claim,
        claim_currency=row.sku.currency if claim is not None else "",
        at=at,
        actor_key=actor.key,
    )


def _target(dock: Bin, kind: str) -> tuple[Bin, str]:
    if kind == "damaged":
        return places.damaged_of(dock), "damaged"
    return places.hold_of(dock), "quarantine"
