"""Parcels that never reached their customer (RTS): opened by the carrier's word, sent again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from core.actors import SYSTEM, Actor
from core.errors import StateConflict, gettext_noop
from core.events import EventFact
from orders.domain.drafts import AddressDraft, LineDraft, OrderDraft
from orders.models import Order, Shipment
from orders.services import placing
from returns.domain import states
from returns.models import ReturnLine, ReturnRequest
from returns.services import blind_requests, closing, deciding, progress
from returns.services.errors import ReturnMoveRefused, ReturnNotFound
from returns.services.progress import Why

RETURNED = "return_to_sender"
RESHIPPED = "RESHIPPED"


class NothingToSendAgain(StateConflict):
    """The return is not of an undelivered parcel, or nothing of it is open."""

    code = "NOTHING_TO_SEND_AGAIN"
    text = gettext_noop("Nothing of this return can be sent again. Look at its lines.")


def on_tracking(facts: Sequence[EventFact]) -> None:
    """Open the return of each shipment whose parcel the carrier brings back. Repeatable."""
    for fact in facts:
        kind, _colon, pk = str(fact.payload.get("owner_key", "")).partition(":")
        if fact.payload.get("status") != RETURNED or kind != "shipment":
            continue
        if Shipment.objects.filter(pk=int(pk), shipped_at__isnull=False).exists():
            blind_requests.open_rts(int(pk), actor=SYSTEM, at=fact.at)


@transaction.atomic
def reship(
    request_id: int, ship_to: AddressDraft, *, reason: str, actor: Actor, at: dt.datetime
) -> Order:
    """Send an undelivered parcel's goods again, to an address that was set right.

    The new order costs nothing and names the first (`replaces`), so revenue counts once. The
    return ends when its goods are back and inspected. Repeatable: sent again once. Locks the
    order, then the return, then stock levels.

    Raises:
        ReturnNotFound: no such return, or none of an order.
        NothingToSendAgain: it is no undelivered parcel, or its lines are settled.
        ReturnMoveRefused: it has ended.
        OrderRefused: the address or lines make no order.
    """
    order = closing.lock_order_of(request_id)
    row = progress.lock(request_id)
    if order is None:
        raise ReturnNotFound
    before = Order.objects.filter(channel_id=order.channel_id, external_id=_external_id(row))
    if (known := before.first()) is not None:
        return known
    if row.status not in states.OPEN_STATES:
        raise ReturnMoveRefused(number=row.number, state=row.status, event="reship")
    lines = list(
        ReturnLine.objects.filter(request=row, state="open", sku__isnull=False)
        .select_related("sku")
        .order_by("position")
    )
    if row.kind != ReturnRequest.Kind.RTS or not lines:
        raise NothingToSendAgain
    draft = _draft(row, order, lines, ship_to, at)
    placed = placing.place([draft], actor=actor, as_of=at, source="return").orders[0]
    _settle(row, lines, placed.number, reason, actor, at)
    return Order.objects.get(pk=placed.order_id)


def _external_id(row: ReturnRequest) -> str:
    return f"{row.number}-again"


def _draft(
    row: ReturnRequest,
    order: Order,
    lines: Sequence[ReturnLine],
    ship_to: AddressDraft,
    at: dt.datetime,
) -> OrderDraft:
    wanted = tuple(LineDraft(line.sku.code, line.qty, Decimal(0)) for line in lines if line.sku)
    return OrderDraft(
        channel=order.channel.code,
        external_id=_external_id(row),
        lines=wanted,
        placed_at=at,
        ship_to=ship_to,
        currency=order.currency,
        email=order.email,
        customer_id=order.customer_id,
        paid_amount=Decimal(0),
        replaces_id=order.pk,
        note=row.number,
    )


def _settle(  # what is written beside the new order
    row: ReturnRequest,
    lines: Sequence[ReturnLine],
    number: str,
    reason: str,
    actor: Actor,
    at: dt.datetime,
) -> None:
    if row.status in (states.REQUESTED, states.REVIEW):
        deciding.approve(row.pk, actor=actor, at=at, reason=reason)
    why = Why(reason, {"order": number})
    progress.note(row, RESHIPPED, actor=actor, at=at, why=why)
    ids = [line.pk for line in lines]
    ReturnLine.objects.filter(pk__in=ids).update(resolution=ReturnLine.Resolution.REPLACEMENT)
    for pk in ids:
        closing.close_line(pk, actor=actor, at=at)
