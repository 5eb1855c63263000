"""Post letters to the customers of orders: who gets one, in which language, with which link.

The listeners of facts hand over what there is to say. Silenced topics, channels that write
themselves, past orders and orders without an address are left out; what was said once is not said
again. A constant number of statements per batch and topic.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils import formats, translation

from core import mail
from core.mail import MailDraft, MailValue
from customers.domain.drafts import normal_email
from customers.domain.topics import PROGRESS, RETURNS
from customers.services import notifications
from orders.models import Order
from orders.models.channels import Channel, ChannelKind
from shipping.domain.public_view import given_name
from shipping.services import links


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to tell the customer of one order (with its channel and customer joined).

    `key` says it once. `context` holds what the text tells beyond name, order, shop and link.
    `is_for_all` also goes out on marketplaces, which as a rule write to their customers
    themselves; a switch of the channel stops it all the same.
    """

    order: Order
    template: str
    topic: str
    key: str
    context: Mapping[str, MailValue] = field(default_factory=dict)
    is_for_all: bool = False
    token: str = ""
    language: str = ""


@transaction.atomic
def post(letters: Sequence[Letter], *, at: dt.datetime) -> int:
    """Plan the letters in the caller's transaction; return how many were new. Repeatable.

    Locks the orders by pk: who comes second at the same moment sees what the first has planned.
    """
    due = wanted(letters)
    ids = sorted({letter.order.pk for letter in due})
    list(Order.objects.filter(pk__in=ids).lock().only("pk"))
    known = mail.known_keys(letter.key for letter in due)
    fresh = {letter.key: letter for letter in due if letter.key not in known}
    if not fresh:
        return 0
    # A link is a secret of its own: only a letter that goes out gets one.
    tokens = links.issue_many(
        [letter.order.key for letter in fresh.values() if not letter.token], at=at
    )
    return mail.queue_many([_draft(letter, tokens) for letter in fresh.values()])


def wanted(letters: Sequence[Letter]) -> list[Letter]:
    """Return the letters that channel and reader want. Two queries per topic."""
    by_topic: dict[str, list[Letter]] = defaultdict(list)
    for letter in letters:
        if letter.order.email and not letter.order.is_history:
            by_topic[letter.topic].append(letter)
    return [one for topic, part in by_topic.items() for one in _wanted(topic, part)]


def once_more(letter: Letter, *, at: dt.datetime) -> MailDraft:
    """Return a letter that a person wants to be sent again, whoever silenced what."""
    fresh = replace(letter, key=f"{letter.key}:again:{at.isoformat()}")
    tokens = {} if letter.token else links.issue_many([letter.order.key], at=at)
    return _draft(fresh, tokens)


def language_of(order: Order) -> str:
    """Return the language of an order's customer: their own, else the channel's."""
    own = order.customer.language if order.customer is not None else ""
    return own or order.channel.language or "en"


def day_text(day: dt.date | None, language: str) -> str:
    """Return a day as a letter writes it, "" for none."""
    if day is None:
        return ""
    with translation.override(language):
        return formats.date_format(day, "DATE_FORMAT")


def _wanted(topic: str, letters: Sequence[Letter]) -> list[Letter]:
    switches = notifications.switches({one.order.channel.code for one in letters}, topic)
    on = [one for one in letters if switches.get(one.order.channel.code, _is_usual(one))]
    off = notifications.silenced((one.order.email for one in on), topic)
    return [one for one in on if normal_email(one.order.email) not in off]


def is_usual(channel: Channel, topic: str) -> bool:
    """Say whether a channel without a switch writes about a topic; most marketplaces do it."""
    return channel.kind != ChannelKind.MARKETPLACE or topic in (RETURNS, PROGRESS)


def _is_usual(letter: Letter) -> bool:
    return letter.is_for_all or is_usual(letter.order.channel, letter.topic)


def _draft(letter: Letter, tokens: Mapping[str, str]) -> MailDraft:
    order = letter.order
    return MailDraft(
        to=order.email,
        template=letter.template,
        language=letter.language or language_of(order),
        target=order.key,
        dedupe_key=letter.key,
        context={
            "name": given_name(order.ship_name),
            "order_number": order.number,
            "shop": order.channel.name,
            **letter.context,
            "token": letter.token or tokens[order.key],
        },
    )
