"""Suppliers' invoices are held against order and receipts before anybody pays them (X25).

What an invoice charges above or below the ordered price falls to the cost layers of the goods,
once it is matched or released. Order of locks: the purchase order, then the invoice, then stock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import F

from core import settings_store
from core.actors import Actor
from core.money import apportion, quantize
from core.services import rates
from inventory.queries.layers import LayerFact
from inventory.services import landing
from inventory.services.landing import Share
from suppliers.domain import cost_settings, cost_states
from suppliers.domain.matching import MATCHED, LineFacts, judge
from suppliers.domain.states import IllegalMove
from suppliers.models import (
    AsnLine,
    InvoiceLine,
    PurchaseLine,
    PurchaseOrder,
    SupplierInvoice,
)
from suppliers.queries.arrival_costs import layers_by_arrival
from suppliers.services import journal, purchase_rows
from suppliers.services.cost_errors import (
    CostState,
    InvoiceKnown,
    InvoiceRefused,
    ReasonMissingHere,
    ReleaseNeedsAnother,
)


@dataclass(frozen=True, slots=True)
class InvoiceAsk:
    """Units of one purchase line on an invoice, at the invoiced price."""

    purchase_line_id: int
    qty: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """One invoice for one purchase order, in the order's currency."""

    order_id: int
    number: str
    invoiced_on: dt.date
    lines: Sequence[InvoiceAsk]


@transaction.atomic
def enter(draft: InvoiceDraft, *, actor: Actor, at: dt.datetime) -> SupplierInvoice:
    """Write an invoice down and match it line by line; above the tolerance it is blocked.

    A matched invoice counts on the order's lines and lets price differences land on the goods.

    Raises:
        InvoiceKnown: the supplier's number was entered before.
        InvoiceRefused: no lines, a line twice or of another order, units or a price below 1 or 0.
        RateUnknown: the currency has no rate on the day of the invoice.
    """
    order = purchase_rows.lock(draft.order_id)
    lines = {line.pk: line for line in purchase_rows.lines_of(order)}
    _check(draft, lines, order)
    limit = cast(Decimal, settings_store.get(cost_settings.MATCH_TOLERANCE))
    rows = [_judged(ask, lines[ask.purchase_line_id], limit) for ask in draft.lines]
    invoice = SupplierInvoice(
        supplier_id=order.supplier_id,
        number=draft.number.strip(),
        order=order,
        invoiced_on=draft.invoiced_on,
        currency=order.currency,
        fx_rate=rates.rate_on(order.currency, draft.invoiced_on),
        amount=_sum(order, [(row.qty, row.unit_price) for row in rows]),
        expected_amount=_sum(order, [(min(r.qty, r.open_qty), r.order_price) for r in rows]),
        tolerance_pct=limit,
        state="matched" if all(row.result == MATCHED for row in rows) else "blocked",
        entered_at=at,
        entered_by=actor.key,
    )
    _insert(invoice, order)
    for row in rows:
        row.invoice = invoice
    InvoiceLine.objects.bulk_create(rows, batch_size=500)
    journal.note(invoice, invoice.state, {"order": order.number}, actor, at)
    if invoice.state == "matched":
        _take_over(invoice, actor=actor, at=at)
    return invoice


