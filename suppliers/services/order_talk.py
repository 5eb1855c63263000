"""Milestones of an order, and what its buyer and supplier write to each other."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import gettext_noop
from suppliers.domain import purchase_states
from suppliers.models import Milestone, PurchaseOrder, SupplierMessage
from suppliers.services import answer_mails, purchase_rows
from suppliers.services.answer_errors import (
    MessageEmpty,
    MilestoneRefused,
    NotAnswerable,
    TooManyMessages,
)

LONGEST: Final = 2000
MESSAGES_PER_DAY: Final = 30
FURTHEST: Final = dt.timedelta(days=730)


@transaction.atomic
def set_milestone(
    order_id: int,
    kind: str,
    *,
    planned_on: dt.date | None,
    actual_on: dt.date | None,
    actor: Actor,
    at: dt.datetime,
) -> Milestone:
    """Write when a step is planned and when it happened; the delivery day moves the expected one.

    Raises:
        NotAnswerable: the order is not at the supplier.
        MilestoneRefused: it happened in the future, or is planned more than two years ahead.
    """
    order = purchase_rows.lock(order_id)
    if order.state not in purchase_states.AT_SUPPLIER:
        raise NotAnswerable(number=order.number)
    # It may be tomorrow already where the supplier is.
    latest = at.astimezone(dt.UTC).date() + dt.timedelta(days=1)
    if (actual_on and actual_on > latest) or (planned_on and planned_on > latest + FURTHEST):
        raise MilestoneRefused
    step = Milestone.objects.get(order=order, kind=kind)
    before = (step.planned_on, step.actual_on)
    if before == (planned_on, actual_on):
        return step
    step.planned_on, step.actual_on = planned_on, actual_on
    step.save(update_fields=["planned_on", "actual_on"])
    audit.record(
        actor=actor,
        action="suppliers.milestone_set",
        target=f"purchase_order:{order.pk}",
        before={"planned_on": _iso(before[0]), "actual_on": _iso(before[1])},
        after={"step": kind, "planned_on": _iso(planned_on), "actual_on": _iso(actual_on)},
        at=at,
    )
    return step


@transaction.atomic
def write_message(
    order_id: int, text: str, *, event_key: str, actor: Actor, at: dt.datetime
) -> SupplierMessage:
    """Write a message to the other side and tell it. Repeatable by `event_key`.

    Raises:
        MessageEmpty: no text, or more than 2 000 characters.
        TooManyMessages: the supplier wrote 30 about this order within a day.
    """
    text = text.strip()
    if not 1 <= len(text) <= LONGEST:
        raise MessageEmpty
    order = purchase_rows.lock(order_id)
    known = SupplierMessage.objects.filter(event_key=event_key, order=order).first()
    if known is not None:
        return known
    is_from_supplier = actor.kind == "supplier"
    since = at - dt.timedelta(days=1)
    rows = SupplierMessage.objects.filter(order=order, at__gt=since, is_from_supplier=True)
    if is_from_supplier and rows.count() >= MESSAGES_PER_DAY:
        raise TooManyMessages(n=MESSAGES_PER_DAY)
    message = SupplierMessage.objects.create(
        order=order,
        is_from_supplier=is_from_supplier,
        text=text,
        event_key=event_key,
        at=at,
        actor_key=actor.key,
    )
    _tell(order, message, actor, at)
    return message


def _tell(order: PurchaseOrder, message: SupplierMessage, actor: Actor, at: dt.datetime) -> None:
    if message.is_from_supplier:
        word = answer_mails.Word(
            text=gettext_noop("%(supplier)s wrote about order %(number)s. Read and answer it."),
            kind="order_message",
            key=str(message.pk),
        )
        answer_mails.tell_buyer(order, word, at=at)
        return
    letter = answer_mails.Letter(
        template="message", key=str(message.pk), context={"text": message.text}
    )
    answer_mails.tell_supplier(order, letter, actor=actor, at=at)


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
