"""Parcels that do not arrive: watched, decided, sent again or refunded, and flagged when they come.

A parcel without a first scan is a worry (watching), then counts as not handed over: its units
stand in the warehouse's books again, as suspected missing, and a count is asked for. One that
went silent is lost: a claim on the carrier opens. "Delivered" that the customer has not got is a
case without a claim. Sending again is an order worth nothing that names the first, so revenue is
counted once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from core import audit
from core.actors import SYSTEM, Actor
from core.errors import NotFound, StateConflict, gettext_noop
from inventory.models import Bin, Warehouse
from inventory.services import count_tasks, returning
from inventory.services.returning import GradedLine, NotSentOut, ReturnedLine
from orders.domain.drafts import AddressDraft, LineDraft, OrderDraft
from orders.models import Order, OrderLine, ShipmentLine
from orders.services import placing
from orders.services.refunding import units_value
from returns.domain.delivery_watch import CASE_MOVES, CaseKind, Finding
from returns.models import DeliveryCase
from returns.services import carrier_claims, refunds
from returns.services.carrier_claims import ClaimDraft
from returns.services.errors import ReturnReasonMissing
from returns.services.refunds import Giving
from shipping.models import Parcel, ParcelItem

SUSPECTED = "suspected_missing"
REASON = "NOT_HANDED_OVER"
COUNT_WITHIN = dt.timedelta(hours=8)
#: Where units wait that should never have left, the first kind that a warehouse has.
WAITING_BINS = ("return", "hold", "pack", "ship", "pick", "bulk", "receive")
ADDRESS = ("name", "company", "line1", "line2", "city", "region", "postcode", "country", "phone")


class CaseNotFound(NotFound):
    """No case has this id."""

    code = "DELIVERY_CASE_NOT_FOUND"
    text = gettext_noop("This case does not exist. Look for its order.")


class CaseMoveRefused(StateConflict):
    """The case stands where this step does not lead from."""

    code = "DELIVERY_CASE_MOVE_REFUSED"
    text = gettext_noop("This case has moved on: it is %(state)s. Reload it.")


class ParcelNotOfOrder(NotFound):
    """The order has no such parcel."""

    code = "PARCEL_NOT_OF_ORDER"
    text = gettext_noop("This order has no such parcel. Open its tracking page again.")


class NotDeliveredYet(StateConflict):
    """The carrier has not said that the parcel was delivered."""

    code = "NOT_DELIVERED_YET"
    text = gettext_noop("The parcel is still on its way. We watch it and write if it is late.")


class NothingInParcel(StateConflict):
    """The parcel holds nothing of the order that could be sent again or refunded."""

    code = "NOTHING_IN_PARCEL"
    text = gettext_noop("No goods of the order are in this parcel. Decide on the order's page.")


@transaction.atomic
def report_missing(
    order_key: str,
    parcel_id: int,
    *,
    words: str,
    actor: Actor,
    at: dt.datetime,
    source: str = "customer",
) -> DeliveryCase:
    """Open a case for a parcel that its carrier delivered and the customer has not got.

    A case, never a claim: carriers owe nothing for what they delivered. A second report of the
    same parcel returns the first case. Locks the order.

    Raises:
        ParcelNotOfOrder: the order has no such parcel.
        NotDeliveredYet: no delivery was reported.
    """
    order_id = order_key.partition(":")[2]
    order = Order.objects.filter(pk=int(order_id) if order_id.isdecimal() else 0).lock().first()
    parcel = Parcel.objects.filter(pk=parcel_id, order_key=order_key).first()
    if order is None or parcel is None or not parcel.owner_key.startswith("shipment:"):
        raise ParcelNotOfOrder
    known = DeliveryCase.objects.filter(parcel=parcel, kind=CaseKind.NOT_RECEIVED).first()
    if known is not None:
        return known
    if parcel.state != Parcel.State.DELIVERED:
        raise NotDeliveredYet
    return open_case(
        parcel, order, CaseKind.NOT_RECEIVED, "decide", actor, at, source=source, words=words[:1000]
    )


def open_case(  # the facts of one row
    parcel: Parcel,
    order: Order,
    kind: CaseKind,
    state: str,
    actor: Actor,
    at: dt.datetime,
    **more: Any,
) -> DeliveryCase:
    """Write a case, with its audit entry; the caller holds the order's lock."""
    row = DeliveryCase.objects.create(
        parcel=parcel,
        order=order,
        kind=kind.value,
        state=state,
        noticed_at=at,
        **{"source": "watch", **more},
    )
    _audit(row, "opened", "", actor, at)
    return row


