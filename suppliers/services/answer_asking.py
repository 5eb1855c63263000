"""Ask a supplier for an answer when an order is sent, and stop asking when none is needed."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.db.models import F

from core import settings_store
from core.actors import SYSTEM, Actor
from suppliers.domain import answer_settings, answering, milestones
from suppliers.models import AnswerClock, ChangeProposal, Milestone, PurchaseOrder
from suppliers.services import answer_mails, answer_rows, portal_drafts


def ask(order: PurchaseOrder, *, actor: Actor, at: dt.datetime) -> None:
    """Plan milestones, start the clock and mail the supplier; called by sending, order locked.

    A revision that is what the supplier proposed counts as confirmed at once. The same revision
    sent again only mails again.
    """
    clock = AnswerClock.objects.filter(order=order).first()
    _plan_milestones(order, at)
    agreed = ChangeProposal.objects.filter(
        order=order, state="accepted", agreed_revision=order.revision
    ).first()
    if clock is not None and clock.revision == order.revision:
        _mail(order, "order_amended" if order.revision > 1 else "order_new", actor, at)
        return
    supersede(order, actor=actor, at=at)
    start_clock(order, at=at)
    if order.state != "sent":
        # Goods of it are here already: the supplier can't answer any more, only ship the rest.
        order.lines.filter(confirmed_qty=None).update(confirmed_qty=F("qty"))
        stop_clock(order, at=at)
        _mail(order, "order_amended", actor, at)
        return
    if agreed is None:
        order.lines.update(confirmed_qty=None, confirmed_on=None)
        _mail(order, "order_new" if clock is None else "order_amended", actor, at)
        return
    _confirm_agreed(order, agreed)
    if answer_rows.confirm_if_complete(order, at=at):
        stop_clock(order, at=at)
    answer_rows.renew_eta(order, at=at)
    _mail(order, "change_accepted", actor, at)


def stop(order: PurchaseOrder, *, at: dt.datetime) -> None:
    """Stop asking about a locked order that ended; who holds it is told when it is cancelled.

    Its open proposal is replaced, its unfinished shipment forgotten. Repeatable.
    """
    stop_clock(order, at=at)
    portal_drafts.drop(order.pk)
    supersede(order, actor=SYSTEM, at=at)
    if order.state == "cancelled" and order.sent_at is not None:
        letter = answer_mails.Letter(template="order_cancelled", key="cancelled")
        answer_mails.tell_supplier(order, letter, at=at)


def stop_clock(order: PurchaseOrder, *, at: dt.datetime) -> None:
    """Stop the clock of a locked order that waits for no answer any more. Repeatable."""
    AnswerClock.objects.running().filter(order=order).update(stopped_at=at)


def start_clock(order: PurchaseOrder, *, at: dt.datetime) -> None:
    """Give the supplier of a locked order its time [48 h] to answer, from `at` on."""
    hours = cast(int, settings_store.get(answer_settings.ANSWER_HOURS))
    AnswerClock.objects.update_or_create(
        order=order,
        defaults={
            "revision": order.revision,
            "asked_at": at,
            "due_at": at + dt.timedelta(hours=hours),
            "reminded_at": None,
            "escalated_at": None,
            "stopped_at": None,
        },
    )


def supersede(order: PurchaseOrder, *, actor: Actor, at: dt.datetime) -> int:
    """Replace the open proposal of a locked order; return how many there were (0 or 1)."""
    open_rows = ChangeProposal.objects.open().filter(order=order)
    return open_rows.update(state=answering.SUPERSEDED, decided_at=at, decided_by=actor.key[:64])


def _confirm_agreed(order: PurchaseOrder, agreed: ChangeProposal) -> None:
    wanted = {row.line_id: row for row in agreed.lines.order_by("pk")}
    for line in order.lines.order_by("position"):
        row = wanted.get(line.pk)
        if row is not None:
            line.confirmed_qty, line.confirmed_on = line.qty, row.on or row.was_on
            line.save(update_fields=["confirmed_qty", "confirmed_on"])


def _plan_milestones(order: PurchaseOrder, at: dt.datetime) -> None:
    if order.milestones.exists():
        return
    days = milestones.plan(
        sent_on=at.astimezone(dt.UTC).date(),
        delivery_on=order.expected_on or order.required_by,
        mode=order.mode,
    )
    Milestone.objects.bulk_create(
        Milestone(order=order, position=position, kind=kind, planned_on=days[kind])
        for position, kind in enumerate(milestones.KINDS, start=1)
    )


def _mail(order: PurchaseOrder, template: str, actor: Actor, at: dt.datetime) -> None:
    letter = answer_mails.Letter(
        template=template,
        key=f"{order.revision}:{int(at.timestamp())}",
        context={"wanted_by": order.required_by.isoformat() if order.required_by else ""},
        with_document=True,
    )
    answer_mails.tell_supplier(order, letter, actor=actor, at=at)
