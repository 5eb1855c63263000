"""Build the unsaved rows of an order from its draft: amounts, kit lines, holds, checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core import money
from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from inventory.domain.kits import Part
from inventory.models import Sku
from orders.domain import addresses, attention
from orders.domain.drafts import LineDraft, OrderDraft, PaymentDraft
from orders.models import Order, OrderHold, OrderLine, Payment
from orders.models.orders import HoldKind, LineKind, OrderStage, OrderStatus
from orders.services.master_data import ChannelInfo, SkuFact
from orders.services.planning import DEMAND_KINDS, HOLDS_THAT_KEEP_STOCK

ZERO = Decimal(0)
MOST_UNITS = 1_000_000
_NO_STOCK_KINDS = frozenset({Sku.Kind.SERVICE})


class OrderRefused(InputRefused):
    """A draft can't become an order; `why` says what to correct."""

    code = "ORDER_REFUSED"
    text = gettext_noop("Order %(external_id)s can't be placed: %(why)s")


@dataclass(slots=True)
class Built:
    """An order in the making: rows without ids, in the order they will be written."""

    draft: OrderDraft
    channel: ChannelInfo
    order: Order
    lines: list[OrderLine]
    holds: list[OrderHold] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


def check_draft(draft: OrderDraft) -> None:
    """Refuse a draft that no rule of ours could make sense of.

    Raises:
        OrderRefused: no lines, a quantity or amount out of range, an unknown currency.
    """
    why = ""
    if not draft.lines:
        why = gettext_noop("it has no lines. Add one.")
    elif not draft.external_id or len(draft.external_id) > 80:
        why = gettext_noop("the channel's order id must have 1 to 80 characters.")
    elif any(not 0 < line.qty <= MOST_UNITS for line in draft.lines):
        why = gettext_noop("each quantity must be a whole number from 1 to 1,000,000.")
    elif any(_is_bad(amount) for amount in _amounts(draft)):
        why = gettext_noop("amounts must be zero or more and below 10,000,000,000.")
    elif len({line.position for line in draft.lines if line.position is not None}) < sum(
        line.position is not None for line in draft.lines
    ):
        why = gettext_noop("two lines have the same position.")
    else:
        why = _payment_problem(draft)
    if why:
        raise OrderRefused(external_id=draft.external_id, why=why)


def _payment_problem(draft: OrderDraft) -> str:
    for payment in draft.payments:
        if _is_bad(payment.amount) or not payment.amount:
            return gettext_noop("a payment must be above zero and below 10,000,000,000.")
        if not 0 < len(payment.gateway_reference) <= 120:
            return gettext_noop("the reference of a payment must have 1 to 120 characters.")
    return ""


def _amounts(draft: OrderDraft) -> Iterable[Decimal]:
    yield draft.shipping_amount
    yield draft.discount_amount
    if draft.tax_amount is not None:
        yield draft.tax_amount
    if draft.paid_amount is not None:
        yield draft.paid_amount
    for line in draft.lines:
        yield from (line.unit_price, line.discount_amount, line.tax_amount)


def _is_bad(amount: Decimal) -> bool:
    return not amount.is_finite() or amount < 0 or amount >= 10**10


def build(
    draft: OrderDraft,
    channel: ChannelInfo,
    skus: Mapping[str, SkuFact],
    kits: Mapping[int, list[Part]],
    *,
    actor: Actor,
    at: dt.datetime,
) -> Built:
    """Return the rows of a draft, without number, ids, customer and promise.

    Raises:
        OrderRefused: the draft's amounts do not add up to an order.
    """
    lines = _lines(draft.lines, skus, kits)
    order = _order(draft, channel, lines, actor, at)
    built = Built(draft, channel, order, lines)
    if draft.is_history:
        return built
    built.codes = _line_codes(lines)
    built.holds = _holds(draft, channel, actor, at)
    built.payments = [_payment(payment, draft, order.currency) for payment in draft.payments]
    return built


