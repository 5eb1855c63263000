"""Ask customers how it was, some days after everything of their order has arrived (A-21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.db import transaction

from core import settings_store
from core.jobs import JobRun
from customers.domain.topics import FEEDBACK
from customers.services import feedback
from customers.services.feedback import Question
from orders.domain.feedback_settings import FEEDBACK_DAYS
from orders.models import Order, Shipment
from orders.models.orders import OrderStage
from orders.services import delivery_figures, letter_post
from orders.services.delivery_figures import Arrival
from orders.services.letter_post import Letter
from shipping.models import Parcel

#: After an outage the questions of so many days are still asked.
LOOK_BACK: Final = dt.timedelta(days=3)
BATCH: Final = 200


def run(job: JobRun, **_newer: object) -> dict[str, int]:
    """Ask about the orders whose time has come. Repeatable: an order is asked about once."""
    return {"asked": ask_due(job.now)}


def ask_due(now: dt.datetime) -> int:
    """Plan the mails that ask; return how many. In batches of 200 orders, one transaction each."""
    days = int(str(settings_store.get(FEEDBACK_DAYS)))
    latest = now - dt.timedelta(days=days)
    arrived = Shipment.objects.filter(delivered_at__gt=latest - LOOK_BACK, delivered_at__lte=latest)
    orders = Order.objects.filter(
        pk__in=arrived.values("order_id").order_by(),
        stage=OrderStage.DELIVERED,
        is_history=False,
    ).exclude(email="")
    rows = list(orders.select_related("channel", "customer").order_by("pk"))
    asked = 0
    for start in range(0, len(rows), BATCH):
        asked += _ask(rows[start : start + BATCH], latest, now)
    return asked


@transaction.atomic
def _ask(rows: Sequence[Order], latest: dt.datetime, now: dt.datetime) -> int:
    # Who asks at the same moment waits here, and then finds the questions written.
    list(Order.objects.filter(pk__in=[row.pk for row in rows]).lock().only("pk"))
    came = delivery_figures.arrivals([row.pk for row in rows])
    due = [row for row in rows if row.pk in came and came[row.pk][0] <= latest]
    letters = letter_post.wanted(
        [Letter(row, "orders/feedback", FEEDBACK, f"{row.key}:feedback") for row in due]
    )
    carriers = _carriers([letter.order for letter in letters])
    questions = [
        _question(one.order, came[one.order.pk], carriers.get(one.order.key, "")) for one in letters
    ]
    tokens = feedback.ask_many(questions, at=now)
    fresh = [
        replace(one, token=tokens[one.order.key]) for one in letters if one.order.key in tokens
    ]
    return letter_post.post(fresh, at=now)


def _question(order: Order, arrival: Arrival, carrier: str) -> Question:
    promised = order.promised_at_order_by
    return Question(
        order_key=order.key,
        order_number=order.number,
        channel_code=order.channel.code,
        delivered_at=arrival[0],
        customer_id=order.customer_id,
        country=order.ship_country,
        carrier_code=carrier,
        was_late=None if promised is None else arrival[1] > promised,
        language=letter_post.language_of(order),
    )


def _carriers(orders: Sequence[Order]) -> dict[str, str]:
    """Return the carrier of each order's first parcel, by order key."""
    parcels = Parcel.objects.filter(
        order_key__in=[order.key for order in orders], owner_key__startswith="shipment:"
    ).exclude(state=Parcel.State.VOIDED)
    rows = parcels.order_by("-pk").values_list("order_key", "service__carrier__code")
    return dict(rows)
