"""What arrivals and receipts are asked to write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineDraft:
    """Units of one SKU, by code, that a supplier announces, of a line of its purchase order."""

    sku_code: str
    qty: int
    purchase_line_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalDraft:
    """An arrival to announce. `reference` is the supplier's own number, unique per supplier.

    With an order, each line names its purchase line: `announcing` and `supplier_shipments` see
    to that, and to what of the order is still to come.
    """

    supplier_code: str
    warehouse_code: str
    lines: tuple[LineDraft, ...] = ()
    reference: str = ""
    carrier: str = ""
    tracking: str = ""
    expected_on: dt.date | None = None
    ssccs: tuple[str, ...] = ()
    purchase_order_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderArrivalDraft:
    """Units by purchase line that come of one order. See `ArrivalDraft` for the rest."""

    order_id: int
    units: Mapping[int, int]
    expected_on: dt.date | None = None
    reference: str = ""
    carrier: str = ""
    tracking: str = ""


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
