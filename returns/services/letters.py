"""Letters about returns: each step that matters to the customer, once (A-16, A-27).

One listener hears all facts of returns in batches and plans mails in the transaction that handles
them. A return without an order has no page to link to, so nothing is written about it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils import translation

from core import formats
from core.events import EventFact
from core.mail import MailDraft
from core.models import OutboundMail
from customers.domain.topics import PROGRESS, RETURNS
from orders.models import Order
from orders.services import letter_post
from orders.services.letter_post import Letter
from returns.domain import states
from returns.models import Exchange, Refund, ReturnLine, ReturnRequest
from returns.querysets.requests import ReturnRequestQuerySet

SEND_SOON: Final = dt.timedelta(days=3)
EXCHANGE_ENDS: Final = dt.timedelta(hours=48)
BATCH: Final = 200
_WAITING: Final = (states.REQUESTED, states.REVIEW)
_PROGRESS: Final = frozenset({"in_transit", "arrived", "send_soon"})
#: What comes back because nobody took it: the customer asked for nothing.
_UNDELIVERED: Final = ReturnRequest.Kind.RTS


def on_facts(facts: list[EventFact]) -> None:
    """Tell customers what became of their returns. Repeatable.

    What went on at once is one letter, not two: agreed to when asked for, inspected on arrival.
    """
    steps = [fact for fact in facts if "request_id" in fact.payload]
    rows = {row.pk: row for row in _requests(int(fact.payload["request_id"]) for fact in steps)}
    items = items_of(list(rows.values()))
    letters: list[Letter] = []
    for fact in steps:
        row = rows.get(int(fact.payload["request_id"]))
        name = fact.name.partition(".")[2]
        if row is not None and name != "refunded" and _is_told(row, name):
            letters.append(_letter(row, name, items))
    letters += _refunded(facts)
    if letters:
        letter_post.post(letters, at=max(fact.at for fact in facts))


def remind(now: dt.datetime) -> dict[str, int]:
    """Remind of goods that must be sent soon and of exchanges that are about to end. Repeatable."""
    soon = ReturnRequest.objects.filter(
        status__in=(states.APPROVED, states.LABEL_ISSUED),
        send_by_on__gte=now.date(),
        send_by_on__lte=(now + SEND_SOON).date(),
    )
    rows = list(_joined(soon).order_by("pk")[:BATCH])
    items = items_of(rows)
    letters = [_letter(row, "send_soon", items) for row in rows]
    sent = letter_post.post(letters, at=now)
    return {"send_soon": sent, "exchange_ends": letter_post.post(_ending(now), at=now)}


def again(mail: OutboundMail, at: dt.datetime) -> MailDraft | None:
    """Return a letter about a return or a refund once more; None where the object is gone."""
    kind, pk = mail.dedupe_key.split(":")[:2]
    name = mail.template.partition("/")[2]
    found: list[Letter] = []
    if kind == "rma":
        rows = _requests([int(pk)])
        found = [_letter(row, name, items_of(rows), name) for row in rows]
    elif kind == "refund":
        found = _paid_letters(_refunds([int(pk)]))
    return letter_post.once_more(found[0], at=at) if found else None


def items_of(rows: Sequence[ReturnRequest]) -> dict[int, str]:
    """Return what each return is about, one line per SKU, by request id. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    lines = ReturnLine.objects.filter(request__in=rows, qty__gt=0).select_related(
        "order_line", "sku"
    )
    for line in lines.order_by("request_id", "position"):
        found[line.request_id].append(f"{line.qty} x {_name(line)}")
    return {row.pk: "\n".join(found[row.pk]) for row in rows}


def _name(line: ReturnLine) -> str:
    if line.description:
        return line.description
    if line.order_line is not None:
        return line.order_line.description or line.order_line.sku_code
    return line.sku.name if line.sku is not None else ""