def _payment(payment: PaymentDraft, draft: OrderDraft, currency: str) -> Payment:
    if payment.currency.upper() != currency:
        why = gettext_noop("a payment is in another currency than the order.")
        raise OrderRefused(external_id=draft.external_id, why=why)
    return Payment(
        amount=payment.amount,
        currency=currency,
        method=payment.method[:40],
        gateway_reference=payment.gateway_reference,
        at=payment.at or draft.placed_at,
    )


def _lines(
    drafts: tuple[LineDraft, ...],
    skus: Mapping[str, SkuFact],
    kits: Mapping[int, list[Part]],
) -> list[OrderLine]:
    rows = [
        _line(draft, draft.position or number, skus.get(draft.sku))
        for number, draft in enumerate(drafts, start=1)
    ]
    next_position = max(row.position for row in rows) + 1
    for kit in [row for row in rows if row.kind == LineKind.KIT]:
        for part in kits[kit.sku_id or 0]:
            rows.append(component_line(kit, part, next_position))
            next_position += 1
    return rows


def _line(draft: LineDraft, position: int, sku: SkuFact | None) -> OrderLine:
    kind = draft.kind
    if sku is not None and kind in {LineKind.GOODS, LineKind.FREE}:
        if sku.kind == Sku.Kind.VIRTUAL_KIT:
            kind = LineKind.KIT
        elif sku.kind in _NO_STOCK_KINDS:
            kind = LineKind.FEE
    return OrderLine(
        position=position,
        kind=kind,
        sku_id=None if sku is None else sku.id,
        sku_code=draft.sku[:64],
        description=(draft.description or ("" if sku is None else sku.name))[:300],
        qty=draft.qty,
        unit_price=draft.unit_price,
        discount_amount=draft.discount_amount,
        tax_amount=draft.tax_amount,
        external_line_id=draft.external_line_id[:80],
        source_row=draft.source_row,
        set_reason=draft.set_reason[:40],
    )


def component_line(kit: OrderLine, part: Part, position: int) -> OrderLine:
    """Return the unsaved line of one component: its snapshot of the kit's definition."""
    return OrderLine(
        position=position,
        kind=LineKind.COMPONENT,
        sku_id=part.component_id,
        kit_position=kit.position,
        qty_per_kit=part.qty,
        price_share=part.price_share,
        qty=part.qty * kit.qty,
    )


def name_components(lines: Iterable[OrderLine], by_id: Mapping[int, SkuFact]) -> None:
    """Write code and name of their SKU onto component lines."""
    for line in lines:
        fact = by_id.get(line.sku_id or 0)
        if line.kind == LineKind.COMPONENT and fact is not None:
            line.sku_code, line.description = fact.code, fact.name[:300]


def _order(
    draft: OrderDraft,
    channel: ChannelInfo,
    lines: list[OrderLine],
    actor: Actor,
    at: dt.datetime,
) -> Order:
    currency = (draft.currency or channel.currency).upper()
    ship = draft.ship_to
    status = OrderStatus.CONFIRMED
    if draft.is_history:
        status = OrderStatus.COMPLETED
    elif draft.is_draft:
        status = OrderStatus.DRAFT
    amounts = sum_amounts(draft, lines, currency)
    paid = draft.paid_amount
    if paid is None:
        paid = sum((payment.amount for payment in draft.payments), ZERO)
    return Order(
        channel_id=channel.id,
        external_id=draft.external_id,
        customer_id=draft.customer_id,
        status=status,
        stage=OrderStage.DELIVERED if draft.is_history else OrderStage.NEW,
        is_history=draft.is_history,
        is_gift=draft.is_gift,
        gift_message=draft.gift_message[:500],
        priority=channel.priority if draft.priority is None else draft.priority,
        currency=currency,
        paid_amount=paid,
        paid_at=draft.placed_at if paid > 0 else None,
        ship_name=ship.name[:160],
        ship_company=ship.company[:160],
        ship_line1=ship.line1[:200],
        ship_line2=ship.line2[:200],
        ship_city=ship.city[:120],
        ship_region=ship.region[:120],
        ship_postcode=ship.postcode.strip().upper()[:20],
        ship_country=ship.country if addresses.is_country(ship.country) else "",
        ship_phone=ship.phone[:40],
        email=draft.email.strip().lower()[:254],
        name_norm=ship.name.strip().casefold()[:160],
        service_code=draft.service_code,
        placed_at=draft.placed_at,
        confirmed_at=None if status == OrderStatus.DRAFT else at,
        promised_from=draft.promised_from or draft.promised_by,
        promised_by=draft.promised_by,
        promised_at_order_from=draft.promised_from or draft.promised_by,
        promised_at_order_by=draft.promised_by,
        promise_is_external=draft.promised_by is not None,
        partial_policy=draft.partial_policy or channel.partial_policy,
        commit_partial=channel.commit_partial,
        policy_set_by=actor.key if draft.partial_policy else "channel",
        cost_preset=draft.preset,
        payload_hash=draft.payload_hash,
        import_batch_id=draft.import_batch_id,
        source_row=draft.source_row,
        replaces_id=draft.replaces_id,
        note=draft.note,
        created_at=at,
        updated_at=at,
        **amounts,
    )


