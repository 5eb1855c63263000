"""Place orders: the one way in for screen, file and API, for one order and for five hundred.

Steps: leave out what exists (channel, external id) · explode kits · check address, SKUs, customs ·
plan over one snapshot of stock · write orders, lines, shipments · reserve · keep the decision ·
audit · publish. All in one transaction. When units or an external id went to someone else between
reading and writing, the whole is planned again, at most twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from core import audit, events, numbers
from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from customers.services import directory
from inventory.domain.kits import KitCycle, KitTooDeep, KitUndefined
from inventory.models import Sku
from orders.domain import attention
from orders.domain.drafts import OrderDraft, PlacedOrder, PlacingResult
from orders.domain.states import derive_stage
from orders.models import Order, OrderHold, OrderLine, Payment, RefundDue
from orders.models.orders import OrderStage, OrderStatus
from orders.services import allotting, master_data, paying, refunding, snapshots
from orders.services.decisions import decision_row
from orders.services.master_data import MasterData, SkuFact
from orders.services.order_rows import (
    Built,
    OrderRefused,
    build,
    check_draft,
    keep_stock_until,
    name_components,
)
from orders.services.planning import DEMAND_KINDS, Job, Planned, Planner
from orders.services.row_writing import insert_rows

BATCH = 500
MOST_TRIES = 3


class TooManyOrders(InputRefused):
    """More orders than one transaction takes."""

    code = "TOO_MANY_ORDERS"
    text = gettext_noop("%(count)s orders at once are too many. Send at most %(most)s a call.")


@dataclass(frozen=True, slots=True)
class Call:
    """Who places, when, from where."""

    actor: Actor
    as_of: dt.datetime
    source: str


def place(
    drafts: Sequence[OrderDraft], *, actor: Actor, as_of: dt.datetime, source: str
) -> PlacingResult:
    """Create, route and reserve up to 500 orders; return what became of each, in their order.

    Repeatable: an order that exists (channel, external id) is left as it is. `as_of` is aware UTC;
    `source` (screen, file, api …) goes into the audit log. About twelve statements for any number
    of orders, more with customers, kits met for the first time, lots, prices or capacities. Locks:
    stock levels in pk order, last.

    Raises:
        TooManyOrders: more than 500 drafts.
        OrderRefused: a draft makes no sense; nothing is written.
        UnknownChannel: no active channel has a draft's code.
        PaymentReferenceUsed: a new order's payment is recorded for another order.
    """
    if len(drafts) > BATCH:
        raise TooManyOrders(count=len(drafts), most=BATCH)
    for draft in drafts:
        check_draft(draft)
    call = Call(actor, as_of, source)
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            with transaction.atomic():
                return _place(drafts, call, is_last_try=not tries_left)
        except (allotting.StockTaken, IntegrityError):
            # Someone took the same units, or stored the same external id or payment, since we
            # looked: the next look finds it.
            if not tries_left:
                raise
    raise AssertionError("unreachable")


def _place(drafts: Sequence[OrderDraft], call: Call, *, is_last_try: bool) -> PlacingResult:
    data = master_data.current(call.as_of)
    known = _known_orders(drafts, data)
    fresh = _fresh(drafts, known)
    built = build_all(fresh, data, call)
    paying.check_references(built)
    if built:
        _write_all(built, data, call, is_last_try=is_last_try)
    created = {one.draft.key: one for one in built}
    return PlacingResult(tuple(_answer(draft, known, created) for draft in _marked(drafts)))


def _known_orders(drafts: Sequence[OrderDraft], data: MasterData) -> dict[tuple[str, str], Order]:
    by_channel: dict[int, list[str]] = {}
    codes: dict[int, str] = {}
    for draft in drafts:
        info = data.channel(draft.channel)
        codes[info.id] = info.code
        by_channel.setdefault(info.id, []).append(draft.external_id)
    found: dict[tuple[str, str], Order] = {}
    for channel_id, external_ids in by_channel.items():
        rows = Order.objects.filter(channel_id=channel_id, external_id__in=external_ids)
        for row in rows.only("number", "external_id", "payload_hash", "stage").order_by("pk"):
            found[codes[channel_id], row.external_id] = row
    return found


def _fresh(
    drafts: Sequence[OrderDraft], known: dict[tuple[str, str], Order]
) -> dict[tuple[str, str], OrderDraft]:
    fresh: dict[tuple[str, str], OrderDraft] = {}
    for draft in drafts:
        if draft.key not in known:
            fresh.setdefault(draft.key, draft)
    return fresh


def build_all(
    fresh: dict[tuple[str, str], OrderDraft], data: MasterData, call: Call
) -> list[Built]:
    """Return the unsaved rows of new orders, kits exploded.

    Raises:
        OrderRefused: a draft does not add up, or names a kit that can't be exploded.
    """
    weight_g = data.default_weight_g
    codes = {line.sku for draft in fresh.values() for line in draft.lines if line.kind != "fee"}
    skus = master_data.skus_by_code(codes, weight_g) if codes else {}
    kit_ids = {fact.id for fact in skus.values() if fact.kind == Sku.Kind.VIRTUAL_KIT}
    kits = {}
    if kit_ids:
        try:
            kits = data.kits(kit_ids)
        except (KitCycle, KitTooDeep, KitUndefined) as error:
            raise _kit_refused(fresh, skus, error) from error
        parts = {part.component_id for one in kits.values() for part in one}
        by_id = master_data.skus_by_id(parts, weight_g)
    built = []
    for draft in fresh.values():
        one = build(draft, data.channel(draft.channel), skus, kits, actor=call.actor, at=call.as_of)
        if kit_ids:
            name_components(one.lines, by_id)
        built.append(one)
    return built


def _kit_refused(
    fresh: dict[tuple[str, str], OrderDraft],
    skus: dict[str, SkuFact],
    error: KitCycle | KitTooDeep | KitUndefined,
) -> OrderRefused:
    kit = next((fact for fact in skus.values() if fact.id == error.data.get("kit_id")), None)
    code = "" if kit is None else kit.code
    draft = next(
        (one for one in fresh.values() if any(line.sku == code for line in one.lines)),
        next(iter(fresh.values())),
    )
    return OrderRefused(external_id=draft.external_id, why=f"{code}: {error}")


def _write_all(built: list[Built], data: MasterData, call: Call, *, is_last_try: bool) -> None:
    _attach_customers(built, call)
    jobs = [job_of(one, data) for one in built]
    live = [job for job in jobs if job is not None]
    planned: list[Planned] = []
    if live:
        skus = {sku.id: sku for job in live for sku in job.skus.values()}
        book = snapshots.read_book(data, skus.values(), as_of=call.as_of)
        planner = Planner(data, book, as_of=call.as_of)
        planned = [planner.plan(job) for job in live]
    plans = {id(one.job.order): one for one in planned}
    for one, number in zip(built, numbers.take("order", len(built)), strict=True):
        one.order.number = number
        _settle(one, plans.get(id(one.order)), data)
    insert_rows([one.order for one in built])
    _write_parts(built)
    gone = allotting.write_shipments(
        planned, actor=call.actor, at=call.as_of, event="order-placed", is_last_try=is_last_try
    )
    if gone:
        _leave_waiting(built, gone, data)
    decisions = [
        decision_row(one.job.order.pk, one.plan, at=call.as_of)
        for one in planned
        if one.plan is not None
    ]
    insert_rows(decisions)
    _record(built, plans, call)


def _attach_customers(built: list[Built], call: Call) -> None:
    drafts = [one.draft.customer for one in built if one.draft.customer is not None]
    if not drafts:
        return
    found = directory.find_or_create_many(drafts, at=call.as_of)
    for one in built:
        if one.draft.customer is not None:
            customer = found[one.draft.customer.key]
            one.order.customer_id = customer.pk
            one.order.lifecycle = lifecycle_of(customer.order_count)


def lifecycle_of(order_count: int) -> str:
    """Return first, repeat or loyal for a customer who placed that many orders before."""
    if order_count == 0:
        return "first"
    return "repeat" if order_count < 5 else "loyal"


def job_of(one: Built, data: MasterData) -> Job | None:
    """Return what is to be planned for an order in the making, None for drafts and history."""
    if one.order.status != OrderStatus.CONFIRMED:
        return None
    ids = {line.sku_id for line in one.lines if line.kind in DEMAND_KINDS and line.sku_id}
    open_qty = {line.position: line.qty for line in one.lines if line.kind in DEMAND_KINDS}
    skus = master_data.skus_by_id(ids, data.default_weight_g)
    return Job(one.order, one.channel, one.lines, open_qty, skus)


def _settle(one: Built, planned: Planned | None, data: MasterData) -> None:
    """Write what the plan means onto the rows, before they are stored."""
    if planned is None:
        return
    order = one.order
    one.codes = list(dict.fromkeys([*one.codes, *planned.codes]))
    standing = {hold.kind for hold in one.holds}
    one.holds += [
        OrderHold(
            kind=kind,
            owner_key="system",
            note=note,
            placed_at=order.created_at,
            placed_by="system",
        )
        for kind, note in planned.holds
        if kind not in standing
    ]
    keep_stock_until(one.holds, data.stock_hold)
    for line in one.lines:
        line.backorder_qty = planned.waiting.get(line.position, 0)
        line.cancelled_qty = planned.dropped.get(line.position, 0)
    order.decide_at = planned.decide_at
    allotting.promise_order(order, planned)
    order.attention_codes = one.codes
    order.stage = _stage(one, planned)


def _stage(one: Built, planned: Planned) -> str:
    return derive_stage(
        one.order.status,
        is_held=bool(one.holds),
        needs_attention=attention.needs_person(one.codes),
        shipments=["planned"] if planned.has_legs else [],
        is_waiting=bool(planned.waiting),
    )


def _write_parts(built: list[Built]) -> None:
    """Store lines, holds, payments and the refunds of dropped units: one INSERT per kind."""
    holds: list[OrderHold] = []
    payments: list[Payment] = []
    refunds: list[RefundDue] = []
    for one in built:
        order = one.order
        for line in one.lines:
            line.order_id = order.pk
        for hold in one.holds:
            hold.order_id = order.pk
        for payment in one.payments:
            payment.order_id = order.pk
        holds += one.holds
        payments += one.payments
        if any(line.cancelled_qty for line in one.lines):
            refunds += refunding.remainder_refund(order, one.lines, at=order.created_at)
    lines = [line for one in built for line in one.lines]
    insert_rows(lines)
    insert_rows(holds)
    insert_rows(payments)
    insert_rows(refunds)


def _leave_waiting(built: list[Built], gone: list[Planned], data: MasterData) -> None:
    """On the last try: orders whose units went to others wait, as if stock had been empty."""
    by_order = {id(one.order): one for one in built}
    for planned in gone:
        one = by_order[id(planned.job.order)]
        one.codes = [*attention.without_stock_codes(one.codes), attention.OUT_OF_STOCK]
        for line in one.lines:
            line.backorder_qty = planned.waiting.get(line.position, 0)
            line.cancelled_qty = 0
        one.order.attention_codes = one.codes
        one.order.stage = _stage(one, planned)
        RefundDue.objects.filter(order=one.order).delete()
    orders = [planned.job.order for planned in gone]
    Order.objects.bulk_update(orders, ["attention_codes", "stage"], batch_size=BATCH)
    lines = [line for planned in gone for line in by_order[id(planned.job.order)].lines]
    OrderLine.objects.bulk_update(lines, ["backorder_qty", "cancelled_qty"], batch_size=BATCH)


def _record(built: list[Built], plans: dict[int, Planned], call: Call) -> None:
    """Write one audit entry per order and the facts others listen to."""
    entries = []
    facts = []
    for one in built:
        order, target = one.order, f"order:{one.order.pk}"
        after = {"number": order.number, "stage": str(order.stage), "source": call.source}
        codes = [hold.kind for hold in one.holds] + one.codes
        if codes:
            after["codes"] = " ".join(codes)
        entries.append(
            audit.AuditDraft(call.actor, "orders.placed", target, call.as_of, None, after)
        )
        if order.is_history:
            continue
        facts.append(
            events.EventDraft("orders.imported", target, call.as_of, {"order_id": order.pk})
        )
        planned = plans.get(id(order))
        if planned is not None and planned.has_legs:
            facts.append(
                events.EventDraft("orders.allocated", target, call.as_of, {"order_id": order.pk})
            )
    audit.record_many(entries)
    if facts:
        events.publish_many(facts)


def _marked(drafts: Sequence[OrderDraft]) -> list[tuple[OrderDraft, bool]]:
    """Return each draft and whether it is the first with its key in this call."""
    seen: set[tuple[str, str]] = set()
    marked = []
    for draft in drafts:
        marked.append((draft, draft.key not in seen))
        seen.add(draft.key)
    return marked


def _answer(
    marked: tuple[OrderDraft, bool],
    known: dict[tuple[str, str], Order],
    created: dict[tuple[str, str], Built],
) -> PlacedOrder:
    draft, is_first = marked
    one = created.get(draft.key)
    if one is not None:
        codes = (*(hold.kind for hold in one.holds), *one.codes)
        row, outcome = one.order, "created" if is_first else "repeated"
        if not is_first and draft.payload_hash != one.draft.payload_hash:
            outcome = "differs"
    else:
        row, codes = known[draft.key], ()
        outcome = "repeated" if row.payload_hash == draft.payload_hash else "differs"
    stage = str(OrderStage(row.stage).value)
    return PlacedOrder(row.pk, row.number, draft.channel, draft.external_id, outcome, stage, codes)
