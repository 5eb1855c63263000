"""Conversations with customers about an order or a return: they write, the shop answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from core import audit, files, mail
from core.actors import Actor
from core.errors import InputRefused, NotFound, StateConflict, gettext_noop
from core.models import StoredFile
from orders.models import Order
from returns.models import CustomerMessage, MessageThread, ReturnRequest
from shipping.services import links

PHOTO_KIND: Final = "message_photo"
MOST_CHARS: Final = 2_000
#: Messages of customers about one order in a day.
MOST_A_DAY: Final = 20

_Side, _State = CustomerMessage.Side, MessageThread.State


class MessageEmpty(InputRefused):
    """Nothing was written."""

    code = "MESSAGE_EMPTY"
    text = gettext_noop("Write what happened, in a sentence or two.")


class MessageLimit(StateConflict):
    """A customer wrote as often as is read in a day."""

    code = "MESSAGE_LIMIT"
    status = 429
    text = gettext_noop("You wrote %(most)s messages today. We answer them first: wait a day.")


@dataclass(frozen=True, slots=True)
class Words:
    """What a customer writes. `photo` is a JPEG that was drawn anew."""

    topic: str
    body: str
    photo: bytes | None = None
    request_id: int | None = None
    language: str = ""


def write(order_id: int, words: Words, *, actor: Actor, at: dt.datetime) -> CustomerMessage:
    """Keep a customer's message; messages about one topic of an order are one conversation.

    Locks the order.

    Raises:
        MessageEmpty: nothing was written.
        MessageLimit: more than 20 messages about this order since yesterday.
        NotFound: the return is of another order.
    """
    body = words.body.strip()[:MOST_CHARS]
    if not body:
        raise MessageEmpty
    stored = None
    if words.photo is not None:
        name = f"message-order-{order_id}.jpg"
        stored = files.store(words.photo, name, PHOTO_KIND, content_type="image/jpeg")
    return _write(order_id, words, body, stored, actor=actor, at=at)


@transaction.atomic
def _write(
    order_id: int,
    words: Words,
    body: str,
    stored: StoredFile | None,
    *,
    actor: Actor,
    at: dt.datetime,
) -> CustomerMessage:
    Order.objects.lock().get(pk=order_id)
    today = CustomerMessage.objects.filter(
        thread__order_id=order_id, side=_Side.CUSTOMER, at__gt=at - dt.timedelta(days=1)
    )
    if today.count() >= MOST_A_DAY:
        raise MessageLimit(most=MOST_A_DAY)
    request = _request(order_id, words.request_id)
    thread = MessageThread.objects.filter(
        order_id=order_id, request=request, topic=words.topic
    ).first()
    if thread is None:
        thread = MessageThread.objects.create(
            order_id=order_id,
            request=request,
            topic=words.topic,
            language=words.language[:10],
            opened_at=at,
            last_at=at,
        )
    else:
        thread.state, thread.last_at = _State.WAITING, at
        thread.save(update_fields=["state", "last_at"])
    return CustomerMessage.objects.create(
        thread=thread, side=_Side.CUSTOMER, body=body, photo=stored, at=at, by=actor.key
    )


def _request(order_id: int, request_id: int | None) -> ReturnRequest | None:
    if request_id is None:
        return None
    row = ReturnRequest.objects.filter(pk=request_id, order_id=order_id).first()
    if row is None:
        raise NotFound
    return row


@transaction.atomic
def answer(thread_id: int, body: str, *, actor: Actor, at: dt.datetime) -> CustomerMessage:
    """Answer a customer; a mail with a new link tells of it.

    Raises:
        MessageEmpty: nothing was written.
        NotFound: there is no such conversation.
    """
    thread = _lock(thread_id)
    body = body.strip()[:MOST_CHARS]
    if not body:
        raise MessageEmpty
    message = CustomerMessage.objects.create(
        thread=thread, side=_Side.SHOP, body=body, at=at, by=actor.key
    )
    thread.state, thread.last_at = _State.ANSWERED, at
    thread.save(update_fields=["state", "last_at"])
    _record(thread, "returns.message_answered", actor, at)
    order = thread.order
    if order.email:
        mail.queue(
            to=order.email,
            template="returns/message_answered",
            language=thread.language or order.channel.language,
            context={"order_number": order.number, "token": links.issue(order.key, at=at)},
            target=order.key,
            dedupe_key=f"message:{message.pk}",
        )
    return message


@transaction.atomic
def close(thread_id: int, *, actor: Actor, at: dt.datetime) -> MessageThread:
    """End a conversation that needs no answer; the customer's next message opens it. Repeatable.

    Raises:
        NotFound: there is no such conversation.
    """
    thread = _lock(thread_id)
    if thread.state != _State.CLOSED:
        thread.state = _State.CLOSED
        thread.save(update_fields=["state"])
        _record(thread, "returns.message_closed", actor, at)
    return thread


def _lock(thread_id: int) -> MessageThread:
    rows = MessageThread.objects.select_for_update(of=("self",)).select_related("order__channel")
    thread = rows.filter(pk=thread_id).first()
    if thread is None:
        raise NotFound
    return thread


def _record(thread: MessageThread, action: str, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=thread.order.key,
        after={"thread": thread.pk, "topic": thread.topic, "state": thread.state},
        at=at,
    )
