"""What of a person other apps still need, and what a copy of their data shows; see wiring.py."""

from __future__ import annotations

# `f(subject: core.erasing.Subject) -> list[Block]`: what still needs a person's data.
ERASURE_BLOCKS: tuple[str, ...] = (
    "orders.services.erasure_blocks.blocks",
    "returns.services.erasure_blocks.blocks",
    "returns.services.erasure_blocks.money_blocks",
)

# Rows of a person that no rule of erasure touches, and that a copy of their data shows too.
PERSONAL_COPY: dict[str, dict[str, str]] = {
    "orders.OrderLine": {"order_id": "order"},
    "orders.Payment": {"order_id": "order"},
    "orders.RefundDue": {"order_id": "order"},
    "returns.Refund": {"order_id": "order"},
    "returns.StoreCreditAccount": {"customer_id": "customer"},
    "shipping.ParcelItem": {"parcel_id": "parcel"},
}

# Columns that a copy leaves out: what our people noted for themselves.
PERSONAL_COPY_WITHOUT: dict[str, tuple[str, ...]] = {
    "orders.Order": ("note",),
    "orders.OrderHold": ("note",),
    "customers.Customer": ("tags", "segment"),
}
