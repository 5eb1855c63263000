"""What a supplier may read by its link, and what the buyer sees of its answers.

A supplier reads its own orders, prices and goods, value by value: nothing here reads customers,
stock, other suppliers or what staff noted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from core.money import quantize
from suppliers.domain import answering, milestones, purchase_states
from suppliers.domain.purchase_diff import Difference, differences
from suppliers.models import (
    Agreement,
    AgreementLine,
    AnswerClock,
    Asn,
    AsnCarton,
    ChangeLine,
    ChangeProposal,
    ListPrice,
    Milestone,
    PurchaseLine,
    PurchaseOrder,
    PurchaseRevision,
    SupplierAnswer,
    SupplierContact,
    SupplierDocument,
    SupplierLink,
    SupplierMessage,
    SupplierSku,
)
from suppliers.queries.agreement_terms import fingerprints
from suppliers.queries.answer_words import REASON_WORDS
from suppliers.queries.price_words import SOURCE_WORDS

#: Shipments are called for this many days before they are planned.
SHIP_SOON_DAYS = 7
#: A planned day may pass by this much before it turns red. Source: RSK-01.
GRACE_DAYS = 2
DOCUMENT_DAYS = 60
AT_SUPPLIER = ("sent", "confirmed", "partly_received")
#: What the buyer agreed to show of agreements: those that were ever in force.
SHOWN_AGREEMENTS = ("active", "suspended", "expired", "terminated")


SIGNABLE = ("active", "suspended")


@dataclass(frozen=True, slots=True)
class PortalLine:
    """One line as its supplier sees it. `on` is the day confirmed, else the wanted one.

    `tier` says where its price comes from, "" for one the buyer typed.
    """

    pk: int
    sku_code: str
    supplier_code: str
    name: str
    name_zh: str
    qty: int
    unit_price: Decimal
    amount: Decimal
    on: dt.date | None
    confirmed_qty: int | None
    shipped_qty: int
    received_qty: int
    short_qty: int
    tier: str

    @property
    def left_qty(self) -> int:
        """Return the units confirmed and not announced yet."""
        return max(0, (self.confirmed_qty or 0) - self.short_qty - self.shipped_qty)


@dataclass(frozen=True, slots=True)
class Step:
    """One milestone with its light: green, gray, orange or red."""

    kind: str
    text: str
    planned_on: dt.date | None
    actual_on: dt.date | None
    light: str


def orders_of(link: SupplierLink) -> QuerySet[PurchaseOrder]:
    """Return the orders a link opens: those of its supplier that were sent, or the one it names."""
    rows = PurchaseOrder.objects.filter(supplier_id=link.supplier_id, sent_at__isnull=False)
    if link.order_id is not None:
        rows = rows.filter(pk=link.order_id)
    return rows


def tab_of(rows: QuerySet[PurchaseOrder], tab: str, *, today: dt.date) -> QuerySet[PurchaseOrder]:
    """Keep the orders of one tab: new, confirmed, to_ship, shipped, closed."""
    counted = rows.annotate(
        to_announce=Sum(F("lines__qty") - F("lines__short_qty") - F("lines__shipped_qty"))
    )
    ended = Q(state__in=("received", *purchase_states.OVER))
    running = Q(state__in=("confirmed", "partly_received"))
    due = Q(
        pk__in=Milestone.objects.filter(
            kind="shipment", planned_on__lte=today + dt.timedelta(days=SHIP_SOON_DAYS)
        ).values("order_id")
    )
    kept = {
        "new": ~ended & ~running,
        "confirmed": running & Q(to_announce__gt=0) & ~due,
        "to_ship": running & Q(to_announce__gt=0) & due,
        "shipped": running & Q(to_announce__lte=0),
        "closed": ended,
    }[tab]
    return counted.filter(kept).select_related("clock", "warehouse").order_by("-pk")


def counts_of(link: SupplierLink, *, today: dt.date) -> dict[str, int]:
    """Return how many orders stand in each tab, and how many are late."""
    rows = orders_of(link)
    tabs = ("new", "confirmed", "to_ship", "shipped")
    found = {tab: tab_of(rows, tab, today=today).count() for tab in tabs}
    found["late"] = rows.filter(state__in=AT_SUPPLIER, due_on__lt=today).count()
    return found


def lines_of(order: PurchaseOrder) -> list[PortalLine]:
    """Return the lines of the revision at the supplier, by position: 2 queries."""
    rows = order.lines.select_related("sku").order_by("position", "pk")
    goods = SupplierSku.objects.filter(supplier_id=order.supplier_id, sku__in=rows.values("sku"))
    codes = dict(goods.values_list("sku_id", "supplier_code"))
    return [_line(order, row, codes.get(row.sku_id, "")) for row in rows]


def is_changing(order: PurchaseOrder) -> bool:
    """Say whether a revision is in work that its supplier must not see yet."""
    return order.sent_revision != order.revision or order.state in (
        *purchase_states.UNAPPROVED,
        purchase_states.APPROVED,
    )


def light_of(order: PurchaseOrder, *, has_proposal: bool, now: dt.datetime) -> str:
    """Return the light of an order's answer: green, orange, red or gray (PUR-12)."""
    clock: AnswerClock | None = getattr(order, "clock", None)
    state = "changed" if has_proposal and order.state == "sent" else order.state
    if clock is not None and clock.stopped_at is not None and state == "sent":
        state = "declined"
    return answering.color(
        state,
        asked_at=clock.asked_at if clock else None,
        due_at=clock.due_at if clock else None,
        now=now,
    )