def sum_amounts(draft: OrderDraft, lines: list[OrderLine], currency: str) -> dict[str, Decimal]:
    """Return the order's amounts at the currency's exponent.

    Raises:
        OrderRefused: the currency is unknown, or discounts exceed the goods.
    """
    try:
        money.exponent(currency)
    except money.UnknownCurrency:
        why = gettext_noop("its currency is not an ISO 4217 code.")
        raise OrderRefused(external_id=draft.external_id, why=why) from None
    billed = [line for line in lines if line.kind != LineKind.COMPONENT]
    items = sum((line.unit_price * line.qty for line in billed), ZERO)
    discount = draft.discount_amount + sum((line.discount_amount for line in billed), ZERO)
    tax = draft.tax_amount
    if tax is None:
        tax = sum((line.tax_amount for line in billed), ZERO)
    amounts = {
        "items_amount": money.quantize(items, currency),
        "discount_amount": money.quantize(discount, currency),
        "shipping_amount": money.quantize(draft.shipping_amount, currency),
        "tax_amount": money.quantize(tax, currency),
    }
    total = (
        amounts["items_amount"]
        - amounts["discount_amount"]
        + amounts["shipping_amount"]
        + amounts["tax_amount"]
    )
    if total < 0:
        why = gettext_noop("its discounts are higher than its amounts.")
        raise OrderRefused(external_id=draft.external_id, why=why)
    return {**amounts, "total_amount": total}


def _line_codes(lines: list[OrderLine]) -> list[str]:
    return [
        f"{attention.UNKNOWN_SKU}:{line.sku_code}"
        for line in lines
        if line.kind in DEMAND_KINDS and line.sku_id is None
    ]


def _holds(
    draft: OrderDraft, channel: ChannelInfo, actor: Actor, at: dt.datetime
) -> list[OrderHold]:
    holds = {
        hold.kind: OrderHold(
            kind=hold.kind,
            owner_key=actor.key,
            note=hold.note[:500],
            until=hold.until,
            placed_at=at,
            placed_by=actor.key,
        )
        for hold in draft.holds
    }
    problems = addresses.check_address(draft.ship_to, is_country_only=channel.country_only)
    if problems and not draft.is_draft:
        holds[HoldKind.ADDRESS] = OrderHold(
            kind=HoldKind.ADDRESS,
            owner_key="system",
            note=" ".join(problems),
            placed_at=at,
            placed_by="system",
        )
    return list(holds.values())


def keep_stock_until(holds: Iterable[OrderHold], stock_hold: dt.timedelta) -> None:
    """Set until when each hold keeps the order's stock (X06)."""
    for hold in holds:
        if hold.kind not in HOLDS_THAT_KEEP_STOCK and hold.stock_until is None:
            hold.stock_until = hold.placed_at + stock_hold
