"""Letters about orders and their parcels: confirmed, on its way, near, ready, delivered.

Each listener takes facts in batches and plans mails in the transaction that handles them. News
that is old when it is heard, such as an imported backlog, is not told.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from core import formats
from core.events import EventFact
from core.mail import MailDraft
from core.models import OutboundMail
from customers.domain.topics import DELIVERY, ORDERS
from orders.models import Order, OrderLine, Shipment
from orders.models.orders import LineKind, OrderStatus
from orders.services import letter_post
from orders.services.letter_post import Letter
from shipping.models import Parcel

#: An order that is older when it comes to us was confirmed by whoever took it.
CONFIRMED_WITHIN: Final = dt.timedelta(hours=48)
TOLD_WITHIN: Final = dt.timedelta(days=3)
MOST_LINES: Final = 20
_NEAR: Final = {"out_for_delivery": "near", "available_for_pickup": "pickup"}


def on_imported(facts: list[EventFact]) -> None:
    """Confirm new orders to their customers, once each. Repeatable."""
    at_of = {int(f.payload["order_id"]): f.at for f in facts if "order_id" in f.payload}
    rows = [
        row
        for row in _orders(at_of)
        if row.status == OrderStatus.CONFIRMED
        and row.replaces_id is None
        and at_of[row.pk] - row.placed_at <= CONFIRMED_WITHIN
    ]
    _post(confirmed(rows), facts)


def on_shipped(facts: list[EventFact]) -> None:
    """Tell customers that a shipment has left, with its parcels. Repeatable."""
    ids = {int(fact.payload["shipment_id"]) for fact in facts}
    _post(shipped(list(Shipment.objects.filter(pk__in=ids).order_by("pk"))), facts)


def on_tracking(facts: list[EventFact]) -> None:
    """Tell customers that a parcel comes today or waits for them. Repeatable."""
    by_parcel = {
        int(fact.payload["parcel_id"]): _NEAR[str(fact.payload["status"])]
        for fact in _fresh(facts)
        if fact.payload["status"] in _NEAR
    }
    parcels = _parcels(by_parcel)
    _post([one for row in parcels for one in told(by_parcel[row.pk], [row])], facts)


def on_delivered(facts: list[EventFact]) -> None:
    """Tell customers that a parcel has arrived. Repeatable."""
    _post(told("delivered", _parcels(int(f.payload["parcel_id"]) for f in _fresh(facts))), facts)


def confirmed(orders: Sequence[Order]) -> list[Letter]:
    """Return the confirmations of orders. One query."""
    items: dict[int, list[str]] = defaultdict(list)
    lines = OrderLine.objects.filter(order__in=orders).exclude(
        kind__in=[LineKind.COMPONENT, LineKind.FEE]
    )
    for line in lines.order_by("order_id", "position"):
        qty = line.qty - line.cancelled_qty
        if qty:
            items[line.order_id].append(f"{qty} x {line.description or line.sku_code}")
    return [
        Letter(
            order,
            "orders/confirmed",
            ORDERS,
            f"order:{order.pk}:confirmed",
            {
                "items": _listed(items[order.pk], letter_post.language_of(order)),
                "total": _money(order),
                "day": _day(order),
            },
        )
        for order in orders
    ]


def shipped(shipments: Sequence[Shipment]) -> list[Letter]:
    """Return the letters about shipments that left. Two queries."""
    orders = {order.pk: order for order in _orders({row.order_id for row in shipments})}
    by_owner: dict[str, list[Parcel]] = defaultdict(list)
    owners = [row.key for row in shipments]
    sent = Parcel.objects.for_owners(owners).exclude(state=Parcel.State.VOIDED)
    for parcel in sent.select_related("service__carrier").order_by("position", "pk"):
        by_owner[parcel.owner_key].append(parcel)
    found = []
    for row in shipments:
        order = orders.get(row.order_id)
        if order is not None:
            parcels = _parcel_list(by_owner[row.key], letter_post.language_of(order))
            context = {"parcels": parcels, "day": _day(order)}
            key = f"shipment:{row.pk}:shipped"
            found.append(Letter(order, "orders/shipped", DELIVERY, key, context))
    return found


def told(name: str, parcels: Sequence[Parcel]) -> list[Letter]:
    """Return the letters of one name (near, pickup, delivered) about parcels. One query."""
    ids = {parcel.pk: int(parcel.order_key.partition(":")[2]) for parcel in parcels}
    orders = {order.pk: order for order in _orders(ids.values())}
    return [
        Letter(
            order,
            f"orders/{name}",
            DELIVERY,
            f"parcel:{parcel.pk}:{name}",
            {"parcels": _parcel_list([parcel], letter_post.language_of(order))},
        )
        for parcel in parcels
        if (order := orders.get(ids[parcel.pk])) is not None
    ]


def again(mail: OutboundMail, at: dt.datetime) -> MailDraft | None:
    """Return a letter about an order or its parcel once more, with a link of its own.

    None where the object is gone.
    """
    kind, pk = mail.dedupe_key.split(":")[:2]
    name = mail.template.partition("/")[2]
    found: list[Letter] = []
    if kind == "order" and name == "confirmed":
        found = confirmed(_orders([int(pk)]))
    elif kind == "shipment":
        found = shipped(list(Shipment.objects.filter(pk=pk)))
    elif kind == "parcel":
        found = told(name, _parcels([int(pk)]))
    return letter_post.once_more(found[0], at=at) if found else None


def _orders(order_ids: Iterable[int]) -> list[Order]:
    rows = Order.objects.filter(pk__in=sorted(set(order_ids)), is_history=False).exclude(email="")
    return list(rows.select_related("channel", "customer").order_by("pk"))


def _parcels(parcel_ids: Iterable[int]) -> list[Parcel]:
    """Return parcels on their way to a customer; those of returns go the other way."""
    rows = Parcel.objects.filter(
        pk__in=sorted(set(parcel_ids)),
        owner_key__startswith="shipment:",
        order_key__startswith="order:",
    )
    return list(rows.select_related("service__carrier").order_by("pk"))


def _fresh(facts: Sequence[EventFact]) -> list[EventFact]:
    found = []
    for fact in facts:
        text = str(fact.payload.get("occurred_at") or "")
        if not text or fact.at - dt.datetime.fromisoformat(text) <= TOLD_WITHIN:
            found.append(fact)
    return found


def _post(letters: Sequence[Letter], facts: Sequence[EventFact]) -> None:
    if letters:
        letter_post.post(letters, at=max(fact.at for fact in facts))


def _listed(items: Sequence[str], language: str) -> str:
    shown = list(items[:MOST_LINES])
    if len(items) > MOST_LINES:
        with translation.override(language):
            shown.append(_("and %(n)s more lines") % {"n": len(items) - MOST_LINES})
    return "\n".join(shown)


def _parcel_list(parcels: Sequence[Parcel], language: str) -> str:
    with translation.override(language):
        return "\n".join(_parcel_line(parcel) for parcel in parcels)


def _parcel_line(parcel: Parcel) -> str:
    carrier = parcel.service.carrier.name
    facts = {"n": parcel.position, "count": parcel.parcel_count, "carrier": carrier}
    if not parcel.tracking_number:
        return _("Parcel %(n)s of %(count)s: %(carrier)s") % facts
    number = {"number": parcel.tracking_number}
    return _("Parcel %(n)s of %(count)s: %(carrier)s %(number)s") % {**facts, **number}


def _money(order: Order) -> str:
    with translation.override(letter_post.language_of(order)):
        return formats.money(order.total_amount, order.currency)


def _day(order: Order) -> str:
    return letter_post.day_text(order.promised_by, letter_post.language_of(order))
