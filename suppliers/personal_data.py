"""What suppliers keep that only sounds personal: the name of a company."""

from __future__ import annotations

from core import pii

pii.declare_many("suppliers.Supplier", {"name": "none", "name_zh": "none"})
pii.declare_many("suppliers.SupplierLink", {"token_hash": "secret"})
pii.declare_many(
    "suppliers.SupplierContact", {"name": "name", "email": "contact", "phone": "contact"}
)
