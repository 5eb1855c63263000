"""Which fields of orders are personal, and of which kind."""

from __future__ import annotations

from core import erasing, pii

pii.declare_many(
    "orders.Order",
    {
        "ship_name": "name",
        "name_norm": "name",
        "ship_company": "name",
        "ship_city": "name",
        "ship_country": "name",
        "ship_line1": "contact",
        "ship_line2": "contact",
        "ship_region": "contact",
        "ship_postcode": "contact",
        "ship_phone": "contact",
        "email": "contact",
        "gift_message": "free_text",
        "note": "free_text",
    },
)
pii.declare_many(
    "orders.Subscription",
    {
        "ship_name": "name",
        "ship_company": "name",
        "ship_city": "name",
        "ship_country": "name",
        "ship_line1": "contact",
        "ship_line2": "contact",
        "ship_region": "contact",
        "ship_postcode": "contact",
        "ship_phone": "contact",
        "email": "contact",
    },
)
pii.declare("orders.Channel", "name", "none")
pii.declare("orders.Channel", "brand_name", "none")
pii.declare("orders.CarrierHoliday", "name", "none")
pii.declare("orders.DestinationRule", "postcode_prefix", "none")
pii.declare("orders.SetAsideLine", "raw", "free_text")
pii.declare("orders.SubstitutionProposal", "token_hash", "secret")

_WHERE = [
    "ship_name",
    "ship_company",
    "ship_city",
    "ship_line1",
    "ship_line2",
    "ship_region",
    "ship_postcode",
    "ship_phone",
    "email",
]
erasing.part("order", "orders.Order", of={"customer_id": "customer", "email": "@email"})
erasing.part("shipment", "orders.Shipment", of={"order_id": "order"})
erasing.part(
    "subscription", "orders.Subscription", of={"customer_id": "customer", "email": "@email"}
)
erasing.wipe("orders.Order", [*_WHERE, "name_norm", "gift_message", "note"], of={"pk": "order"})
erasing.wipe("orders.Subscription", _WHERE, of={"pk": "subscription"})
for _model in ("Order", "Subscription"):
    erasing.keep(
        f"orders.{_model}", ["ship_country"], why="a country names nobody; tax figures need it"
    )
erasing.wipe("orders.OrderHold", ["note"], of={"order_id": "order"})
erasing.sweep("orders.SetAsideLine", ["raw"])
