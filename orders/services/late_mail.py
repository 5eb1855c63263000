"""Tell customers by mail that their order comes late, or waits for stock nobody may replace.

Late (X23): the promise moved behind the promise at order time; `promising.note_revision` says so,
at most once a day. Waiting (X05): a destination rule forbids the warehouse that has stock; told
once per order, with the day its goods can be there when one is known. However many reasons there
are, an order gets one such letter a day. Each is an intent row in the listener's transaction; its
key makes a repeated fact harmless. Past, closed and mail-less orders are left alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from core.events import EventFact
from core.models import OutboundMail
from customers.domain.topics import DELIVERY, ORDERS
from orders.models import Order
from orders.models.orders import OrderStatus
from orders.services import arrival_days, letter_post, listening, supply_notices
from orders.services.letter_post import Letter

RESTRICTED = "DEST_RESTRICTED_OOS"
LATE, WAITING = "orders/late", "orders/waiting"
_NOTICES: Final = (LATE, WAITING)


def on_promise_revised(facts: list[EventFact]) -> None:
    """Mail the newest promise of orders that come later than promised at order time. Repeatable.

    An order that is back in time when the fact is read gets no mail.
    """
    told = [fact for fact in facts if fact.payload.get("notify")]
    orders = _reachable(int(fact.payload["order_id"]) for fact in told)
    late = [
        (order, fact)
        for fact in told
        if (order := orders.get(int(fact.payload["order_id"]))) is not None and _is_late(order)
    ]
    days = {fact.at.date() for _order, fact in late}
    heard = {day: _told_on(day, [order for order, _fact in late]) for day in days}
    letters = [
        _letter(order, LATE, f"order:{order.pk}:late:{fact.at.date().isoformat()}")
        for order, fact in late
        if order.key not in heard[fact.at.date()]
    ]
    if letters:
        letter_post.post(letters, at=max(fact.at for fact in told))


def on_waiting(facts: list[EventFact]) -> None:
    """Mail once per order that it waits because only the empty warehouse may serve it."""
    known = [fact for fact in facts if "order_id" in fact.payload]
    orders = _reachable(int(fact.payload["order_id"]) for fact in known)
    waiting = {
        order.pk: (order, fact)
        for fact in known
        if (order := orders.get(int(fact.payload["order_id"]))) is not None
        and RESTRICTED in order.attention_codes
    }
    if not waiting:
        return
    at = max(fact.at for _order, fact in waiting.values())
    arrival_days.date_orders(list(waiting), at=at)
    for order, _fact in waiting.values():
        order.refresh_from_db(fields=["promised_by", "promised_at_order_by"])
    # The page that the mail links to may not be published yet.
    listening.publish_tracked(list(waiting), facts)
    heard = _told_on(at.date(), [order for order, _fact in waiting.values()])
    letters = [
        _letter(order, WAITING, f"order:{order.pk}:waiting")
        for order, _fact in waiting.values()
        if order.key not in heard
    ]
    letter_post.post(letters, at=at)


def _reachable(order_ids: Iterable[int]) -> dict[int, Order]:
    """Return the orders that may be told, locked: two reasons of one day must see each other."""
    rows = Order.objects.filter(
        pk__in=sorted(set(order_ids)), status=OrderStatus.CONFIRMED, is_history=False
    ).exclude(email="")
    return {row.pk: row for row in rows.select_related("channel", "customer").lock()}


def _told_on(day: dt.date, orders: Sequence[Order]) -> frozenset[str]:
    """Return the keys of the orders that got a letter of bad news on a day (UTC)."""
    start = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    rows = OutboundMail.objects.filter(
        target__in=[order.key for order in orders],
        template__in=_NOTICES,
        created_at__gte=start,
        created_at__lt=start + dt.timedelta(days=1),
    )
    return frozenset(rows.values_list("target", flat=True).order_by())


def _is_late(order: Order) -> bool:
    base, now = order.promised_at_order_by, order.promised_by
    return base is not None and now is not None and now > base


def _letter(order: Order, template: str, key: str) -> Letter:
    language = letter_post.language_of(order)
    return Letter(
        order,
        template,
        DELIVERY if template == LATE else ORDERS,
        key,
        {
            "day": letter_post.day_text(order.promised_by, language),
            "earlier_day": letter_post.day_text(order.promised_at_order_by, language),
            "why": supply_notices.words_of(order.pk, language),
        },
        is_for_all=True,
    )