def steps_of(order: PurchaseOrder, *, today: dt.date) -> list[Step]:
    """Return the milestones of an order in their sequence."""
    return [
        Step(
            row.kind,
            str(row.get_kind_display()),
            row.planned_on,
            row.actual_on,
            milestones.light(row.planned_on, row.actual_on, today=today, grace_days=GRACE_DAYS),
        )
        for row in order.milestones.order_by("position")
    ]


def open_proposal(order: PurchaseOrder) -> ChangeProposal | None:
    """Return the proposal the buyer has not decided, or None."""
    return ChangeProposal.objects.open().filter(order=order).select_related("answer").first()


def proposal_lines(proposal: ChangeProposal) -> Sequence[ChangeLine]:
    """Return the lines of a proposal with their SKUs."""
    return list(proposal.lines.select_related("sku").order_by("pk"))


def last_answer(order: PurchaseOrder) -> SupplierAnswer | None:
    """Return the newest answer to the revision at the supplier."""
    rows = SupplierAnswer.objects.filter(order=order, revision=order.revision)
    return rows.order_by("-pk").first()


def talk_of(order: PurchaseOrder) -> list[SupplierMessage]:
    """Return the messages about an order, the newest first, at most 100."""
    return list(SupplierMessage.objects.filter(order=order).order_by("-pk")[:100])


def shipments_of(order: PurchaseOrder) -> list[Asn]:
    """Return what was announced against an order, the newest first, with units and cartons."""
    rows = Asn.objects.filter(purchase_order=order).annotate(
        units=Sum("lines__announced_qty", default=0),
        carton_count=_carton_count(),
    )
    return list(rows.order_by("-pk"))


def _carton_count() -> Subquery:
    cartons = AsnCarton.objects.filter(asn=OuterRef("pk")).order_by().values("asn")
    return Subquery(cartons.annotate(found=Count("pk")).values("found"))


def differences_since(order: PurchaseOrder, revision: int) -> tuple[Difference, ...]:
    """Return what the revision at the supplier has otherwise than an older one; () if unknown."""
    rows = PurchaseRevision.objects.filter(order=order, revision__in=(revision, order.revision))
    found = {row.revision: row.snapshot for row in rows.order_by("revision")}
    if len(found) < 2 or is_changing(order):
        return ()
    hidden = {"fx_rate", "total_base", "agreement"}
    return tuple(
        row
        for row in differences(found[revision], found[order.revision])
        if row.field not in hidden
    )


def agreement_of(link: SupplierLink, agreement_id: int) -> Agreement | None:
    """Return one of the agreements that a supplier sees, or None."""
    return _agreements(link).filter(pk=agreement_id).first()


def _agreements(link: SupplierLink) -> QuerySet[Agreement]:
    return Agreement.objects.filter(supplier_id=link.supplier_id, state__in=SHOWN_AGREEMENTS)


def agreements_of(link: SupplierLink) -> list[tuple[Agreement, list[AgreementLine], str]]:
    """Return the supplier's agreements that were ever in force, with lines and what to accept.

    The text is the fingerprint of what an agreement says, "" where nothing is left to accept.
    5 queries.
    """
    rows = list(_agreements(link).order_by("-valid_from", "-pk")[:50])
    lines: dict[int, list[AgreementLine]] = {row.pk: [] for row in rows}
    found = AgreementLine.objects.filter(agreement__in=rows).select_related("sku")
    for line in found.order_by("sku__code", "min_qty", "pk"):
        lines[line.agreement_id].append(line)
    prints = fingerprints([row for row in rows if row.state in SIGNABLE and not row.signed_hash])
    return [(row, lines[row.pk], prints.get(row.pk, "")) for row in rows]


