"""Revisions of approved purchase orders: approved anew unless the approval carries over (X25)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from django.db import transaction

from core import settings_store
from core.actors import Actor
from inventory.models import MOST_UNITS
from suppliers.domain import purchase_settings
from suppliers.domain.purchase_hash import content_hash, plain
from suppliers.domain.purchase_reapproval import APPROVER, Limits, Verdict, judge
from suppliers.models import PurchaseLine, PurchaseOrder, PurchaseRevision
from suppliers.services import (
    journal,
    purchase_approving,
    purchase_drafting,
    purchase_lines,
    purchase_rows,
)
from suppliers.services.purchase_drafts import LineChange, OrderDraft
from suppliers.services.purchase_errors import NoLines, NothingChanged, WhyNeeded


@transaction.atomic
def amend(
    order_id: int,
    draft: OrderDraft,
    *,
    expected_version: int,
    reason: str,
    actor: Actor,
    at: dt.datetime,
) -> PurchaseOrder:
    """Make a new revision of an approved, sent or confirmed order from a whole draft.

    A line whose units stay keeps its price unless the draft types another one. The result is
    approved when the approval carries over, else it waits for one; it never leaves the position.

    Raises:
        OrderStale: somebody saved it meanwhile.
        OrderState: it is in no state that can be revised.
        WhyNeeded, NothingChanged: no reason, or nothing differs.
        PriceMissing, PriceReasonNeeded, SupplierFixed, LineUnderWay: a line is refused.
        What `create_draft` raises.
    """
    order = purchase_rows.lock(order_id)
    current = purchase_rows.lines_of(order)
    known = {line.sku_id: line for line in current}
    head, wanted = purchase_drafting.wanted_of(order, draft, at=at, kept=known)
    purchase_drafting.refuse_stale(order, expected_version, head, wanted)
    purchase_rows.move(order, "revise")
    purchase_lines.refuse_unpriced(wanted)
    lines = purchase_lines.write(order, wanted)
    for name, value in head.items():
        setattr(order, name, value)
    return _make(order, lines, head, reason=reason, actor=actor, at=at)


@transaction.atomic
def revise(
    order_id: int,
    *,
    changes: Sequence[LineChange],
    expected_version: int,
    reason: str,
    actor: Actor,
    at: dt.datetime,
) -> PurchaseOrder:
    """Make a new revision from changes of single lines, with units and prices exactly as given.

    This is how a supplier's proposal is taken over: nothing is rounded or quoted again.

    Raises:
        What `amend` raises.
    """
    order = purchase_rows.lock(order_id)
    lines = purchase_rows.lines_of(order)
    purchase_drafting.refuse_stale(order, expected_version, _head_of(order), lines)
    purchase_rows.move(order, "revise")
    left = _changed(lines, {change.line_id: change for change in changes}, reason)
    if not left:
        raise NoLines(most=MOST_UNITS)
    lines = purchase_lines.write(order, left)
    return _make(order, lines, _totals(order, lines), reason=reason, actor=actor, at=at)


def _head_of(order: PurchaseOrder) -> dict[str, Any]:
    names = ("supplier", "warehouse", "agreement", "mode", "currency", "fx_rate", "required_by")
    return {name: getattr(order, name) for name in (*names, "note")}


def _totals(order: PurchaseOrder, lines: Sequence[PurchaseLine]) -> dict[str, Any]:
    total = purchase_rows.total_of(lines, order.currency)
    return {
        "total_amount": total,
        "total_base_amount": purchase_rows.based(total, cast(Decimal, order.fx_rate)),
        "is_off_agreement": any(purchase_lines.is_off(line) for line in lines),
    }


def _changed(
    lines: Sequence[PurchaseLine], changes: dict[int, LineChange], reason: str
) -> list[PurchaseLine]:
    """Return the lines as they are to be, without their keys: `write` finds their rows again."""
    left = []
    for line in lines:
        change = changes.get(line.pk, LineChange(line.pk))
        qty = line.qty if change.qty is None else change.qty
        purchase_lines.refuse_under_way(line, qty, line.sku.code)
        if qty == 0:
            continue
        line.qty = qty
        if change.unit_price is not None:
            price = purchase_lines.parse_price(change.unit_price, line.sku.code)
            if price != line.unit_price:
                line.unit_price, line.price_source = price, purchase_lines.TYPED
                line.agreement_line_id = None
                line.off_agreement_reason = reason.strip()[:200]
        left.append(line)
    return left


def _make(
    order: PurchaseOrder,
    lines: Sequence[PurchaseLine],
    values: dict[str, Any],
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
) -> PurchaseOrder:
    if not reason.strip():
        raise WhyNeeded
    snapshot = purchase_rows.snapshot_of(order, lines)
    history = PurchaseRevision.objects.filter(order=order)
    if snapshot == history.get(revision=order.revision).snapshot:
        raise NothingChanged(revision=order.revision)
    approved = history.filter(is_carried_over=False).order_by("-revision")[0]
    verdict = judge(approved.snapshot, snapshot, _limits())
    causes = verdict.causes
    if actor.key == order.approved_by:
        causes = (*causes, APPROVER)
    voided = {"approval_hash": "", "approved_at": None, "approved_by": ""}
    purchase_rows.save(
        order,
        **values,
        state=purchase_rows.move(order, "revise" if causes else "carry_over"),
        revision=order.revision + 1,
        submitted_at=at,
        submitted_by=actor.key,
        **(voided if causes else {"approval_hash": content_hash(snapshot)}),
    )
    kept = purchase_rows.keep_revision(
        order,
        snapshot,
        actor=actor,
        at=at,
        reason=reason.strip()[:200],
        change=_facts(verdict, causes, approved.revision),
        is_carried_over=not causes,
    )
    journal.note(
        order,
        "revised" if causes else "carried_over",
        {"revision": order.revision, "total": snapshot["total"], "causes": list(causes)},
        actor=actor,
        at=at,
        reason=reason.strip()[:200],
    )
    if not causes:
        return order
    purchase_approving.open_request(
        order, revision=order.revision, content_hash=kept.content_hash, actor=actor, at=at
    )
    return purchase_rows.lock(order.pk)


def _facts(verdict: Verdict, causes: Sequence[str], since: int) -> dict[str, Any]:
    return {
        "since_revision": since,
        "causes": list(causes),
        "change_pct": plain(verdict.change_pct.quantize(Decimal("0.01"))),
        "change_base": plain(verdict.change_base.quantize(Decimal("0.01"))),
    }


def _limits() -> Limits:
    return Limits(
        cast(Decimal, settings_store.get(purchase_settings.REAPPROVE_PCT)),
        cast(Decimal, settings_store.get(purchase_settings.REAPPROVE_AMOUNT)),
    )
