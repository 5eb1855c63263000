"""What a channel, a file, a screen or the API says about an order before it exists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from customers.domain.drafts import AddressDraft, CustomerDraft

__all__ = [
    "AddressDraft",
    "CustomerDraft",
    "HoldDraft",
    "LineDraft",
    "OrderDraft",
    "PaymentDraft",
    "PlacedOrder",
    "PlacingResult",
]

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line. Amounts are in the order's currency; discount and tax are for the whole line.

    `kind` is "goods", "free" or "fee"; whether a SKU is a kit is looked up. `position` None
    numbers the lines from 1 in their order.
    """

    sku: str
    qty: int
    unit_price: Decimal = ZERO
    discount_amount: Decimal = ZERO
    tax_amount: Decimal = ZERO
    kind: str = "goods"
    description: str = ""
    position: int | None = None
    external_line_id: str = ""
    source_row: int | None = None
    set_reason: str = ""


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """Money the channel says was received; `gateway_reference` is unique for ever."""

    amount: Decimal
    currency: str
    gateway_reference: str
    method: str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """A hold the order arrives with. `until` (aware UTC) releases it by itself."""

    kind: str
    note: str = ""
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """One order. `external_id` is the channel's own and makes a repeat harmless.

    Amounts left None are summed from the lines. `promised_by` is a promise the channel made;
    without it the router's answer becomes the promise. `is_history` orders are past: they reserve
    and ship nothing.
    """

    channel: str
    external_id: str
    lines: tuple[LineDraft, ...]
    placed_at: dt.datetime
    ship_to: AddressDraft = field(default_factory=AddressDraft)
    currency: str = ""
    email: str = ""
    customer: CustomerDraft | None = None
    customer_id: int | None = None
    shipping_amount: Decimal = ZERO
    discount_amount: Decimal = ZERO
    tax_amount: Decimal | None = None
    paid_amount: Decimal | None = None
    payments: tuple[PaymentDraft, ...] = ()
    holds: tuple[HoldDraft, ...] = ()
    promised_from: dt.date | None = None
    promised_by: dt.date | None = None
    service_code: str = ""
    priority: int | None = None
    preset: str = ""
    partial_policy: str = ""
    is_gift: bool = False
    gift_message: str = ""
    is_history: bool = False
    is_draft: bool = False
    payload_hash: str = ""
    import_batch_id: int | None = None
    source_row: int | None = None
    replaces_id: int | None = None
    note: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return (channel code, external id), the order's name at the channel."""
        return (self.channel, self.external_id)


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """What became of one draft.

    `outcome` is created, repeated (nothing changed) or differs (it exists with other content,
    nothing changed). `codes` are its holds and attention codes.
    """

    order_id: int
    number: str
    channel: str
    external_id: str
    outcome: str
    stage: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacingResult:
    """One `PlacedOrder` per draft, in the order of the drafts."""

    orders: tuple[PlacedOrder, ...]

    @property
    def created(self) -> int:
        """Count the orders that are new."""
        return sum(order.outcome == "created" for order in self.orders)

    @property
    def order_ids(self) -> list[int]:
        """List the ids of the new orders."""
        return [order.order_id for order in self.orders if order.outcome == "created"]
