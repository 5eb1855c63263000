"""Tell customers by mail that their order comes late, or waits for stock nobody may replace.

Late (X23): the promise moved behind the promise at order time; `promising.note_revision` says so,
at most once a day. Waiting (X05): a destination rule forbids the warehouse that has stock; told
once per order, with the day its goods can be there when one is known. Each mail is an intent row
in the listener's transaction; its key makes a repeated fact harmless. Past, closed and mail-less
orders are left alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import formats, translation

from core import mail
from core.events import EventFact
from core.models.documents import OutboundMail
from orders.models import Order
from orders.models.orders import OrderStatus
from orders.services import arrival_days, listening, supply_notices
from shipping.domain.public_view import given_name
from shipping.services import links

RESTRICTED = "DEST_RESTRICTED_OOS"


def on_promise_revised(facts: list[EventFact]) -> None:
    """Mail the newest promise of orders that come later than promised at order time. Repeatable.

    An order that is back in time when the fact is read gets no mail.
    """
    told = [fact for fact in facts if fact.payload.get("notify")]
    orders = _reachable(int(fact.payload["order_id"]) for fact in told)
    for fact in told:
        order = orders.get(int(fact.payload["order_id"]))
        if order is not None and _is_late(order):
            _queue(order, "late", f"order:{order.pk}:late:{fact.at.date().isoformat()}", fact.at)


def on_waiting(facts: list[EventFact]) -> None:
    """Mail once per order that it waits because only the empty warehouse may serve it."""
    known = [fact for fact in facts if "order_id" in fact.payload]
    orders = _reachable(int(fact.payload["order_id"]) for fact in known)
    waiting = [
        (order, fact)
        for fact in known
        if (order := orders.get(int(fact.payload["order_id"]))) is not None
        and RESTRICTED in order.attention_codes
    ]
    if waiting:
        arrival_days.date_orders([order.pk for order, _fact in waiting], at=waiting[0][1].at)
        for order, _fact in waiting:
            order.refresh_from_db(fields=["promised_by", "promised_at_order_by"])
        # The page that the mail links to may not be published yet.
        listening.publish_tracked([order.pk for order, _fact in waiting], facts)
    for order, fact in waiting:
        _queue(order, "waiting", f"order:{order.pk}:waiting", fact.at)


def _reachable(order_ids: Iterable[int]) -> dict[int, Order]:
    rows = Order.objects.filter(
        pk__in=sorted(set(order_ids)), status=OrderStatus.CONFIRMED, is_history=False
    ).exclude(email="")
    return {row.pk: row for row in rows.select_related("channel", "customer").order_by("pk")}


def _is_late(order: Order) -> bool:
    base, now = order.promised_at_order_by, order.promised_by
    return base is not None and now is not None and now > base


def _queue(order: Order, name: str, key: str, at: dt.datetime) -> None:
    # A link is a secret of its own: a mail that is planned already needs no other.
    if OutboundMail.objects.filter(dedupe_key=key).exists():
        return
    language = _language(order)
    mail.queue(
        to=order.email,
        template=f"orders/{name}",
        language=language,
        context={
            "name": given_name(order.ship_name),
            "order_number": order.number,
            "shop": order.channel.name,
            "day": _day(order.promised_by, language),
            "earlier_day": _day(order.promised_at_order_by, language),
            "why": supply_notices.words_of(order.pk, language),
            "token": links.issue(order.key, at=at),
        },
        target=order.key,
        dedupe_key=key,
    )


def _language(order: Order) -> str:
    own = order.customer.language if order.customer is not None else ""
    return own or order.channel.language or "en"


def _day(day: dt.date | None, language: str) -> str:
    if day is None:
        return ""
    with translation.override(language):
        return formats.date_format(day, "DATE_FORMAT")
