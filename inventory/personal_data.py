"""Stock knows no people: these fields only sound as if it did."""

from __future__ import annotations

from core import pii

_PLACE = ("name", "name_zh", "city", "postcode", "line1", "line2", "phone")

pii.declare_many("inventory.Warehouse", dict.fromkeys(_PLACE, "none"))
for _model in ("WarehouseHoliday", "Zone"):
    pii.declare(f"inventory.{_model}", "name", "none")
for _model in ("Product", "Sku"):
    pii.declare_many(f"inventory.{_model}", {"name": "none", "name_zh": "none"})
