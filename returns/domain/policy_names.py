"""What the conditions of return policies may ask. Amounts are in the base currency."""

from __future__ import annotations

from typing import Final

from core.conditions import Language, Name


def _(text: str) -> str:
    return text


#: Everything a return policy can ask, in the order of the editor.
NAMES: Final[tuple[Name, ...]] = (
    Name("channel", "text", _("Code of the channel that sold it"), 'channel == "web-de"'),
    Name("country", "text", _("Country it comes back from, two letters"), 'country == "DE"'),
    Name("is_cross_border", "yes_no", _("It comes back over a customs border"), "is_cross_border"),
    Name("warehouse", "text", _("Code of the warehouse that shipped it"), 'warehouse == "RTM"'),
    Name("segment", "text", _("Segment of the customer"), 'segment == "VIP"'),
    Name("customer_tags", "texts", _("Tags of the customer"), '"no-returns" in customer_tags'),
    Name("order_count", "number", _("Orders of the customer so far"), "order_count >= 5"),
    Name("return_count", "number", _("Earlier returns of the customer"), "return_count > 3"),
    Name("kept_count", "number", _("Refunds without return so far"), "kept_count >= 2"),
    Name("risk_score", "number", _("Risk of abuse, 0 to 100"), "risk_score >= 70"),
    Name("order_day", "day", _("Day of the order"), 'order_day >= d"2026-11-15"'),
    Name("today", "day", _("Day of the request in the warehouse's zone"), 'today < d"2027-02-01"'),
    Name("days_since_delivery", "number", _("Days since delivery"), "days_since_delivery > 30"),
    Name(
        "discount_percent", "number", _("Discount on the order, percent"), "discount_percent >= 50"
    ),
    Name("total", "number", _("Value of what comes back, base currency"), "total > 500"),
    Name("unit_value", "number", _("Paid for one unit, base currency"), "unit_value < 10"),
    Name("item_count", "number", _("Units that come back"), "item_count > 5"),
    Name("is_full_return", "yes_no", _("The whole order comes back"), "is_full_return"),
    Name("product", "text", _("Code of the product"), 'product == "TEAPOT"'),
    Name("sku", "text", _("Code of the SKU"), 'sku in ["TEAPOT-RED"]'),
    Name("category", "text", _("Category of the product"), 'category == "Tea"'),
    Name("brand", "text", _("Brand of the product"), 'brand == "Mingjian"'),
    Name("sku_kind", "text", _("goods, virtual_kit or assembled_kit"), 'sku_kind == "goods"'),
    Name("shelf_life_days", "number", _("Shelf life in days, 0 without"), "shelf_life_days > 0"),
    Name("reason", "text", _("Code of the reason"), 'reason == "WRONG_ITEM"'),
    Name("reason_group", "text", _("Code of the reason's group"), 'reason_group == "DAMAGED"'),
    Name("fault", "text", _("Who caused it"), 'fault in ["seller", "carrier", "supplier"]'),
    Name("outcome", "text", _("What the customer wants"), 'outcome == "store_credit"'),
    Name("method", "text", _("Way back"), 'method in ["store", "drop_off"]'),
    Name("currency", "text", _("Currency of the order"), 'currency == "EUR"'),
)
LANGUAGE: Final = Language(NAMES)
