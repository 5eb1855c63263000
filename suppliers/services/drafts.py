"""What arrivals and receipts are asked to write."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineDraft:
    """Units of one SKU, by code, that a supplier announces."""

    sku_code: str
    qty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalDraft:
    """An arrival to announce. `reference` is the supplier's own number, unique per supplier."""

    supplier_code: str
    warehouse_code: str
    lines: tuple[LineDraft, ...] = ()
    reference: str = ""
    carrier: str = ""
    tracking: str = ""
    expected_on: dt.date | None = None
    ssccs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Units of one SKU that stand at the dock.

    `kind` is good, damaged, unlabelled (no lot or expiry can be read) or short_life. `approved_by`
    is the key of the supervisor who accepts a short-dated lot as good.
    """

    receipt_id: int
    sku_id: int
    qty: int
    kind: str = "good"
    lot_code: str = ""
    expires_on: dt.date | None = None
    approved_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAwayDraft:
    """Units to carry from a dock to a shelf."""

    from_bin_id: int
    to_bin_id: int
    sku_id: int
    qty: int
    lot_id: int | None = None