@transaction.atomic
def settle_finding(parcel_id: int, finding: Finding, *, at: dt.datetime) -> str:
    """Write what was found of a parcel; return what changed ("" for nothing). Repeatable.

    Locks the order, then stock levels where units come back into the books.
    """
    parcel = Parcel.objects.select_related("service__carrier").get(pk=parcel_id)
    order = _order_of(parcel)
    if order is None:
        return ""
    rows = {row.kind: row for row in DeliveryCase.objects.filter(parcel=parcel).order_by("pk")}
    if finding == Finding.LOST:
        return _lost(parcel, order, rows.get(CaseKind.LOST.value), at)
    case = rows.get(CaseKind.NO_SCAN.value)
    if finding == Finding.UNSCANNED and case is None:
        open_case(parcel, order, CaseKind.NO_SCAN, "watching", SYSTEM, at)
        return "watched"
    if finding != Finding.NOT_HANDED_OVER or (case is not None and case.state != "watching"):
        return ""
    if case is None:
        case = open_case(parcel, order, CaseKind.NO_SCAN, "watching", SYSTEM, at)
    move(case, "decide", SYSTEM, at, is_off_the_books=_take_off(case, at))
    return "not_handed_over"


def _lost(parcel: Parcel, order: Order, case: DeliveryCase | None, at: dt.datetime) -> str:
    if case is not None:
        return ""
    case = open_case(parcel, order, CaseKind.LOST, "decide", SYSTEM, at)
    value = value_of(parcel, order)
    if value > 0:
        draft = ClaimDraft(parcel, order, "LOST", value, case)
        carrier_claims.open_claim(draft, actor=SYSTEM, at=at)
    return "lost"


def _order_of(parcel: Parcel) -> Order | None:
    kind, _, number = parcel.order_key.partition(":")
    if kind != "order" or not number.isdecimal():
        return None
    return Order.objects.filter(pk=int(number)).lock().first()


def _units(parcel: Parcel) -> list[tuple[ShipmentLine, int]]:
    """Return the lines of the parcel's shipment with the units of them in the parcel."""
    left: dict[str, int] = defaultdict(int)
    for code, qty in ParcelItem.objects.filter(parcel=parcel).values_list("sku_code", "qty"):
        left[code] += qty
    number = parcel.owner_key.partition(":")[2]
    rows = ShipmentLine.objects.filter(shipment_id=int(number) if number.isdecimal() else 0)
    units = []
    for row in rows.select_related("sku", "order_line", "shipment").order_by("pk"):
        qty = min(row.qty, left[row.sku.code])
        if qty:
            left[row.sku.code] -= qty
            units.append((row, qty))
    return units


def value_of(parcel: Parcel, order: Order) -> Decimal:
    """Return what the customer paid for the goods of a parcel, in the order's currency."""
    lines = list(OrderLine.objects.filter(order=order).order_by("position"))
    held: dict[int, int] = defaultdict(int)
    for row, qty in _units(parcel):
        held[row.order_line.position] += qty
    return units_value(lines, held, order.currency)


def _take_off(case: DeliveryCase, at: dt.datetime) -> bool:
    """Bring the units back into the warehouse's books as suspected missing; say whether any were.

    Nothing is to be done for units that never left the books: they are counted where they lie.
    """
    units = [(row, qty) for row, qty in _units(case.parcel) if row.shipped_qty]
    place = Warehouse.objects.filter(code=case.parcel.warehouse_code).first()
    shelf = _waiting_bin(place)
    if not units or shelf is None:
        return False
    back = [ReturnedLine(shelf.pk, row.sku_id, qty, row.key) for row, qty in units]
    try:
        taken = returning.take_back(back, event_key=f"{case.key}:back", actor=SYSTEM, at=at)
    except NotSentOut:
        # They came back another way in the meantime: the books are right already.
        return False
    graded = [
        GradedLine(one.bin_id, one.sku_id, one.qty, one.bin_id, SUSPECTED, one.lot_id)
        for one in taken.units
    ]
    returning.regrade(
        graded,
        event_key=f"{case.key}:suspected",
        reason=REASON,
        undoes=taken.event_key,
        actor=SYSTEM,
        at=at,
    )
    for sku_id in sorted({one.sku_id for one in taken.units}):
        count_tasks.ask(
            shelf.pk, sku_id, reason=REASON, due_at=at + COUNT_WITHIN, cause_key=case.key, at=at
        )
    return True


def _waiting_bin(place: Warehouse | None) -> Bin | None:
    rows = Bin.objects.filter(warehouse=place, is_active=True, kind__in=WAITING_BINS)
    if place is None:
        return None
    ranked = sorted(rows, key=lambda row: (WAITING_BINS.index(row.kind), row.pick_sequence, row.pk))
    return ranked[0] if ranked else None


