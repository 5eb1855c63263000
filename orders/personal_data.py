"""Which fields of orders are personal, and of which kind."""

from __future__ import annotations

from core import pii

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
pii.declare("orders.CarrierHoliday", "name", "none")
pii.declare("orders.DestinationRule", "postcode_prefix", "none")
pii.declare("orders.SetAsideLine", "raw", "free_text")
pii.declare("orders.SubstitutionProposal", "token_hash", "secret")
