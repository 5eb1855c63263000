"""What suppliers keep that only sounds personal: the name of a company."""

from __future__ import annotations

from core import erasing, pii

pii.declare_many("suppliers.Supplier", {"name": "none", "name_zh": "none"})
pii.declare_many("suppliers.SupplierLink", {"token_hash": "secret"})
pii.declare_many(
    "suppliers.SupplierContact", {"name": "name", "email": "contact", "phone": "contact"}
)

erasing.keep(
    "suppliers.SupplierContact",
    ["name", "email", "phone"],
    why="a supplier's people deal with us under contract; they are no customers",
)
