"""Remind silent suppliers, escalate after 48 h [setting], and chase late shipments (X25)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, cast

from django.db import transaction

from core import audit, settings_store
from core.actors import SYSTEM
from core.errors import gettext_noop
from core.events import publish
from suppliers.domain import answer_settings
from suppliers.models import AnswerClock, Milestone
from suppliers.services import answer_mails, purchase_rows

#: Orders looked at in one run; the next one goes on.
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    reminded: int = 0
    escalated: int = 0
    late: int = 0


def run(*, now: dt.datetime) -> Round:
    """Remind, escalate and chase whatever is due; each once per order and revision. Repeatable."""
    remind = dt.timedelta(hours=cast(int, settings_store.get(answer_settings.REMIND_HOURS)))
    running = AnswerClock.objects.running()
    silent = running.filter(due_at__lt=now, escalated_at=None).order_by("due_at", "pk")
    escalated = sum(_escalate(pk, now) for pk in silent.values_list("order_id", flat=True)[:BATCH])
    waiting = running.filter(asked_at__lte=now - remind, reminded_at=None, escalated_at=None)
    ids = waiting.order_by("due_at", "pk").values_list("order_id", flat=True)[:BATCH]
    reminded = sum(_remind(pk, now) for pk in ids)
    return Round(reminded, escalated, _chase(now))


@transaction.atomic
def _remind(order_id: int, now: dt.datetime) -> bool:
    order = purchase_rows.lock(order_id)
    rows = AnswerClock.objects.running().filter(order=order, reminded_at=None)
    if order.state != "sent" or not rows.update(reminded_at=now):
        return False
    hours = max(0, int((order.clock.due_at - now).total_seconds() // 3600))
    letter = answer_mails.Letter(
        template="answer_reminder",
        key=f"remind:{order.revision}:{_started(order.pk)}",
        context={"hours": hours},
    )
    answer_mails.tell_supplier(order, letter, at=now)
    return True


@transaction.atomic
def _escalate(order_id: int, now: dt.datetime) -> bool:
    order = purchase_rows.lock(order_id)
    rows = AnswerClock.objects.running().filter(order=order, escalated_at=None, due_at__lt=now)
    if order.state != "sent" or not rows.update(escalated_at=now):
        return False
    hours = cast(int, settings_store.get(answer_settings.ANSWER_HOURS))
    key = f"{order.revision}:{_started(order.pk)}"
    letter = answer_mails.Letter(
        template="answer_overdue", key=f"overdue:{key}", context={"hours": hours}
    )
    answer_mails.tell_supplier(order, letter, at=now)
    word = answer_mails.Word(
        text=gettext_noop(
            "%(supplier)s has not answered order %(number)s for %(hours)s hours. Call, or choose "
            "another supplier."
        ),
        kind="order_unanswered",
        key=key,
        template="answer_silent",
        data={"hours": hours},
    )
    answer_mails.tell_buyer(order, word, at=now)
    publish(
        "suppliers.answer_overdue", target=f"purchase_order:{order.pk}", at=now, order_id=order.pk
    )
    audit.record(
        actor=SYSTEM,
        action="suppliers.answer_overdue",
        target=f"purchase_order:{order.pk}",
        after={"hours": hours, "revision": order.revision},
        at=now,
    )
    return True


def _chase(now: dt.datetime) -> int:
    """Ask for the shipment of confirmed orders whose planned day to ship has passed."""
    today = now.astimezone(dt.UTC).date()
    late = Milestone.objects.filter(
        kind="shipment", actual_on=None, planned_on__lt=today, order__state="confirmed"
    ).exclude(order__arrivals__state__in=("announced", "arrived", "receiving", "received"))
    fresh = late.filter(order__clock__late_notice_on=None)
    ids = fresh.order_by("planned_on", "pk").values_list("order_id", flat=True)[:BATCH]
    return sum(_ask_for_shipment(pk, now) for pk in ids)


@transaction.atomic
def _ask_for_shipment(order_id: int, now: dt.datetime) -> bool:
    order = purchase_rows.lock(order_id)
    today = now.astimezone(dt.UTC).date()
    rows = AnswerClock.objects.filter(order=order, late_notice_on=None)
    if order.state != "confirmed" or not rows.update(late_notice_on=today):
        return False
    planned_on = order.milestones.get(kind="shipment").planned_on
    letter = answer_mails.Letter(
        template="shipment_late",
        key=f"late:{order.revision}",
        context={"planned_on": planned_on.isoformat() if planned_on else ""},
    )
    answer_mails.tell_supplier(order, letter, at=now)
    word = answer_mails.Word(
        text=gettext_noop(
            "%(supplier)s has not announced the shipment of order %(number)s. Ask when it comes."
        ),
        kind="order_ships_late",
        key=f"late:{order.revision}",
    )
    answer_mails.tell_buyer(order, word, at=now)
    return True


def _started(order_id: int) -> int:
    asked = AnswerClock.objects.values_list("asked_at", flat=True)
    return int(asked.get(order_id=order_id).timestamp())
