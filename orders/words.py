"""What codes of orders are called on screens: holds, attention, routing filters and cost terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

ORDERS = _("Orders")

#: Code -> (what it is called, what to do about it).
REASONS: Mapping[str, tuple[Any, Any]] = {
    "OUT_OF_STOCK": (_("Out of stock"), _("Wait for stock, choose another warehouse, or cancel.")),
    "KIT_COMPONENT_OOS": (_("Kit component out of stock"), _("Receive the component or cancel.")),
    "UNKNOWN_SKU": (_("Unknown SKU"), _("Create the product or correct the line.")),
    "ADDRESS": (_("Address incomplete"), _("Complete the address; the order routes itself again.")),
    "NO_ROUTE": (_("No warehouse can send it"), _("Look at routing to see what stops each one.")),
    "HOLD_EXPIRED": (_("Hold kept stock too long"), _("Release the hold; stock is looked for.")),
    "DECISION_DUE": (_("Decision due"), _("Ship what is there, wait, or cancel the rest.")),
    "PARTLY_BACKORDERED": (_("Partly backordered"), _("The rest follows when stock arrives.")),
    "PARTLY_CANCELLED": (_("Partly cancelled"), _("A refund is owed for the cancelled units.")),
    "WAITING_FOR_STOCK": (_("Waits for stock"), _("It goes on by itself when stock arrives.")),
    "SHORT_PICK": (_("Short pick"), _("Decide: ship the rest, wait, split or cancel.")),
    "PROMISE_LATE": (_("Promise will be missed"), _("Tell the customer, or send it faster.")),
    "SPLIT_NOT_ALLOWED": (_("Split not allowed"), _("Allow it in the channel, or wait.")),
    "SPLIT_TOO_DEAR": (_("Split costs too much"), _("Override routing if it is worth it.")),
    "LOT_LIFE": (_("Lots expire too soon"), _("Receive fresher stock or send from elsewhere.")),
    "CAPACITY_FULL": (_("Warehouse is full today"), _("It routes again tomorrow.")),
    "NO_SERVICE": (_("No carrier service"), _("Add a rate card or service for the country.")),
    "CLOSED": (_("Warehouse closed"), _("Check its calendar.")),
    "INACTIVE": (_("Warehouse inactive"), _("Activate it or choose another.")),
    "NOT_ALLOWED": (_("Not allowed for the channel"), _("Allow the warehouse in the channel.")),
    "DUTY_NOT_PRICED": (_("Duty not priced"), _("Add a duty rate for the country.")),
    "DEST_ONLY": (_("Destination served from elsewhere only"), _("See the destination rules.")),
    "DEST_NEVER": (_("Destination excluded"), _("See the destination rules.")),
    "DEST_RESTRICTED_OOS": (
        _("Destination rule, local stock missing"),
        _("Wait for local stock or change the rule."),
    ),
    "CUSTOMS_DATA_MISSING": (
        _("Customs data missing"),
        _("Complete HS code, origin, value, text and weight of the products."),
    ),
    "NO_WAREHOUSE": (_("No warehouse"), _("Add a warehouse or allow one in the channel.")),
    "STOCK": (_("Stock hold"), _("Release it when stock is settled.")),
    "FRAUD": (_("Fraud check"), _("Check the payment, then release or cancel.")),
    "PAYMENT": (_("Awaiting payment"), _("Record the payment; the hold goes with it.")),
    "OPERATOR": (_("Held by staff"), _("Ask who placed it, then release.")),
    "CLIENT": (_("Held by the customer"), _("Release when the customer agrees.")),
    "HOLD_UNTIL": (_("Held until a time"), _("It is released at that minute.")),
    "AWAITING_RETURN": (
        _("Waits for a return"),
        _("It goes out when the returned item is inspected."),
    ),
    "CANCEL_PENDING": (_("Cancel in progress"), _("Goods are being put back.")),
    "LOT_RECALLED": (_("Lot recalled"), _("Goods are being put back; then it is planned again.")),
}

TERMS: Mapping[str, Any] = {
    "freight": _("Freight"),
    "handling": _("Handling"),
    "duty": _("Duty"),
    "split": _("Split"),
    "late": _("Days late"),
    "days": _("Days on the way"),
    "stock": _("Stock balance"),
    "channel": _("Channel priority"),
    "distance": _("Distance"),
    "rank": _("Rank in list"),
}

PRESETS: Mapping[str, Any] = {
    "fastest": _("Fastest"),
    "cheapest": _("Cheapest"),
    "balanced": _("Balanced"),
    "nearest": _("Nearest"),
    "ranked": _("Ranked list"),
}

#: Audit action -> (icon, sentence); `%(name)s` comes from the entry.
TIMELINE: Mapping[str, tuple[str, Any]] = {
    "orders.created": ("shopping-bag", _("Order placed")),
    "orders.imported": ("shopping-bag", _("Order imported")),
    "orders.placed": ("shopping-bag", _("Order placed")),
    "orders.confirmed": ("circle-check", _("Order confirmed")),
    "orders.held": ("circle-pause", _("Put on hold")),
    "orders.hold_released": ("circle-play", _("Hold released")),
    "orders.hold_stock_released": ("undo-2", _("Held stock given back")),
    "orders.edited": ("pencil", _("Order edited")),
    "orders.cancelled": ("circle-slash", _("Order cancelled")),
    "orders.rerouted": ("route", _("Routed again")),
    "orders.allocated": ("route", _("Stock promised")),
    "orders.short_reported": ("package-x", _("Short pick reported")),
    "orders.short_decided": ("split", _("Short pick decided")),
    "orders.payment_recorded": ("credit-card", _("Payment recorded")),
    "orders.completed": ("circle-check", _("Order completed")),
    "orders.subscription_created": ("plus", _("Subscription set up")),
    "orders.subscription_paused": ("circle-pause", _("Paused")),
    "orders.subscription_resumed": ("circle-play", _("Resumed")),
    "orders.subscription_skipped": ("undo-2", _("Delivery skipped")),
    "orders.subscription_ended": ("circle-slash", _("Ended")),
    "fulfillment.picked": ("check", _("Picked")),
    "fulfillment.short_picked": ("package-x", _("Short pick")),
    "fulfillment.pick_undone": ("undo-2", _("Pick undone")),
    "fulfillment.verified": ("list-checks", _("Contents verified")),
    "fulfillment.put_back": ("undo-2", _("Put back")),
    "orders.shipment_released": ("send", _("Released to the floor")),
    "orders.shipment_packed": ("package", _("Packed")),
    "orders.shipment_shipped": ("truck", _("Handed to the carrier")),
    "orders.shipment_delivered": ("circle-check", _("Delivered")),
}


def reason(code: str) -> str:
    """Return what a code is called, with its detail (`UNKNOWN_SKU:AB-1` -> "Unknown SKU AB-1")."""
    base, _mark, detail = code.partition(":")
    text = str(REASONS[base][0]) if base in REASONS else base.replace("_", " ").capitalize()
    return f"{text} {detail}".strip()


def advice(code: str) -> str:
    """Return what to do about a code, or nothing."""
    found = REASONS.get(code.partition(":")[0])
    return str(found[1]) if found else ""


def interval(unit: str, count: int) -> str:
    """Return how often something comes: "2 weeks"."""
    texts = {
        "day": ngettext("%(n)s day", "%(n)s days", count),
        "week": ngettext("%(n)s week", "%(n)s weeks", count),
        "month": ngettext("%(n)s month", "%(n)s months", count),
    }
    return texts[unit] % {"n": count}
