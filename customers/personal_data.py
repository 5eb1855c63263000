"""Which fields of customers are personal, and of which kind."""

from __future__ import annotations

from core import pii

pii.declare_many(
    "customers.Customer",
    {
        "name": "name",
        "country": "name",
        "email": "contact",
        "email_norm": "contact",
        "phone": "contact",
    },
)
pii.declare_many(
    "customers.CustomerAddress",
    {
        "name": "name",
        "company": "name",
        "city": "name",
        "country": "name",
        "line1": "contact",
        "line2": "contact",
        "region": "contact",
        "postcode": "contact",
        "phone": "contact",
    },
)