@transaction.atomic
def release(invoice_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> SupplierInvoice:
    """Let a blocked invoice through with a reason, by somebody who did not enter it.

    Raises:
        ReleaseNeedsAnother, ReasonMissingHere, CostState: nothing is written.
    """
    invoice = _decide(invoice_id, "release", reason, actor, at)
    _take_over(invoice, actor=actor, at=at)
    return invoice


@transaction.atomic
def refuse(invoice_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> SupplierInvoice:
    """Send a blocked invoice back; its number may come again, corrected.

    Raises:
        ReasonMissingHere, CostState: nothing is written.
    """
    return _decide(invoice_id, "refuse", reason, actor, at)


def _check(draft: InvoiceDraft, lines: Mapping[int, PurchaseLine], order: PurchaseOrder) -> None:
    asked = [ask.purchase_line_id for ask in draft.lines]
    fine = all(
        ask.qty >= 1 and ask.unit_price.is_finite() and ask.unit_price >= 0 for ask in draft.lines
    )
    whole = bool(asked) and len(set(asked)) == len(asked) and set(asked) <= lines.keys()
    if not (fine and whole and draft.number.strip()):
        raise InvoiceRefused(order=order.number)


def _judged(ask: InvoiceAsk, line: PurchaseLine, limit: Decimal) -> InvoiceLine:
    open_qty = max(0, line.received_qty - line.invoiced_qty)
    verdict = judge(LineFacts(ask.qty, ask.unit_price, line.unit_price, open_qty), limit)
    return InvoiceLine(
        purchase_line=line,
        qty=ask.qty,
        unit_price=ask.unit_price,
        open_qty=open_qty,
        order_price=line.unit_price,
        over_pct=verdict.over_pct,
        result=verdict.result,
    )


def _sum(order: PurchaseOrder, parts: Sequence[tuple[int, Decimal]]) -> Decimal:
    amounts = (quantize(qty * price, order.currency) for qty, price in parts)
    return sum(amounts, Decimal(0))


def _insert(invoice: SupplierInvoice, order: PurchaseOrder) -> None:
    try:
        with transaction.atomic():
            invoice.save(force_insert=True)
    except IntegrityError as error:
        same = SupplierInvoice.objects.exclude(state="refused").select_related("order")
        first = same.filter(supplier_id=order.supplier_id, number=invoice.number).first()
        if first is None:
            raise
        raise InvoiceKnown(invoice=invoice.number, order=first.order.number) from error


def _decide(
    invoice_id: int, move: str, reason: str, actor: Actor, at: dt.datetime
) -> SupplierInvoice:
    if not reason.strip():
        raise ReasonMissingHere
    order_id = SupplierInvoice.objects.values_list("order_id", flat=True).get(pk=invoice_id)
    purchase_rows.lock(order_id)
    rows = SupplierInvoice.objects.select_for_update(of=("self",)).select_related("order")
    invoice = rows.get(pk=invoice_id)
    try:
        state = cost_states.after("invoice", invoice.state, move)
    except IllegalMove as error:
        raise CostState(number=invoice.number, state=invoice.get_state_display()) from error
    if move == "release" and invoice.entered_by == actor.key:
        raise ReleaseNeedsAnother
    invoice.state, invoice.reason = state, reason.strip()[:200]
    invoice.decided_at, invoice.decided_by = at, actor.key
    invoice.save()
    journal.note(invoice, state, {"order": invoice.order.number}, actor, at, reason)
    return invoice


def _take_over(invoice: SupplierInvoice, *, actor: Actor, at: dt.datetime) -> None:
    """Count the invoice on its lines; let what differs from the ordered cost land on the goods."""
    base, shares = rates.base_currency(), []
    rows = list(invoice.lines.select_related("purchase_line").order_by("pk"))
    found = _layers(rows)
    for row in rows:
        PurchaseLine.objects.filter(pk=row.purchase_line_id).update(
            invoiced_qty=F("invoiced_qty") + row.qty
        )
        booked = row.qty * row.order_price * (invoice.order.fx_rate or invoice.fx_rate)
        more = quantize(row.qty * row.unit_price * invoice.fx_rate - booked, base)
        layers = found.get(row.purchase_line_id, [])
        if more and layers:
            parts = apportion(more, [layer.qty for layer in layers], base)
            shares += [
                Share(layer.layer_id, part, base, "price")
                for layer, part in zip(layers, parts, strict=True)
                if part
            ]
    if shares:
        landing.land(
            shares,
            event_key=f"invoice:{invoice.pk}:price",
            cause_key=f"supplier_invoice:{invoice.pk}",
            actor=actor,
            at=at,
        )


def _layers(rows: Sequence[InvoiceLine]) -> dict[int, list[LayerFact]]:
    """Return the cost layers of each purchase line that are kept in the base currency."""
    came = AsnLine.objects.filter(purchase_line_id__in=[row.purchase_line_id for row in rows])
    owner = {
        (asn_id, sku_id): line_id
        for asn_id, sku_id, line_id in came.values_list("asn_id", "sku_id", "purchase_line_id")
    }
    base = rates.base_currency()
    found: dict[int, list[LayerFact]] = {}
    for asn_id, layers in layers_by_arrival({asn_id for asn_id, _sku in owner}).items():
        for layer in layers:
            line_id = owner.get((asn_id, layer.sku_id))
            if line_id is not None and layer.unit_cost is not None and layer.currency == base:
                found.setdefault(line_id, []).append(layer)
    return found
