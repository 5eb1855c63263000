"""Goods are counted at the dock: one scan, one booking, in the state they came in.

Good units lie at the dock in quarantine: on hand, not sellable, until they are put away (so that
nothing is promised that no picker can reach). Damaged ones, excess above the tolerance, units
without lot or expiry and lots too short-dated lie in places of their own and are never sellable.

Locks: the arrival, then the receipt, then lots and stock levels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django.db import transaction
from django.db.models import F

from core import audit, numbers, settings_store
from core.actors import Actor
from core.events import publish
from core.money import quantize
from inventory.models import Bin, Lot, Sku
from inventory.services import stock
from inventory.services.move_facts import BadQuantity
from inventory.services.retrying import StockMoved
from suppliers.domain import defaults, states
from suppliers.domain.life import judge_life
from suppliers.domain.tolerance import Split, split
from suppliers.models import Asn, AsnLine, Receipt, ReceiptLine
from suppliers.services import arrivals, places, purchase_receiving, withdrawing
from suppliers.services.drafts import Counted
from suppliers.services.errors import (
    ExpiryMissing,
    LotExpired,
    LotMissingAtDock,
    LotShortDated,
    NotAnnounced,
    ReceiptClosed,
)

HELD_KINDS = frozenset({"unlabelled", "short_life"})
#: Lot of units whose own lot can't be read; the receipt's number tells them apart.
NO_LOT = "NOLOT-"


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    qty: int
    place: Bin
    condition: str


@dataclass(frozen=True, slots=True)
class _Booking:
    receipt: Receipt
    line: AsnLine
    lot: Lot | None
    event_key: str
    actor: Actor
    at: dt.datetime


@transaction.atomic
def open_receipt(
    asn_id: int, *, actor: Actor, at: dt.datetime, dock_id: int | None = None
) -> Receipt:
    """Return this person's unfinished receipt of the arrival, opened when there is none.

    Marks the arrival as arrived.

    Raises:
        ArrivalState: nothing can come of this arrival any more.
        NoDock: the warehouse has no dock.
    """
    asn = arrivals.lock(asn_id)
    state = arrivals.move_state(asn, "arrive")
    if asn.state != state:
        asn.state, asn.arrived_at = state, at
        asn.save(update_fields=["state", "arrived_at"])
        publish("suppliers.arrived", target=f"asn:{asn.pk}", at=at, warehouse_id=asn.warehouse_id)
        audit.record(actor=actor, action="suppliers.goods_arrived", target=f"asn:{asn.pk}", at=at)
    known = Receipt.objects.unfinished().filter(asn=asn, opened_by=actor.key).first()
    if known is not None:
        return known
    dock = places.dock_of(asn.warehouse_id, asn.warehouse.code)
    return Receipt.objects.create(
        number=numbers.take("receipt")[0],
        asn=asn,
        dock_id=dock_id or dock.pk,
        opened_at=at,
        opened_by=actor.key,
    )


@transaction.atomic
def receive_line(
    counted: Counted, *, event_key: str, actor: Actor, at: dt.datetime
) -> list[ReceiptLine]:
    """Book units at the dock; return the lines written: good, damaged, held.

    Excess above the supplier's tolerance is held, with what was accepted above the announced
    units before (X16). A repeated `event_key` returns what it wrote first.

    Raises:
        NotAnnounced: the SKU is not on this arrival.
        LotMissingAtDock, ExpiryMissing, LotExpired, LotShortDated: not sellable as it is (X17).
        LotMismatch: the lot is known with another expiry.
        ReceiptClosed, ArrivalState, BadQuantity: nothing can be counted here.
    """
    asn, receipt = lock_receipt(counted.receipt_id)
    known = ReceiptLine.objects.filter(event_key=event_key, from_line=None)
    if known.exists():
        return list(known.order_by("pk"))
    state = _may_count(asn, receipt)
    if type(counted.qty) is not int or counted.qty < 1:
        raise BadQuantity(qty=counted.qty)
    sku = Sku.objects.get(pk=counted.sku_id)
    lot_code, expires_on = _check_lot(counted, sku, receipt, at)
    line = _line_of(asn, sku)
    share = _share(line, counted)
    if share.pull_back_qty:
        withdrawing.withdraw(
            withdrawing.Withdrawal(line, "over", share.pull_back_qty),
            event_key=event_key,
            actor=actor,
            at=at,
        )
    pieces = list(_pieces(counted.kind, share, receipt.dock))
    cost = purchase_receiving.cost_of(line, sku)
    stock.receive(
        [
            stock.ReceiveLine(
                piece.place.pk,
                sku.pk,
                piece.qty,
                lot_code,
                expires_on,
                cost.unit_cost,
                cost.currency,
                piece.condition,
                cost.is_provisional,
            )
            for piece in pieces
        ],
        event_key=f"receipt:{event_key}",
        actor=actor,
        at=at,
    )
    lot = Lot.objects.get(sku=sku, code=lot_code) if lot_code else None
    count_on(line, pieces)
    if asn.state != state:
        asn.state = state
        asn.save(update_fields=["state"])
    booking = _Booking(receipt, line, lot, event_key, actor, at)
    lines = ReceiptLine.objects.bulk_create(_row(piece, booking) for piece in pieces)
    _record(asn, receipt, lines, counted, actor, at)
    purchase_receiving.book(asn.pk, line_ids=[line.pk], actor=actor, at=at)
    return lines


def lock_receipt(receipt_id: int) -> tuple[Asn, Receipt]:
    """Return the arrival and the receipt, both locked, in this order."""
    asn_id = Receipt.objects.values_list("asn_id", flat=True).get(pk=receipt_id)
    asn = arrivals.lock(asn_id)
    receipt = (
        Receipt.objects.select_for_update(of=("self",)).select_related("dock").get(pk=receipt_id)
    )
    return asn, receipt


def count_on(line: AsnLine, pieces: Iterable[_Piece | ReceiptLine], sign: int = 1) -> None:
    """Add the pieces to the line's counts, unless somebody else changed it meanwhile.

    Raises:
        StockMoved: the counts are no longer those that were read.
    """
    change = {"received_qty": 0, "damaged_qty": 0, "held_qty": 0}
    for piece in pieces:
        name = {"good": "received_qty", "damaged": "damaged_qty"}.get(piece.kind, "held_qty")
        change[name] += sign * piece.qty
    same = AsnLine.objects.filter(
        pk=line.pk,
        received_qty=line.received_qty,
        damaged_qty=line.damaged_qty,
        held_qty=line.held_qty,
    )
    if not same.update(**{name: F(name) + qty for name, qty in change.items()}):
        raise StockMoved
    line.refresh_from_db(fields=list(change))


def life_of(sku: Sku, expires_on: dt.date | None, at: dt.datetime) -> str:
    """Return whether a lot is `fine`, `short` or `expired` on the day of `at` (UTC)."""
    return judge_life(
        expires_on,
        today=at.date(),
        shelf_life_days=sku.shelf_life_days,
        min_life_pct=cast(Decimal, settings_store.get(defaults.MIN_LIFE_PCT)),
    )


def needs_expiry(sku: Sku, lot_code: str) -> bool:
    """Say whether a lot of this SKU must come with a date: it is new, and the SKU expires.

    A shelf life of 0 days says that the SKU does not expire.
    """
    if not sku.lot_tracked or sku.shelf_life_days == 0:
        return False
    return not Lot.objects.filter(sku=sku, code=lot_code).exists()


def _may_count(asn: Asn, receipt: Receipt) -> str:
    try:
        states.after("receipt", receipt.state, "book")
    except states.IllegalMove as error:
        raise ReceiptClosed(number=receipt.number) from error
    return arrivals.move_state(asn, "receive")


def _check_lot(
    counted: Counted, sku: Sku, receipt: Receipt, at: dt.datetime
) -> tuple[str, dt.date | None]:
    if not sku.lot_tracked:
        # A maker may print lots on goods that we don't track by lot.
        return "", None
    if counted.kind == "unlabelled" or (counted.kind == "damaged" and _unreadable(counted, sku)):
        return NO_LOT + receipt.number, None
    if not counted.lot_code:
        raise LotMissingAtDock(sku=sku.code)
    if counted.kind == "good":
        _check_life(counted, sku, at)
    return counted.lot_code, counted.expires_on


def _unreadable(counted: Counted, sku: Sku) -> bool:
    # A lot written down without its date would refuse the same lot with its date later.
    if not counted.lot_code:
        return True
    return counted.expires_on is None and needs_expiry(sku, counted.lot_code)


def _check_life(counted: Counted, sku: Sku, at: dt.datetime) -> None:
    expires_on = counted.expires_on
    if expires_on is None:
        if needs_expiry(sku, counted.lot_code):
            raise ExpiryMissing(lot=counted.lot_code)
        lots = Lot.objects.filter(sku=sku, code=counted.lot_code)
        expires_on = lots.values_list("expires_on", flat=True).first()
    life = life_of(sku, expires_on, at)
    told = {"lot": counted.lot_code, "expires_on": str(expires_on)}
    if life == "expired":
        raise LotExpired(**told)
    if life == "short" and not counted.approved_by:
        raise LotShortDated(**told)


def _line_of(asn: Asn, sku: Sku) -> AsnLine:
    line = AsnLine.objects.filter(asn=asn, sku=sku).select_related("sku").first()
    if line is not None:
        return line
    if not asn.is_unplanned:
        raise NotAnnounced(sku=sku.code)
    return AsnLine.objects.create(asn=asn, sku=sku)


def _share(line: AsnLine, counted: Counted) -> Split:
    if counted.kind != "good":
        return Split(counted.qty, 0)
    return split(
        line.announced_qty,
        line.allowed_over_qty,
        accepted_qty=line.received_qty + line.damaged_qty,
        held_qty=line.held_qty,
        qty=counted.qty,
    )


def _pieces(kind: str, share: Split, dock: Bin) -> Iterable[_Piece]:
    if kind == "damaged":
        yield _Piece(kind, share.accept_qty, places.damaged_of(dock), "damaged")
    elif kind in HELD_KINDS:
        yield _Piece(kind, share.accept_qty, places.hold_of(dock), "quarantine")
    else:
        if share.accept_qty:
            yield _Piece("good", share.accept_qty, dock, "quarantine")
        if share.hold_qty:
            yield _Piece("over", share.hold_qty, places.hold_of(dock), "quarantine")


def _row(piece: _Piece, booking: _Booking) -> ReceiptLine:
    sku = booking.line.sku
    claim = claim_of(sku, piece.qty) if piece.kind == "damaged" else None
    return ReceiptLine(
        receipt=booking.receipt,
        asn_line=booking.line,
        event_key=booking.event_key,
        sku=sku,
        lot=booking.lot,
        bin=piece.place,
        kind=piece.kind,
        qty=piece.qty,
        claim_amount=claim,
        claim_currency=sku.currency if claim is not None else "",
        at=booking.at,
        actor_key=booking.actor.key,
    )


def claim_of(sku: Sku, qty: int) -> Decimal | None:
    """Return what the supplier owes for damaged units: units by default cost; None when unknown."""
    if sku.default_cost is None:
        return None
    return quantize(sku.default_cost * qty, sku.currency or "USD")


def _record(
    asn: Asn,
    receipt: Receipt,
    lines: Iterable[ReceiptLine],
    counted: Counted,
    actor: Actor,
    at: dt.datetime,
) -> None:
    after = {"receipt": receipt.number, "sku": counted.sku_id}
    after |= {line.kind: line.qty for line in lines}
    audit.record(
        actor=actor,
        action="suppliers.goods_counted",
        target=f"asn:{asn.pk}",
        after=after,
        reason=f"approved by {counted.approved_by}" if counted.approved_by else "",
        at=at,
    )
