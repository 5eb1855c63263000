"""Claims on carriers: opened when a parcel is lost or broken, sent before the last day, settled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from core import audit, numbers, settings_store
from core.actors import SYSTEM, Actor
from core.errors import InputRefused, NotFound, StateConflict, gettext_noop
from core.money import quantize
from inventory.models import Warehouse
from orders.models import Order
from returns.domain import claim_settings
from returns.domain.delivery_watch import CLAIM_MOVES, Limits, claim_deadline
from returns.models import CarrierClaim, DeliveryCase, ReturnLine, ReturnRequest
from shipping.models import Parcel

BATCH = 200


class ClaimNotFound(NotFound):
    """No claim has this id."""

    code = "CARRIER_CLAIM_NOT_FOUND"
    text = gettext_noop("This claim does not exist. Look for its parcel.")


class ClaimMoveRefused(StateConflict):
    """The claim's state does not lead there."""

    code = "CARRIER_CLAIM_MOVE_REFUSED"
    text = gettext_noop("Claim %(number)s is %(state)s. Reload the page and look again.")


class ClaimTooLate(StateConflict):
    """The carrier takes no claim any more."""

    code = "CARRIER_CLAIM_TOO_LATE"
    text = gettext_noop("The last day to claim was %(deadline)s.")


class ClaimAmountRefused(InputRefused):
    """The amount is no amount of the claim's currency."""

    code = "CARRIER_CLAIM_AMOUNT"
    text = gettext_noop("Write an amount above zero in %(currency)s.")


class NothingBroken(StateConflict):
    """Nothing that a carrier would pay for."""

    code = "NOTHING_BROKEN"
    text = gettext_noop(
        "No line of this return was broken on the way, or no parcel of ours brought it."
    )


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """A claim to open; `amount` is in the order's currency."""

    parcel: Parcel
    order: Order
    kind: str
    amount: Decimal
    case: DeliveryCase | None = None
    note: str = ""


def limits() -> Limits:
    """Return the limits in force."""
    names = (
        claim_settings.WARN_DAYS,
        claim_settings.NOT_HANDED_OVER_DAYS,
        claim_settings.LOST_DOMESTIC_DAYS,
        claim_settings.LOST_INTERNATIONAL_DAYS,
        claim_settings.CLAIM_DAYS,
    )
    return Limits(*(int(str(settings_store.get(name))) for name in names))


def zone_of(warehouse_code: str) -> str:
    """Return a warehouse's time zone, UTC for one that is gone."""
    zones = Warehouse.objects.filter(code=warehouse_code).values_list("timezone", flat=True)
    return zones.first() or "UTC"


@transaction.atomic
def open_claim(draft: ClaimDraft, *, actor: Actor, at: dt.datetime) -> CarrierClaim:
    """Open a claim on the parcel's carrier; one of its kind that lives is returned as it is.

    The last day counts from the hand-over, else from when the parcel was opened.

    Raises:
        ClaimAmountRefused: nothing to claim.
    """
    alive = CarrierClaim.objects.filter(parcel=draft.parcel, kind=draft.kind)
    known = alive.exclude(state="withdrawn").first()
    if known is not None:
        return known
    amount = quantize(draft.amount, draft.order.currency)
    if amount <= 0:
        raise ClaimAmountRefused(currency=draft.order.currency)
    parcel = draft.parcel
    left_at = parcel.handed_over_at or parcel.created_at
    row = CarrierClaim.objects.create(
        number=numbers.take("carrier_claim", 1)[0],
        parcel=parcel,
        order=draft.order,
        case=draft.case,
        kind=draft.kind,
        carrier=parcel.service.carrier.code,
        amount=amount,
        currency=draft.order.currency,
        deadline_on=claim_deadline(left_at, zone_of(parcel.warehouse_code), limits()),
        note=draft.note[:500],
        opened_at=at,
        created_by=actor.key,
    )
    _audit(row, "opened", "", actor, at)
    return row


