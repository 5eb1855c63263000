"""Drafts of master data: what a file, a form or the demo wants a SKU or a place to be.

None means: leave it as it is (for a new row: the model's default).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class BarcodeDraft:
    """A printed code of a SKU; a case code stands for several units."""

    code: str
    kind: str = "ean"
    units_per_scan: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagingDraft:
    """The room inside a box, mailer, tissue or bag, and what it carries. None leaves as it is.

    A new one needs its three inner sides and the weight it carries.
    """

    kind: str | None = None
    inner_length_mm: int | None = None
    inner_width_mm: int | None = None
    inner_height_mm: int | None = None
    padding_mm: int | None = None
    max_weight_g: int | None = None

    def values(self) -> dict[str, Any]:
        """Return the columns this draft says something about."""
        return _given(self, set())


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuDraft:
    """A SKU by code. `product_code` names (and when new, creates) its product.

    `barcodes` are added to those it has; weights in grams, measures in millimetres of one unit.
    """

    code: str
    name: str | None = None
    name_zh: str | None = None
    kind: str | None = None
    product_code: str | None = None
    category: str | None = None
    brand: str | None = None
    barcodes: tuple[BarcodeDraft, ...] = ()
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    hs_code: str | None = None
    origin_country: str | None = None
    customs_text: str | None = None
    customs_value: Decimal | None = None
    hazard: str | None = None
    climate: str | None = None
    battery: str | None = None
    this_side_up: bool | None = None
    no_stack: bool | None = None
    own_box: bool | None = None
    fragile: bool | None = None
    lot_tracked: bool | None = None
    shelf_life_days: int | None = None
    default_cost: Decimal | None = None
    currency: str | None = None
    list_price: Decimal | None = None
    image_key: str | None = None
    archived: bool | None = None
    packaging: PackagingDraft | None = None

    def values(self) -> dict[str, Any]:
        """Return the SKU's columns this draft says something about, its code left out."""
        return _given(self, {"code", "product_code", "category", "brand", "barcodes", "packaging"})


@dataclass(frozen=True, slots=True)
class BomLineDraft:
    """A component of a kit. `price_share` None: shares follow list prices, else units."""

    component_code: str
    qty: int
    price_share: Decimal | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseDraft:
    """A warehouse by code. `cutoff_time` is local to `timezone` (IANA name)."""

    code: str
    name: str | None = None
    name_zh: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    postcode: str | None = None
    line1: str | None = None
    line2: str | None = None
    phone: str | None = None
    lat: Decimal | None = None
    lon: Decimal | None = None
    timezone: str | None = None
    kind: str | None = None
    is_active: bool | None = None
    cutoff_time: dt.time | None = None
    processing_days: int | None = None
    workdays: str | None = None
    priority: int | None = None
    currency: str | None = None
    daily_capacity: int | None = None
    handling_cost: Decimal | None = None
    holidays: tuple[dt.date, ...] = ()

    def values(self) -> dict[str, Any]:
        """Return the warehouse's columns this draft says something about, its code left out."""
        return _given(self, {"code", "holidays"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BinDraft:
    """A bin by code; `zone_code` names (and when new, creates) its zone.

    A new bin is of kind pick unless said; pick and bulk bins are pickable, others are not.
    """

    code: str
    zone_code: str | None = None
    kind: str | None = None
    pick_sequence: int | None = None
    is_pickable: bool | None = None
    is_active: bool | None = None

    def values(self) -> dict[str, Any]:
        """Return the bin's columns this draft says something about, code and zone left out."""
        return _given(self, {"code", "zone_code"})


def _given(draft: Any, without: set[str]) -> dict[str, Any]:
    named = {field.name: getattr(draft, field.name) for field in fields(draft)}
    return {
        name: value for name, value in named.items() if value is not None and name not in without
    }