def _is_told(row: ReturnRequest, name: str) -> bool:
    if row.kind == _UNDELIVERED or name == "resolved":
        return False
    if name == "arrived":
        return row.status == states.ARRIVED
    return name != "requested" or row.status in _WAITING


def _letter(row: ReturnRequest, name: str, items: dict[int, str], template: str = "") -> Letter:
    """Return the letter about one step."""
    kept = name == "approved" and row.method == ReturnRequest.Method.KEEP
    order = _order(row)
    language = row.language or letter_post.language_of(order)
    context = {
        "number": row.number,
        "items": items[row.pk],
        "send_by": letter_post.day_text(row.send_by_on, language),
        "refund_day": letter_post.day_text(row.expected_refund_on, language),
        "reason": row.decision_reason,
    }
    if name == "inspected":
        lines = list(row.lines.all())
        context["accepted"] = str(sum(line.accepted_qty for line in lines))
        context["refused"] = str(sum(line.refused_qty for line in lines))
    return Letter(
        order,
        f"returns/{template or ('kept' if kept else name)}",
        PROGRESS if name in _PROGRESS else RETURNS,
        f"rma:{row.pk}:{name}",
        context,
        language=language,
    )


def _refunded(facts: Sequence[EventFact]) -> list[Letter]:
    paid = [f for f in facts if f.name == "returns.refunded" and "refund_id" in f.payload]
    return _paid_letters(_refunds(int(fact.payload["refund_id"]) for fact in paid))


def _paid_letters(refunds: Sequence[Refund]) -> list[Letter]:
    requests = [row.request for row in refunds if row.request is not None]
    items = items_of(requests)
    found = []
    for row in refunds:
        request = row.request
        language = (request.language if request else "") or letter_post.language_of(row.order)
        with translation.override(language):
            amount = formats.money(row.amount + row.bonus_amount, row.currency)
        name = "credited" if row.way == Refund.Way.STORE_CREDIT else "refunded"
        context = {
            "number": request.number if request else "",
            "items": items[request.pk] if request else "",
            "amount": amount,
        }
        key = f"refund:{row.pk}:paid"
        found.append(Letter(row.order, f"returns/{name}", RETURNS, key, context, language=language))
    return found


def _ending(now: dt.datetime) -> list[Letter]:
    """Return the letters about reserved units that are kept for two more days at most."""
    rows = Exchange.objects.filter(
        state=Exchange.State.RESERVED,
        expires_at__gt=now,
        expires_at__lte=now + EXCHANGE_ENDS,
        line__request__order__isnull=False,
    ).select_related("sku", "line__request__order__channel", "line__request__order__customer")
    found = []
    for row in rows.order_by("pk")[:BATCH]:
        request, ends = row.line.request, row.expires_at
        order = _order(request)
        language = request.language or letter_post.language_of(order)
        context = {
            "number": request.number,
            "item": row.sku.name,
            "until": letter_post.day_text(ends.date() if ends else None, language),
        }
        key = f"exchange:{row.pk}:ends:{row.rounds}"
        found.append(
            Letter(order, "returns/exchange_ends", PROGRESS, key, context, language=language)
        )
    return found


def _requests(request_ids: Iterable[int]) -> list[ReturnRequest]:
    rows = ReturnRequest.objects.filter(pk__in=sorted(set(request_ids)))
    return list(_joined(rows).order_by("pk"))


def _joined(rows: ReturnRequestQuerySet) -> ReturnRequestQuerySet:
    known = rows.filter(order__isnull=False)
    return known.select_related("order__channel", "order__customer").prefetch_related("lines")


def _refunds(refund_ids: Iterable[int]) -> list[Refund]:
    rows = Refund.objects.filter(pk__in=sorted(set(refund_ids)))
    joined = rows.select_related("order__channel", "order__customer", "request")
    return list(joined.order_by("pk"))


def _order(row: ReturnRequest) -> Order:
    """Return the order of a return that has one; those without are never read here."""
    assert row.order is not None
    return row.order
