"""Letters to customers and what customers answer, for the access matrix."""

from __future__ import annotations

import itertools

from core import clock, letters
from core.models import OutboundMail
from customers.services import feedback
from customers.services.feedback import Question
from orders.models import Order
from tests.access.objects import Objects, kind
from tests.access.objects_orders import each
from tests.access.world import World

_numbers = itertools.count(1)


def _mail(order: Order) -> OutboundMail:
    return OutboundMail.objects.create(
        to="ada@example.org",
        template="orders/shipped",
        language="en",
        target=order.key,
        dedupe_key=f"matrix:{next(_numbers)}",
        state="failed",
        created_at=clock.now(),
    )


@kind("message")
def _message(world: World) -> Objects:
    return each(world, lambda where: _mail(where.order()))


@kind("letter-kind")
def _letter_kind(_world: World) -> Objects:
    return Objects(
        {"app": "orders", "name": "confirmed"}, None, {"app": "orders", "name": "nothing"}
    )


@kind("letter-channel")
def _letter_channel(world: World) -> Objects:
    return Objects({"code": world.own_channel}, None, {"code": "nowhere"})


@kind("mail-link")
def _mail_link(_world: World) -> Objects:
    token = letters.off_token(_mail(Order(pk=1)).pk)
    return Objects({"token": token}, None, {"token": "1.forged"})


@kind("feedback-link")
def _feedback_link(_world: World) -> Objects:
    number = next(_numbers)
    key = f"order:{900_000 + number}"
    question = Question(key, str(number), "shop", clock.now())
    token = feedback.ask_many([question], at=clock.now())[key]
    return Objects({"token": token}, None, {"token": "x" * 22})
