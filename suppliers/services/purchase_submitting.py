"""Purchase orders submitted for approval; small ones at agreed prices may approve themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from django.db import transaction

from core import settings_store
from core.actors import SYSTEM, Actor
from core.services.rates import rate_on
from inventory.models import MOST_UNITS
from suppliers.domain import purchase_settings
from suppliers.domain.pricing import AGREEMENT, AGREEMENT_PERCENT, AGREEMENT_STACKED
from suppliers.models import PurchaseLine, PurchaseOrder, PurchaseRevision
from suppliers.services import (
    journal,
    purchase_approving,
    purchase_drafting,
    purchase_lines,
    purchase_rows,
    purchase_sending,
)
from suppliers.services.purchase_errors import NoLines, PricesMoved, SupplierInactive

AGREED = frozenset({AGREEMENT, AGREEMENT_PERCENT, AGREEMENT_STACKED})


@transaction.atomic
def submit(
    order_id: int, *, expected_version: int | None = None, actor: Actor, at: dt.datetime
) -> PurchaseOrder:
    """Freeze a draft as a revision and ask for its approval.

    With B-15 switched on, an order at agreed prices below the limit approves itself and, when the
    supplier can be reached, sends itself. Locks the order.

    Raises:
        OrderStale, OrderState: it was saved meanwhile, or is no draft.
        SupplierInactive, NoLines, RateUnknown: the order can't be bought.
        PriceMissing, PriceReasonNeeded: a line has no price, or no reason for its own.
        PricesMoved: quotes or packs are not what the draft was saved with.
    """
    order = purchase_rows.lock(order_id)
    lines = purchase_rows.lines_of(order)
    if expected_version is not None:
        head = {name: getattr(order, name) for name in _HEAD}
        purchase_drafting.refuse_stale(order, expected_version, head, lines)
    purchase_rows.move(order, "submit")
    _check(order, lines, at)
    rate = rate_on(order.currency, at.date())
    purchase_rows.save(
        order,
        revision=_next_revision(order),
        fx_rate=rate,
        total_base_amount=purchase_rows.based(order.total_amount, rate),
        submitted_at=at,
        submitted_by=actor.key,
        expected_on=purchase_drafting.expected_on(order.supplier_id, order.mode, lines, at.date()),
    )
    snapshot = purchase_rows.snapshot_of(order, lines)
    kept = purchase_rows.keep_revision(order, snapshot, actor=actor, at=at)
    journal.note(
        order,
        "submitted",
        {"revision": order.revision, "total": snapshot["total"], "hash": kept.content_hash},
        actor=actor,
        at=at,
    )
    if _may_approve_itself(order, lines):
        return _approve_itself(order, kept, at)
    purchase_rows.save(order, state=purchase_rows.move(order, "submit"))
    purchase_approving.open_request(
        order, revision=order.revision, content_hash=kept.content_hash, actor=actor, at=at
    )
    return purchase_rows.lock(order.pk)


_HEAD = ("supplier", "warehouse", "agreement", "mode", "currency", "fx_rate", "required_by", "note")


def _check(order: PurchaseOrder, lines: Sequence[PurchaseLine], at: dt.datetime) -> None:
    if not order.supplier.is_active:
        raise SupplierInactive(supplier=order.supplier.code)
    if not lines:
        raise NoLines(most=MOST_UNITS)
    purchase_lines.refuse_unpriced(lines)
    terms = purchase_lines.Terms(
        supplier_id=order.supplier_id,
        currency=order.currency,
        on=at.date(),
        required_by=order.required_by,
        order_id=order.pk,
    )
    moved = purchase_lines.moved(lines, terms)
    if moved:
        raise PricesMoved(skus=", ".join(moved[:5]))


def _next_revision(order: PurchaseOrder) -> int:
    """Return the order's revision, or the next one when that is on file already."""
    kept = PurchaseRevision.objects.filter(order=order, revision=order.revision).exists()
    return order.revision + 1 if kept else order.revision


def _may_approve_itself(order: PurchaseOrder, lines: Sequence[PurchaseLine]) -> bool:
    if not settings_store.get(purchase_settings.AUTO_SEND):
        return False
    limit = cast(Decimal, settings_store.get(purchase_settings.AUTO_LIMIT))
    agreed = all(line.price_source in AGREED for line in lines)
    return agreed and order.total_base_amount is not None and order.total_base_amount < limit


def _approve_itself(order: PurchaseOrder, kept: PurchaseRevision, at: dt.datetime) -> PurchaseOrder:
    purchase_rows.save(
        order,
        state=purchase_rows.move(order, "auto_approve"),
        approved_at=at,
        approved_by=SYSTEM.key,
        approval_hash=kept.content_hash,
    )
    journal.note(order, "approved_itself", {"revision": order.revision}, actor=SYSTEM, at=at)
    if purchase_sending.contact_of(order) is None:
        return order
    return purchase_sending.send(order.pk, actor=SYSTEM, at=at)