@transaction.atomic
def reship(case_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> DeliveryCase:
    """Send the parcel's goods again by an order worth nothing that names the first.

    Repeatable: a case is sent again once. Locks the order, then the case, then stock levels.

    Raises:
        CaseNotFound, ReturnReasonMissing.
        CaseMoveRefused: it is decided already.
        NothingInParcel: nothing of the order is in the parcel.
    """
    case, order = _lock(case_id)
    _check(case, "reshipped", reason)
    lines = [
        LineDraft(row.sku.code, qty, Decimal(0)) for row, qty in _units(case.parcel) if row.sku_id
    ]
    if not lines:
        raise NothingInParcel
    draft = OrderDraft(
        channel=order.channel.code,
        external_id=f"{order.number}-again-{case.pk}",
        lines=tuple(lines),
        placed_at=at,
        ship_to=AddressDraft(**{name: getattr(order, f"ship_{name}") for name in ADDRESS}),
        currency=order.currency,
        email=order.email,
        customer_id=order.customer_id,
        paid_amount=Decimal(0),
        replaces_id=order.pk,
        note=case.parcel.number,
    )
    placed = placing.place([draft], actor=actor, as_of=at, source="claim").orders[0]
    return move(case, "reshipped", actor, at, reason, reship_id=placed.order_id)


@transaction.atomic
def refund(case_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> DeliveryCase:
    """Give back what the parcel's goods cost; the refund desk pays it, once.

    Locks the order, then the case.

    Raises:
        CaseNotFound, ReturnReasonMissing.
        CaseMoveRefused: it is decided already.
        NothingInParcel: nothing was paid for what is in it.
        RefundAboveLeft: less was paid, or it has gone back already.
    """
    case, order = _lock(case_id)
    _check(case, "refunded", reason)
    amount = value_of(case.parcel, order)
    if amount <= 0:
        raise NothingInParcel
    giving = Giving("LOST", case.key, reason)
    given = refunds.give(order.pk, amount, giving, actor=actor, at=at)
    columns = {"refund_key": f"give:{case.key}", "refund_amount": given.amount}
    return move(case, "refunded", actor, at, reason, **columns)


@transaction.atomic
def close(case_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> DeliveryCase:
    """End a case that needs nothing more.

    Raises:
        CaseNotFound, CaseMoveRefused, ReturnReasonMissing.
    """
    case, _order = _lock(case_id)
    _check(case, "closed", reason)
    return move(case, "closed", actor, at, reason, closed_at=at)


def hear_of(parcel_ids: Sequence[int], *, at: dt.datetime) -> int:
    """Hear that carriers scanned parcels; return how many cases changed. Repeatable.

    A parcel that moves again has turned up; one delivered after it was sent again or refunded is
    flagged, since the customer has it twice or for nothing. Open claims for loss are taken back.
    """
    rows = DeliveryCase.objects.filter(
        parcel_id__in=parcel_ids,
        kind__in=(CaseKind.NO_SCAN, CaseKind.LOST),
        state__in=("watching", "decide", "reshipped", "refunded"),
    )
    found = rows.select_related("parcel").order_by("order_id", "pk")
    return sum(_heard(pk, at) for pk in list(found.values_list("pk", flat=True)))


@transaction.atomic
def _heard(case_id: int, at: dt.datetime) -> bool:
    case, _order = _lock(case_id)
    parcel = case.parcel
    is_delivered = parcel.state == Parcel.State.DELIVERED
    is_moving = parcel.tracking_status in {"in_transit", "customs", "out_for_delivery"} or (
        parcel.tracking_status == "available_for_pickup"
    )
    if case.state in {"reshipped", "refunded"}:
        if not is_delivered:
            return False
        move(case, "duplicate", SYSTEM, at)
    elif is_delivered or (is_moving and _scanned_since(case)):
        move(case, "found", SYSTEM, at)
    else:
        return False
    carrier_claims.withdraw_for(parcel.pk, note="scanned", actor=SYSTEM, at=at)
    return True


def _scanned_since(case: DeliveryCase) -> bool:
    """Say whether the carrier reported something after the case was noticed."""
    return case.parcel.events.filter(received_at__gt=case.noticed_at, rank__gte=20).exists()


def _lock(case_id: int) -> tuple[DeliveryCase, Order]:
    order_id = DeliveryCase.objects.filter(pk=case_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise CaseNotFound
    order = Order.objects.filter(pk=order_id).lock().select_related("channel").get()
    case = DeliveryCase.objects.lock().select_related("parcel").get(pk=case_id)
    return case, order


def _check(case: DeliveryCase, state: str, reason: str) -> None:
    if state not in CASE_MOVES[case.state]:
        raise CaseMoveRefused(state=case.state)
    if not reason.strip():
        raise ReturnReasonMissing


def move(  # the facts of one step
    case: DeliveryCase,
    state: str,
    actor: Actor,
    at: dt.datetime,
    reason: str = "",
    **columns: Any,
) -> DeliveryCase:
    """Take a locked case to a state, with an audit entry.

    Raises:
        CaseMoveRefused: its state does not lead there.
    """
    before = case.state
    # SQLite has no row locks: the state read above must still stand.
    rows = DeliveryCase.objects.filter(pk=case.pk, state=before)
    facts = {"decided_at": at, "decided_by": actor.key, "reason": reason[:500]} if reason else {}
    if state not in CASE_MOVES[before] or not rows.update(state=state, **facts, **columns):
        raise CaseMoveRefused(state=before)
    case.refresh_from_db()
    _audit(case, state, before, actor, at)
    return case


def _audit(row: DeliveryCase, what: str, before: str, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action=f"returns.case_{what}",
        target=row.key,
        before={"state": before},
        after={"state": row.state, "kind": row.kind, "parcel": row.parcel_id},
        reason=row.reason if what != "opened" else "",
        at=at,
    )
