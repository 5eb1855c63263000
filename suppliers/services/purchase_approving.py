"""Approve purchase orders: the order is locked first, then its request.

An approval counts for exactly what was shown: revision and hash come back with the decision, and
the hash of the order as it stands is worked out again before it is approved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from core import approvals
from core.actors import SYSTEM, Actor
from core.approvals.authors import authors
from core.approvals.errors import ApprovalOver, ApprovalStale
from core.models import ApprovalNote, ApprovalRequest
from suppliers.domain.purchase_hash import content_hash
from suppliers.models import PurchaseOrder
from suppliers.services import journal, purchase_rows
from suppliers.services.purchase_errors import OrderMissing
from suppliers.services.purchase_rows import Snapshot

KIND = "purchase_order"
State = ApprovalRequest.State


@dataclass(frozen=True, slots=True)
class Shown:
    """The revision and the hash of what a person saw when deciding."""

    revision: int
    content_hash: str


def key_of(order_id: int) -> str:
    """Return the key under which approvals know an order."""
    return f"{KIND}:{order_id}"


@transaction.atomic
def open_request(
    order: PurchaseOrder, *, revision: int, content_hash: str, actor: Actor, at: dt.datetime
) -> ApprovalRequest:
    """Ask for approval of a pending order; one that a rule agrees to is approved at once.

    The caller holds the order's lock and has written the revision. Look at the answer's `state`.

    Raises:
        AlreadyWaiting: a request for it waits.
        NobodyApproves: no person other than its authors may decide.
    """
    ask = approvals.Ask(
        kind=KIND,
        document_key=key_of(order.pk),
        label=order.number,
        revision=revision,
        content_hash=content_hash,
        amount_base=order.total_base_amount or order.total_amount,
        facts=facts_of(order),
        warehouse_code=order.warehouse.code,
        author_ids=authors_of(order),
    )
    found = approvals.request(ask, actor=actor, at=at)
    if found.state == State.APPROVED:
        _approve(order, content_hash, SYSTEM, at)
    return found


def facts_of(order: PurchaseOrder) -> dict[str, list[str]]:
    """Return what rules may look at: supplier, risk, warehouse, categories, agreed prices."""
    categories = order.lines.values_list("sku__product__category", flat=True)
    return {
        "supplier": [order.supplier.code],
        "risk": [order.supplier.risk],
        "warehouse": [order.warehouse.code],
        "category": sorted({category for category in categories if category}),
        "off_agreement": ["yes" if order.is_off_agreement else "no"],
    }


def authors_of(order: PurchaseOrder) -> frozenset[int]:
    """Return the people who made, edited or submitted an order since its last approval."""
    keys = {order.created_by, order.submitted_by}
    keys |= set(order.revisions.values_list("made_by", flat=True))
    return authors(KIND, order.pk, keys, EDITS)


#: Audit entries of acts that change what is ordered.
EDITS = (
    "suppliers.purchase_drafted",
    "suppliers.purchase_edited",
    "suppliers.purchase_revised",
    "suppliers.purchase_submitted",
)


@transaction.atomic
def approve(order_id: int, shown: Shown, *, actor: Actor, at: dt.datetime) -> ApprovalRequest:
    """Approve one step; after the last one the order is approved. Locks the order.

    Raises:
        ApprovalStale: the order is not what was shown.
        ApprovalOver, ApprovalExpired, OwnRequest, NotYourStep, PeopleDecide: see `core.approvals`.
    """
    order, found = _locked(order_id, shown)
    _refuse_changed(order, shown)
    verdict = approvals.Verdict("approved", shown.revision, shown.content_hash)
    found = approvals.decide(found.pk, verdict, actor=actor, at=at)
    if found.state == State.APPROVED:
        _approve(order, shown.content_hash, actor, at)
    return found


@transaction.atomic
def reject(
    order_id: int, shown: Shown, *, reason: str, actor: Actor, at: dt.datetime
) -> ApprovalRequest:
    """Reject an order with a reason; its author may edit and submit it again. Locks the order.

    Raises:
        ReasonMissing: no reason.
        ApprovalStale: the order is not what was shown.
        ApprovalOver, ApprovalExpired, OwnRequest, NotYourStep, PeopleDecide: see `core.approvals`.
    """
    order, found = _locked(order_id, shown)
    verdict = approvals.Verdict("rejected", shown.revision, shown.content_hash, reason.strip())
    found = approvals.decide(found.pk, verdict, actor=actor, at=at)
    _move(order, "reject", actor, at)
    return found


@transaction.atomic
def ask(order_id: int, *, question: str, actor: Actor, at: dt.datetime) -> ApprovalNote:
    """Put a question to the author; the order goes on waiting. Locks the order.

    Raises:
        ReasonMissing: no question.
        ApprovalOver, OwnRequest, NotYourStep, PeopleDecide: see `core.approvals`.
    """
    _order, found = _locked(order_id)
    return approvals.ask(found.pk, question, actor=actor, at=at)


@transaction.atomic
def answer(order_id: int, *, text: str, actor: Actor, at: dt.datetime) -> ApprovalNote:
    """Answer a question as an author. Locks the order.

    Raises:
        ReasonMissing: no answer.
        ApprovalOver: it no longer waits.
        NotYourRequest: the actor is no author.
    """
    _order, found = _locked(order_id)
    return approvals.answer(found.pk, text, actor=actor, at=at)


@transaction.atomic
def withdraw(order_id: int, *, actor: Actor, at: dt.datetime) -> PurchaseOrder:
    """Take an order back that waits: it is a draft again. Locks the order.

    Raises:
        ApprovalOver: it no longer waits.
        NotYourRequest: the actor is no author.
    """
    order, found = _locked(order_id)
    approvals.withdraw(found.document_key, actor=actor, at=at)
    _move(order, "withdraw", actor, at)
    return order


@transaction.atomic
def expire(request_id: int, *, at: dt.datetime) -> bool:
    """End a request whose time is over: the order is a draft again; say whether it was due.

    Repeatable. Locks the order.
    """
    key = ApprovalRequest.objects.values_list("document_key", flat=True).get(pk=request_id)
    order = purchase_rows.lock(int(key.removeprefix(f"{KIND}:")))
    if approvals.expire(request_id, at=at) is None:
        return False
    _move(order, "expire", SYSTEM, at)
    return True


def _locked(order_id: int, shown: Shown | None = None) -> tuple[PurchaseOrder, ApprovalRequest]:
    """Lock an order, then return the request that waits for it."""
    order = purchase_rows.lock(order_id)
    asked = ApprovalRequest.objects.filter(document_key=key_of(order_id))
    found = asked.waiting().first()
    if found is not None:
        return order, found
    last = asked.order_by("pk").last()
    if shown is not None and (last is None or _differs(last, shown)):
        raise ApprovalStale(label=order.number, revision=order.revision)
    outcome = last.get_state_display() if last is not None else order.get_state_display()
    raise ApprovalOver(label=order.number, outcome=outcome)


def _differs(last: ApprovalRequest, shown: Shown) -> bool:
    return last.state == State.SUPERSEDED or last.content_hash != shown.content_hash


def _refuse_changed(order: PurchaseOrder, shown: Shown) -> None:
    """Work the hash out again from the rows: whatever changed them, an old approval stays old."""
    now = content_hash(purchase_rows.snapshot_of(order, purchase_rows.lines_of(order)))
    if now != shown.content_hash or order.revision != shown.revision:
        raise ApprovalStale(label=order.number, revision=order.revision)


def _approve(order: PurchaseOrder, approved_hash: str, actor: Actor, at: dt.datetime) -> None:
    _move(
        order,
        "approve",
        actor,
        at,
        approved_at=at,
        approved_by=actor.key,
        approval_hash=approved_hash,
    )


def _move(order: PurchaseOrder, name: str, actor: Actor, at: dt.datetime, **values: object) -> None:
    state = purchase_rows.move(order, name)
    purchase_rows.save(order, state=state, **values)
    after = {"state": state, "revision": order.revision, "version": order.version}
    journal.note(order, _PAST[name], after, actor=actor, at=at)


_PAST: Mapping[str, str] = {
    "approve": "approved",
    "reject": "rejected",
    "withdraw": "withdrawn",
    "expire": "approval_expired",
}


def changed_since(order_id: int, shown: Shown) -> tuple[Snapshot, Snapshot]:
    """Return what a person saw and what the order is now, to be compared.

    Raises:
        OrderMissing: there is no such order, or it never had that content.
    """
    order = PurchaseOrder.objects.select_related("supplier", "warehouse", "agreement").get(
        pk=order_id
    )
    seen = order.revisions.filter(content_hash=shown.content_hash).order_by("pk").last()
    if seen is None:
        raise OrderMissing(order=order_id)
    return seen.snapshot, purchase_rows.snapshot_of(order, purchase_rows.lines_of(order))
