"""Who brings a SKU, how fast and in which packs: what a review reads of suppliers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import F

from core import settings_store
from planning.domain import review_settings
from planning.domain.replenishment import PriceBreak
from planning.domain.safety_stock import LeadTime, lead_time
from suppliers.domain import defaults
from suppliers.models import Asn, ListPrice, SupplierLeadTime, SupplierSku

#: Modes that bring goods in a hurry, and the others.
FAST_MODES = frozenset({"air", "express"})
#: Receipts of so many days tell how long a lane takes.
WINDOW_DAYS = 365
#: The spread of a lane nobody has measured, as a share of its agreed days. Source: design choice of
#: the project, the spread of the lanes its simulation protocol replays.
CLASS_SPREAD = 0.2
#: What a unit of unknown weight is taken for.
DEFAULT_WEIGHT_G = 1000


@dataclass(frozen=True, slots=True)
class Way:
    """One transport mode of a supplier: days from order to shelf."""

    mode: str
    lead: LeadTime


@dataclass(frozen=True, slots=True)
class Offer:
    """How the first-choice supplier sells a SKU. `fast` is `slow` where nothing is faster."""

    supplier_id: int
    name: str
    country: str
    currency: str
    moq_qty: int
    pack_qty: int
    slow: Way
    fast: Way
    breaks: tuple[PriceBreak, ...] = ()
    is_backup: bool = False


@dataclass(frozen=True, slots=True)
class Defaults:
    """Days and rates of the settings; money in the base currency, as plain numbers."""

    regular_days: int
    air_days: int
    air_rate: float
    sea_rate: float
    transfer_days: int
    transfer_rate: float
    transfer_cost: float

    def freight(self, mode: str, weight_g: int | None) -> float:
        """Return what bringing one unit by a mode costs."""
        rate = self.air_rate if mode in FAST_MODES else self.sea_rate
        return rate * (DEFAULT_WEIGHT_G if weight_g is None else weight_g) / 1000


def read_defaults() -> Defaults:
    """Return what the settings say."""

    def number(name: str) -> float:
        return float(str(settings_store.get(name)))

    return Defaults(
        regular_days=int(number(defaults.EXPECTED_DAYS)),
        air_days=int(number(review_settings.AIR_DAYS)),
        air_rate=number(review_settings.AIR_RATE),
        sea_rate=number(review_settings.SEA_RATE),
        transfer_days=int(number(review_settings.TRANSFER_DAYS)),
        transfer_rate=number(review_settings.TRANSFER_RATE),
        transfer_cost=number(review_settings.TRANSFER_COST),
    )


def offers(
    now: dt.datetime,
    known: Defaults,
    *,
    sku_ids: Collection[int] | None = None,
    interrupted: Collection[int] = frozenset(),
) -> dict[int, Offer]:
    """Return the offer of the first supplier of each SKU that can deliver. Four statements.

    A supplier whose supply is interrupted gives way to the next in rank (B-41); without any other
    it stays.
    """
    rows = SupplierSku.objects.filter(is_active=True, supplier__is_active=True)
    if sku_ids is not None:
        rows = rows.filter(sku_id__in=sku_ids)
    agreed: dict[int, dict[str, int]] = defaultdict(dict)
    for supplier_id, mode, days in SupplierLeadTime.objects.order_by("pk").values_list(
        "supplier_id", "mode", "agreed_days"
    ):
        agreed[supplier_id][mode] = days
    measured = _measured(now)
    chosen: dict[int, tuple[bool, SupplierSku]] = {}
    for row in rows.select_related("supplier").order_by("sku_id", "rank", "pk"):
        kept = chosen.get(row.sku_id)
        if kept is None:
            chosen[row.sku_id] = (False, row)
        elif kept[1].supplier_id in interrupted and row.supplier_id not in interrupted:
            chosen[row.sku_id] = (True, row)
    breaks = _breaks([row.pk for _backup, row in chosen.values()], now.date())
    ways: dict[tuple[int, int | None], tuple[Way, Way]] = {}
    found: dict[int, Offer] = {}
    for sku_id, (is_backup, row) in chosen.items():
        key = (row.supplier_id, row.lead_days)
        if key not in ways:
            ways[key] = _ways(agreed[row.supplier_id], row.lead_days, known, measured, key[0])
        found[sku_id] = Offer(
            supplier_id=row.supplier_id,
            name=row.supplier.name,
            country=row.supplier.country,
            currency=row.currency,
            moq_qty=row.moq_qty,
            pack_qty=row.multiple_qty,
            slow=ways[key][0],
            fast=ways[key][1],
            breaks=tuple(breaks.get(row.pk, ())),
            is_backup=is_backup,
        )
    return found


def _ways(
    agreed: Mapping[str, int],
    own_days: int | None,
    known: Defaults,
    measured: Mapping[tuple[int, str], list[int]],
    supplier_id: int,
) -> tuple[Way, Way]:
    """Return the regular and the fastest way: agreed days, drawn to what receipts took."""
    slow = {mode: days for mode, days in agreed.items() if mode not in FAST_MODES}
    fast = {mode: days for mode, days in agreed.items() if mode in FAST_MODES}
    if not slow and not fast:
        fast = {"air": known.air_days}
    mode = min(slow, key=lambda one: (slow[one], one)) if slow else "sea"
    days = own_days or slow.get(mode) or (max(fast.values()) if agreed else known.regular_days)
    regular = Way(mode, _lead(measured.get((supplier_id, mode), ()), days))
    if not slow and agreed:
        only = max(fast, key=lambda one: (fast[one], one))
        regular = Way(only, _lead(measured.get((supplier_id, only), ()), days))
    quick = [
        Way(one, _lead(measured.get((supplier_id, one), ()), fast[one])) for one in sorted(fast)
    ]
    quick = [way for way in quick if way.lead.mean_days < regular.lead.mean_days]
    return regular, min(quick, key=lambda way: way.lead.mean_days, default=regular)


def _lead(own: Collection[int], days: float) -> LeadTime:
    return lead_time(list(own), float(days), (CLASS_SPREAD * days) ** 2)


def _measured(now: dt.datetime) -> dict[tuple[int, str], list[int]]:
    """Return by supplier and mode the days from sending an order to its first arrival."""
    rows = Asn.objects.filter(
        arrived_at__gte=now - dt.timedelta(days=WINDOW_DAYS),
        arrived_at__lte=now,
        purchase_order__sent_at__lte=F("arrived_at"),
    ).order_by("arrived_at", "pk")
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    seen: set[int] = set()
    for order_id, supplier_id, mode, sent_at, arrived_at in rows.values_list(
        "purchase_order_id",
        "purchase_order__supplier_id",
        "purchase_order__mode",
        "purchase_order__sent_at",
        "arrived_at",
    ):
        if order_id in seen or sent_at is None or arrived_at is None:
            continue
        seen.add(order_id)
        found[supplier_id, mode].append((arrived_at.date() - sent_at.date()).days)
    return found


def _breaks(goods_ids: Collection[int], on: dt.date) -> dict[int, list[PriceBreak]]:
    """Return the breaks of the newest list of each supplier's SKU, in the list's currency."""
    rows = ListPrice.objects.valid_on(on).filter(supplier_sku__is_active=True)
    wanted = set(goods_ids)
    newest: dict[int, dt.date] = {}
    found: dict[int, list[PriceBreak]] = defaultdict(list)
    for goods, valid_from, least, price in rows.order_by(
        "supplier_sku_id", "-valid_from", "min_qty"
    ).values_list("supplier_sku_id", "valid_from", "min_qty", "unit_price"):
        if goods in wanted and newest.setdefault(goods, valid_from) == valid_from:
            found[goods].append(PriceBreak(least, float(price)))
    return found
