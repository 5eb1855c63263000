"""Which fields of customers are personal, and of which kind."""

from __future__ import annotations

from core import erasing, pii

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
pii.declare_many(
    "customers.Feedback", {"words": "free_text", "country": "none", "token_hash": "secret"}
)
pii.declare("customers.NotificationChoice", "address_hash", "secret")

_OWN = {"customer_id": "customer"}
erasing.part("customer", "customers.Customer", of={"email_norm": "@email"})
erasing.part("customer", "customers.Customer", of={"merged_into_id": "customer"})
erasing.wipe(
    "customers.Customer",
    ["name", "email", "email_norm", "phone", "tags"],
    of={"pk": "customer"},
)
erasing.keep("customers.Customer", ["country"], why="a country names nobody; figures need it")
erasing.remove("customers.CustomerAddress", of=_OWN)
# Without the channel's id a later import makes a new customer instead of filling the erased one.
erasing.remove("customers.CustomerExternalId", of=_OWN)

pii.declare_many("customers.PortalAccount", {"email": "contact", "email_norm": "contact"})
pii.declare_many(
    "customers.SignInLink",
    {"email": "contact", "email_norm": "contact", "token_hash": "secret"},
)
pii.declare("customers.PortalSession", "token_hash", "secret")
erasing.part("account", "customers.PortalAccount", of={"email_norm": "@email"})
erasing.remove("customers.SignInLink", of={"email_norm": "@email"})
# The sessions go with the account.
erasing.remove("customers.PortalAccount", of={"pk": "account"})
erasing.wipe("customers.Feedback", ["words"], of={"customer_id": "customer", "order_key": "order:"})
