"""Ask for a return: the units are still there, the policy says yes, and it is asked for once.

Steps, all under the order's lock: the submission was not used before · limits · units left ·
reasons and photos · the policy, which is kept on the request · lines with the exact value of
their units · approved at once, or left for a person.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from core import audit, events, numbers
from core.actors import SYSTEM, Actor
from inventory.models import Warehouse
from orders.models import Order, Shipment
from orders.services.errors import OrderNotFound
from returns.domain.policy import PolicyDecision
from returns.models import ReturnLine, ReturnPhoto, ReturnRequest
from returns.queries import returnable
from returns.services import (
    deciding,
    order_facts,
    policies,
    progress,
    refunds,
    request_caps,
    request_lines,
)
from returns.services.policies import LineWant
from returns.services.progress import Why
from returns.services.refunds import PreviewLine
from returns.services.request_errors import (
    LineUnknown,
    NothingAsked,
    OrderHasNotLeft,
    OtherRequest,
    TooManyReturns,
)
from returns.services.request_lines import LineCase, LineDraft

__all__ = ["LineDraft", "RequestDraft", "lock_order", "submit"]


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """One wish for a return. A repeat with the same `submission_key` is the same wish.

    `override_reason` lets staff ask for what the policy refuses; it is kept in the log.
    """

    order_id: int
    lines: tuple[LineDraft, ...]
    source: str = "portal"
    method: str = "label"
    submission_key: str = ""
    language: str = ""
    note: str = ""
    kind: str = "return"
    return_channel_id: int | None = None
    warehouse_id: int | None = None
    is_instant: bool = False
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    draft: RequestDraft
    order: Order
    decision: PolicyDecision
    lines: tuple[LineCase, ...]
    flags: tuple[str, ...]

    @property
    def is_kept(self) -> bool:
        return all(line.verdict.is_returnless for line in self.lines)


def submit(draft: RequestDraft, *, actor: Actor, at: dt.datetime) -> ReturnRequest:
    """Ask for a return of one order; approve it where the policy does. Repeatable by its key.

    Locks the order, then the customer. The number of statements does not grow with the lines.

    Raises:
        OrderNotFound: no such order.
        OrderHasNotLeft: nothing of it was sent.
        NothingAsked: no lines, or one twice.
        LineUnknown: a line is not of the order.
        UnitsGone: fewer units are left.
        ReasonUnknown, PhotoMissing, ExchangeMissing: what a line lacks.
        LineNotReturnable, OutcomeRefused, WayRefused: the policy says no.
        TooManyReturns: a limit holds; people were told.
        OtherRequest: the key was used for another order.
    """
    try:
        return _submit(draft, actor, at)
    except TooManyReturns as refused:
        # The refusal undid its transaction; that it held is kept.
        order = Order.objects.get(pk=draft.order_id)
        request_caps.raise_alarm(order, str(refused.data["limit"]), actor=actor, at=at)
        raise


@transaction.atomic
def _submit(draft: RequestDraft, actor: Actor, at: dt.datetime) -> ReturnRequest:
    order = lock_order(draft.order_id)
    before = _repeated(draft, order)
    if before is not None:
        return before
    flags = request_caps.check(order, draft.source, at=at)
    case = _case(order, draft, flags, at)
    row = _write(case, actor, at)
    return _decide(row, case, actor, at)


def lock_order(order_id: int) -> Order:
    """Return the order, locked until the caller's transaction ends.

    Raises:
        OrderNotFound: no such order.
    """
    order = Order.objects.lock().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order


def _repeated(draft: RequestDraft, order: Order) -> ReturnRequest | None:
    if not draft.submission_key:
        return None
    row = ReturnRequest.objects.filter(submission_key=draft.submission_key).first()
    if row is not None and row.order_id != order.pk:
        raise OtherRequest
    return row


def _case(order: Order, draft: RequestDraft, flags: tuple[str, ...], at: dt.datetime) -> _Case:
    ids = [line.order_line_id for line in draft.lines]
    if not ids or len(set(ids)) != len(ids) or any(line.qty < 1 for line in draft.lines):
        raise NothingAsked
    units = returnable.units_of(order)
    if not units.lines:
        raise OrderHasNotLeft(number=order.number)
    if set(ids) - set(units.by_id):
        raise LineUnknown
    wants = [
        LineWant(line.order_line_id, line.qty, line.reason_code, line.resolution)
        for line in draft.lines
    ]
    decision = policies.decide_order(order.pk, wants, at=at, method=draft.method)
    reasons = request_lines.reasons_of(draft.lines)
    lines = tuple(
        LineCase(
            line,
            units.by_id[line.order_line_id],
            decision.line(line.order_line_id),
            reasons.get(line.reason_code),
        )
        for line in draft.lines
    )
    photos = request_lines.photos_of(draft.lines)
    for line in lines:
        request_lines.check_facts(line, photos=photos, asks_photo=draft.source == "portal")
        if not draft.override_reason.strip():
            request_lines.check_policy(line, draft.method)
    return _Case(draft, order, decision, lines, flags)


def _write(case: _Case, actor: Actor, at: dt.datetime) -> ReturnRequest:
    draft, order, decision = case.draft, case.order, case.decision
    [number] = numbers.take("return")
    row = ReturnRequest.objects.create(
        number=number,
        kind=draft.kind,
        source=draft.source,
        order=order,
        customer_id=order.customer_id,
        channel_id=order.channel_id,
        return_channel_id=draft.return_channel_id or order.channel_id,
        warehouse_id=draft.warehouse_id or _destination(case),
        from_country=order.ship_country,
        method=ReturnRequest.Method.KEEP if case.is_kept else draft.method,
        processing_event=decision.processing_event,
        is_instant=draft.is_instant,
        policy_version=decision.version,
        policy=decision.as_json(),
        currency=order.currency,
        expected_refund_on=refunds.expected_on(decision.processing_event, at=at),
        language=draft.language[:10],
        note=draft.note.strip()[:1000],
        submission_key=draft.submission_key or None,
        requested_at=at,
        created_by=actor.key,
        updated_at=at,
    )
    lines = [
        request_lines.build(row, position, line) for position, line in enumerate(case.lines, 1)
    ]
    ReturnLine.objects.bulk_create(lines)
    row.preview = _preview(case, lines)
    row.save(update_fields=["preview"])
    _write_photos(row, lines, case, at)
    order_facts.refresh(order.pk, actor=actor, at=at)
    announce(row, {"lines": len(lines), "source": draft.source}, actor=actor, at=at)
    return row


def _destination(case: _Case) -> int | None:
    """Return the warehouse the policy names, else the one that sent the first of the units."""
    if case.decision.destination_code:
        found = Warehouse.objects.filter(code=case.decision.destination_code).first()
        if found is not None:
            return int(found.pk)
    sent = [pk for line in case.lines for pk in line.units.shipment_line_ids]
    shipment = Shipment.objects.filter(lines__in=sent).order_by("pk").first()
    return shipment.warehouse_id if shipment is not None else None


def _preview(case: _Case, lines: list[ReturnLine]) -> dict[str, object]:
    """Return the money as it is shown before and after submission, line by line."""
    wanted = [
        PreviewLine(
            order_line_id=int(line.order_line_id or 0),
            qty=line.qty,
            value_amount=line.value_amount,
            resolution=line.resolution,
            restocking_share=line.restocking_share,
            bonus_share=line.bonus_share,
        )
        for line in lines
    ]
    found = refunds.preview(
        case.order.pk,
        wanted,
        return_shipping_amount=case.decision.return_shipping_amount,
        refunds_original_shipping=case.decision.refunds_original_shipping,
    )
    return dict(found.as_json())


def _write_photos(
    row: ReturnRequest, lines: list[ReturnLine], case: _Case, at: dt.datetime
) -> None:
    files = request_lines.photos_of(case.draft.lines)
    photos = [
        ReturnPhoto(request=row, line=line, file=files[pk], taken_at=at, by="customer")
        for line, one in zip(lines, case.lines, strict=True)
        for pk in dict.fromkeys(one.draft.photo_ids)
        if pk in files
    ]
    ReturnPhoto.objects.bulk_create(photos)


def announce(
    row: ReturnRequest, facts: dict[str, object], *, actor: Actor, at: dt.datetime
) -> None:
    """Write the first step of a return, its audit entry and the fact others listen to."""
    why = Why(data=facts)
    progress.note(row, "requested", actor=actor, at=at, why=why)
    after = {"number": row.number, "status": row.status, **facts}
    audit.record(actor=actor, action="returns.requested", target=row.key, after=after, at=at)
    events.publish("returns.requested", target=row.key, at=at, **progress.payload(row))


def _decide(row: ReturnRequest, case: _Case, actor: Actor, at: dt.datetime) -> ReturnRequest:
    """Approve what the policy approves or staff answer for; let a person see the rest."""
    reason = case.draft.override_reason.strip()
    if reason:
        return deciding.approve(row.pk, actor=actor, at=at, reason=reason)
    codes = [*case.decision.review_reasons, *case.flags]
    if case.decision.auto_approves and not case.flags:
        return deciding.approve(row.pk, actor=SYSTEM, at=at, reason="policy")
    why = Why(data={"codes": codes}, is_public=True)
    return progress.move(row.pk, "hold_for_review", actor=SYSTEM, at=at, why=why)
