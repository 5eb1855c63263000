"""Staff announce what comes of a purchase order, open it at the dock, and move its day.

Order of locks: the arrival first, then its purchase order. A new arrival is written under the
lock of its order, so that two people never announce the same units.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction

from core.actors import Actor
from suppliers.domain import shipment_rows
from suppliers.models import Asn, PurchaseOrder
from suppliers.queries import to_announce
from suppliers.querysets.arrivals import EXPECTED
from suppliers.services import answer_rows, arrivals, journal, purchase_rows
from suppliers.services.announce_errors import ArrivalCame, DayTooFar, NothingToCome, OverOrder
from suppliers.services.drafts import ArrivalDraft, LineDraft, OrderArrivalDraft
from suppliers.services.errors import NothingAnnounced


@transaction.atomic
def announce(draft: OrderArrivalDraft, *, actor: Actor, at: dt.datetime) -> Asn:
    """Write down what comes of an order as an arrival tied to it line by line.

    Raises:
        NothingToCome: the supplier never got the order, or it ended.
        OverOrder: more of a line than is open and not announced yet.
        DayTooFar: the day can't be meant.
        What `arrivals.announce` raises.
    """
    order = purchase_rows.lock(draft.order_id)
    if not to_announce.may_come(order):
        raise NothingToCome(number=order.number)
    if draft.expected_on is not None:
        _check_day(draft.expected_on, order.warehouse.timezone, at)
    return _announce(order, draft, actor=actor, at=at)


@transaction.atomic
def come_of_order(order_id: int, *, actor: Actor, at: dt.datetime) -> Asn:
    """Return the arrival that a purchase order's number opens at the dock.

    The oldest one that is expected; without any, everything still open is announced now, so that
    what comes is counted against the order and its tolerance (X16). Repeatable. Locks the order
    only to announce: a known arrival is locked before its order by whoever counts it.

    Raises:
        NothingToCome: no arrival is expected and nothing is open.
    """
    expected = Asn.objects.filter(purchase_order_id=order_id, state__in=EXPECTED).order_by("pk")
    known = expected.first()
    if known is not None:
        return known
    order = purchase_rows.lock(order_id)
    known = expected.all().first()
    if known is not None:
        return known
    left = {pk: units for pk, units in to_announce.units_left(order).items() if units}
    if not left or not to_announce.may_come(order):
        raise NothingToCome(number=order.number)
    draft = OrderArrivalDraft(order_id=order.pk, units=left, expected_on=order.due_on)
    return _announce(order, draft, actor=actor, at=at)


@transaction.atomic
def reschedule(asn_id: int, *, expected_on: dt.date, actor: Actor, at: dt.datetime) -> Asn:
    """Move the day an announced arrival is expected, and the expected day of its order.

    Raises:
        ArrivalCame: it stands at the dock, or was taken back.
        DayTooFar: the day can't be meant.
    """
    asn = arrivals.lock(asn_id)
    if asn.state != "announced":
        raise ArrivalCame(number=asn.number, state=asn.get_state_display())
    _check_day(expected_on, asn.warehouse.timezone, at)
    before = asn.expected_on
    if before == expected_on:
        return asn
    asn.expected_on = expected_on
    asn.save(update_fields=["expected_on"])
    change = {"expected_on": [before.isoformat() if before else None, expected_on.isoformat()]}
    journal.note(asn, "arrival_rescheduled", change, actor, at)
    if asn.purchase_order_id is not None:
        answer_rows.renew_eta(purchase_rows.lock(asn.purchase_order_id), at=at)
    return asn


def _announce(
    order: PurchaseOrder, draft: OrderArrivalDraft, *, actor: Actor, at: dt.datetime
) -> Asn:
    asn = arrivals.announce(
        ArrivalDraft(
            supplier_code=order.supplier.code,
            warehouse_code=order.warehouse.code,
            lines=_lines(order, draft),
            reference=draft.reference,
            carrier=draft.carrier,
            tracking=draft.tracking,
            expected_on=draft.expected_on,
            purchase_order_id=order.pk,
        ),
        actor=actor,
        at=at,
    )
    answer_rows.follow_shipments(order, at=at)
    return asn


def _lines(order: PurchaseOrder, draft: OrderArrivalDraft) -> tuple[LineDraft, ...]:
    left = to_announce.units_left(order)
    found = []
    for line in purchase_rows.lines_of(order):
        units = draft.units.get(line.pk, 0)
        if units > left[line.pk]:
            raise OverOrder(sku=line.sku.code, left=left[line.pk])
        if units:
            found.append(LineDraft(line.sku.code, units, line.pk))
    if not found or not set(draft.units) <= set(left):
        raise NothingAnnounced
    return tuple(found)


def _check_day(day: dt.date, zone: str, at: dt.datetime) -> None:
    today = at.astimezone(ZoneInfo(zone)).date()
    if shipment_rows.day_problems(day, today=today):
        raise DayTooFar(n=shipment_rows.MOST_DAYS)
