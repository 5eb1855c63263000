"""Boxes of the catalogue, and SKUs with measures and handling."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from inventory.models import PackagingSpec, Sku


def box(code: str, *inner_mm: int, cost: str = "0.50", tare_g: int = 100, **spec: Any) -> Sku:
    """Return a box with walls of 5 mm around `inner_mm` (length, width, height)."""
    length, width, height = inner_mm
    sku, _made = Sku.objects.get_or_create(
        code=code,
        defaults={
            "name": code,
            "kind": "packaging",
            "weight_g": tare_g,
            "length_mm": length + 10,
            "width_mm": width + 10,
            "height_mm": height + 10,
            "default_cost": Decimal(cost),
            "currency": "USD",
        },
    )
    PackagingSpec.objects.get_or_create(
        sku=sku,
        defaults={
            "inner_length_mm": length,
            "inner_width_mm": width,
            "inner_height_mm": height,
            "max_weight_g": 20_000,
            **spec,
        },
    )
    return sku


def measure(code: str, *size_mm: int, weight_g: int | None = None, **flags: bool) -> Sku:
    """Give a known SKU its size in mm, and its handling flags."""
    sku = Sku.objects.get(code=code)
    sku.length_mm, sku.width_mm, sku.height_mm = size_mm
    if weight_g is not None:
        sku.weight_g = weight_g
    for name, value in flags.items():
        setattr(sku, name, value)
    sku.save()
    return sku