def goods_of(link: SupplierLink, *, today: dt.date) -> list[tuple[SupplierSku, list[ListPrice]]]:
    """Return what the supplier sells with its own list prices of today: 2 queries."""
    rows = list(
        SupplierSku.objects.filter(supplier_id=link.supplier_id, is_active=True)
        .select_related("sku")
        .order_by("sku__code")[:500]
    )
    prices: dict[int, list[ListPrice]] = {row.pk: [] for row in rows}
    found = ListPrice.objects.valid_on(today).filter(supplier_sku__in=rows)
    for price in found.order_by("supplier_sku_id", "-valid_from", "min_qty"):
        own = prices[price.supplier_sku_id]
        if not own or own[0].valid_from == price.valid_from:
            own.append(price)
    return [(row, prices[row.pk]) for row in rows]


def company_of(
    link: SupplierLink, *, today: dt.date
) -> tuple[list[SupplierContact], list[dict[str, Any]]]:
    """Return the supplier's own contacts, and its documents with the days they still hold."""
    contacts = SupplierContact.objects.filter(supplier_id=link.supplier_id, is_active=True)
    papers = SupplierDocument.objects.on_file().filter(supplier_id=link.supplier_id)
    soon = today + dt.timedelta(days=DOCUMENT_DAYS)
    return list(contacts.order_by("name", "pk")), [
        {
            "title": row.title,
            "kind": row.get_kind_display(),
            "valid_until": row.valid_until,
            "is_ending": row.valid_until is not None and row.valid_until <= soon,
        }
        for row in papers.order_by("valid_until", "pk")[:100]
    ]


def unread_of(link: SupplierLink) -> list[SupplierMessage]:
    """Return the buyer's messages nobody at the supplier answered, newest first, at most 10."""
    orders = orders_of(link)
    newest = SupplierMessage.objects.filter(order__in=orders).order_by("order_id", "-pk")
    last: dict[int, SupplierMessage] = {}
    for row in newest.select_related("order")[:500]:
        last.setdefault(row.order_id, row)
    waiting = [row for row in last.values() if not row.is_from_supplier]
    return sorted(waiting, key=lambda row: -row.pk)[:10]


def for_buyer(order: PurchaseOrder, *, now: dt.datetime) -> dict[str, Any]:
    """Return the supplier's side of one order for the buyer's page: at most 8 queries."""
    proposal = open_proposal(order)
    answers = SupplierAnswer.objects.filter(order=order)
    clock = AnswerClock.objects.filter(order=order).first()
    past = ChangeProposal.objects.filter(order=order).exclude(state="proposed")
    today = now.astimezone(dt.UTC).date()
    return {
        "order": order,
        "light": light_of(order, has_proposal=proposal is not None, now=now),
        "clock": clock if clock is not None and clock.stopped_at is None else None,
        "is_overdue": clock is not None and clock.stopped_at is None and now > clock.due_at,
        "proposal": proposal,
        "is_stale": proposal is not None and proposal.revision != order.revision,
        "changes": [_change(order, row) for row in proposal_lines(proposal)] if proposal else [],
        "answers": [
            {"row": row, "reason": REASON_WORDS.get(row.reason, "")}
            for row in answers.order_by("-pk")[:20]
        ],
        "past": list(past.order_by("-pk")[:10]),
        "steps": steps_of(order, today=today),
        "messages": talk_of(order),
        "shipments": shipments_of(order),
    }


def _change(order: PurchaseOrder, row: ChangeLine) -> dict[str, Any]:
    price = row.was_price if row.unit_price is None else row.unit_price
    qty = row.was_qty if row.qty is None else row.qty
    quoted = row.quoted_price
    return {
        "row": row,
        "reason": REASON_WORDS.get(row.reason, row.reason),
        "price": price,
        "qty": qty,
        "order_share": answering.share(price, row.was_price)
        if row.unit_price is not None
        else None,
        "quoted_share": answering.share(price, quoted) if quoted is not None and qty else None,
        "amount_change": quantize(qty * price - row.was_qty * row.was_price, order.currency),
    }


def _line(order: PurchaseOrder, row: PurchaseLine, code: str) -> PortalLine:
    return PortalLine(
        pk=row.pk,
        sku_code=row.sku.code,
        supplier_code=code,
        name=row.sku.name,
        name_zh=row.sku.name_zh,
        qty=row.qty,
        unit_price=row.unit_price,
        amount=quantize(row.unit_price * row.qty, order.currency),
        on=row.confirmed_on or order.expected_on or order.required_by,
        confirmed_qty=row.confirmed_qty,
        shipped_qty=row.shipped_qty,
        received_qty=row.received_qty,
        short_qty=row.short_qty,
        tier=str(SOURCE_WORDS.get(row.price_source, "")),
    )