@transaction.atomic
def claim_damage(request_id: int, *, actor: Actor, at: dt.datetime) -> CarrierClaim:
    """Claim what a carrier broke: the lines of a return whose reason is the carrier's fault.

    On the parcel that brought the first of these lines. Repeatable. Locks nothing.

    Raises:
        NothingBroken: no line has such a reason, or no parcel of the order held it.
    """
    request = ReturnRequest.objects.filter(pk=request_id).select_related("order").first()
    rows = ReturnLine.objects.filter(
        request_id=request_id, reason__fault="carrier", reason__parent__code="DAMAGED"
    )
    broken = list(rows.select_related("sku").order_by("position"))
    if request is None or request.order is None or not broken:
        raise NothingBroken
    codes = [row.sku.code for row in broken if row.sku]
    held = Parcel.objects.filter(order_key=request.order.key, items__sku_code__in=codes)
    parcel = held.select_related("service__carrier").order_by("pk").first()
    if parcel is None:
        raise NothingBroken
    amount = sum((row.value_amount for row in broken), Decimal(0))
    draft = ClaimDraft(parcel, request.order, "DAMAGED", amount, note=request.number)
    return open_claim(draft, actor=actor, at=at)


@transaction.atomic
def send(claim_id: int, *, reference: str, actor: Actor, at: dt.datetime) -> CarrierClaim:
    """Write down that the claim went to the carrier; a refused one may be sent again.

    Raises:
        ClaimNotFound, ClaimMoveRefused.
        ClaimTooLate: its last day is over.
    """
    row = _lock(claim_id)
    today = at.astimezone(ZoneInfo(zone_of(row.parcel.warehouse_code))).date()
    if today > row.deadline_on:
        raise ClaimTooLate(deadline=row.deadline_on.isoformat())
    return _move(row, "sent", actor, at, sent_at=at, reference=reference[:80], settled_at=None)


@transaction.atomic
def pay(claim_id: int, amount: Decimal, *, actor: Actor, at: dt.datetime) -> CarrierClaim:
    """Write down what the carrier paid, in the claim's currency.

    Raises:
        ClaimNotFound, ClaimMoveRefused.
        ClaimAmountRefused: no amount of that currency.
    """
    row = _lock(claim_id)
    if not amount.is_finite() or amount <= 0 or amount != quantize(amount, row.currency):
        raise ClaimAmountRefused(currency=row.currency)
    return _move(row, "paid", actor, at, paid_amount=amount, settled_at=at)


@transaction.atomic
def end(claim_id: int, state: str, *, note: str, actor: Actor, at: dt.datetime) -> CarrierClaim:
    """Write down that the carrier refused, or that we take the claim back.

    Raises:
        ClaimNotFound, ClaimMoveRefused.
    """
    return _move(_lock(claim_id), state, actor, at, note=note[:500], settled_at=at)


def withdraw_for(parcel_id: int, *, note: str, actor: Actor, at: dt.datetime) -> int:
    """Take back the claims on a parcel that turned up; return how many."""
    rows = CarrierClaim.objects.filter(parcel_id=parcel_id, kind="LOST", state__in=("open", "sent"))
    done = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        end(pk, "withdrawn", note=note, actor=actor, at=at)
        done += 1
    return done


def lapse_due(now: dt.datetime) -> int:
    """End the claims that nobody sent before their last day; return how many. Repeatable."""
    rows = CarrierClaim.objects.filter(state="open", deadline_on__lt=now.date())
    done = 0
    for row in rows.select_related("parcel").order_by("pk")[:BATCH]:
        zone = ZoneInfo(zone_of(row.parcel.warehouse_code))
        if now.astimezone(zone).date() > row.deadline_on:
            end(row.pk, "lapsed", note=row.note, actor=SYSTEM, at=now)
            done += 1
    return done


def _lock(claim_id: int) -> CarrierClaim:
    row = CarrierClaim.objects.lock().select_related("parcel").filter(pk=claim_id).first()
    if row is None:
        raise ClaimNotFound
    return row


def _move(
    row: CarrierClaim, state: str, actor: Actor, at: dt.datetime, **columns: Any
) -> CarrierClaim:
    before = row.state
    allowed = state in CLAIM_MOVES[before]
    # SQLite has no row locks: the state read above must still stand.
    rows = CarrierClaim.objects.filter(pk=row.pk, state=before)
    if not allowed or not rows.update(state=state, **columns):
        raise ClaimMoveRefused(number=row.number, state=before)
    row.refresh_from_db()
    _audit(row, state, before, actor, at)
    return row


def _audit(row: CarrierClaim, what: str, before: str, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action=f"returns.carrier_claim_{what}",
        target=row.key,
        before={"state": before},
        after={
            "state": row.state,
            "number": row.number,
            "amount": str(row.amount),
            "paid": str(row.paid_amount),
        },
        at=at,
    )
