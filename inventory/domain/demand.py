"""What callers ask of stock, as plain values: quantities are whole units of the SKU."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from inventory.domain.places import CUSTOMER


@dataclass(frozen=True, slots=True)
class Demand:
    """Units of one SKU in one warehouse to be promised to one owner.

    `usable_until`: the last day (inclusive) on which each unit must still be usable. A lower
    `priority` goes first. `expires_at` (aware UTC): when the promise lapses by itself.
    """

    owner_key: str
    warehouse_id: int
    sku_id: int
    qty: int
    usable_until: dt.date | None = None
    purpose: str = "ORDER"
    priority: int = 5
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Demands that are promised together or not at all, under one event key."""

    event_key: str
    demands: Sequence[Demand]


@dataclass(frozen=True, slots=True)
class PickWant:
    """Units of a promise that a wave wants to find bins for."""

    owner_key: str
    warehouse_id: int
    sku_id: int
    qty: int
    usable_until: dt.date | None = None
    one_lot_preferred: bool = True


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A pending promise that the stock no longer covers, and by how many units."""

    owner_key: str
    warehouse_id: int
    sku_id: int
    short_qty: int


@dataclass(frozen=True, slots=True)
class BinTake:
    """Units of a want that lie free in one bin. Planned only: `hold_bins` claims them."""

    owner_key: str
    bin_stock_id: int
    bin_id: int
    lot_id: int | None
    warehouse_id: int
    sku_id: int
    qty: int


@dataclass(frozen=True, slots=True)
class DispatchLine:
    """Units of a promise that leave a tote, station or dock with a parcel.

    `to_bin_id`, a virtual bin, is where they go: to the customer, unless a transfer ships them, a
    kit takes them in, or they are thrown away.
    """

    owner_key: str
    warehouse_id: int
    sku_id: int
    lot_id: int | None
    qty: int
    from_bin_id: int
    to_bin_id: int = CUSTOMER
