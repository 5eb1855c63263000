"""What the placement of SKUs is computed from: regions of customers, forecasts, stock, costs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Sum

from core import settings_store
from core.services import rates
from inventory.models import Sku, Warehouse
from orders.domain import geo
from planning.domain import placement_settings as own
from planning.domain import review_settings
from planning.domain.placement import Costs, Goods, Here, Placement, Site, place
from planning.models import CoverStatus, DemandHistory, Proposal

#: Days of history that the regions are counted over (26 weeks).
DAYS: Final = 182
#: Days from one order to the next where the review knows none.
CYCLE_DAYS: Final = 42.0


@dataclass(frozen=True)
class Suggestions:
    """Placements by SKU id, the warehouses' codes, and transfers that wait as proposals.

    `proposals` is {(SKU id, from warehouse id, to warehouse id): proposal id}.
    """

    by_sku: Mapping[int, Placement]
    codes: Mapping[int, str]
    proposals: Mapping[tuple[int, int, int], int]


def read_costs() -> Costs:
    """Return what the settings say, in the base currency."""

    def number(name: str) -> float:
        return float(str(settings_store.get(name)))

    return Costs(
        zone_step=number(own.ZONE_COST),
        zone_step_kg=number(own.ZONE_RATE),
        abroad=number(own.ABROAD_COST),
        hold_share=number(own.HOLD_PERCENT) / 100,
        site_month=number(own.SITE_COST),
        move_fixed=number(review_settings.TRANSFER_COST),
        move_kg=number(review_settings.TRANSFER_RATE),
        move_days=number(review_settings.TRANSFER_DAYS),
    )


def placements(sku_ids: Collection[int], *, today: dt.date) -> Suggestions:
    """Return the placement of these SKUs over the warehouses of the newest review.

    Demand is the cleaned one of the 182 days before `today`, at the region of the customer, so
    that days out of stock and odd days weigh nothing. Five statements whatever the SKUs.
    """
    wanted = sorted(set(sku_ids))
    sites = _sites()
    covers = _covers(wanted, sites)
    asked = _asked(wanted, today)
    facts = _goods(wanted, covers, today)
    costs = read_costs()
    found = {
        sku_id: place(
            [_here(sites[row.warehouse_id], row, asked) for row in rows],
            facts[sku_id],
            costs,
            _distance,
            DAYS,
        )
        for sku_id, rows in covers.items()
    }
    codes = dict(Warehouse.objects.order_by("pk").values_list("pk", "code"))
    return Suggestions(found, codes, _proposals(wanted))


def _sites() -> dict[int, Site]:
    """Return the warehouses that are in use and hold goods to sell."""
    rows = Warehouse.objects.filter(is_active=True).exclude(kind__in=("transit", "returns"))
    return {
        pk: Site(pk, country, _degrees(lat), _degrees(lon))
        for pk, country, lat, lon in rows.order_by("pk").values_list("pk", "country", "lat", "lon")
    }


def _degrees(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _covers(wanted: list[int], sites: Mapping[int, Site]) -> dict[int, list[CoverStatus]]:
    rows = CoverStatus.objects.filter(sku_id__in=wanted, warehouse_id__in=sites)
    found: dict[int, list[CoverStatus]] = defaultdict(list)
    for row in rows.order_by("sku_id", "warehouse_id"):
        found[row.sku_id].append(row)
    return found


def _asked(wanted: list[int], today: dt.date) -> dict[tuple[int, int], float]:
    rows = (
        DemandHistory.objects.filter(
            sku_id__in=wanted, on__gte=today - dt.timedelta(days=DAYS), on__lt=today
        )
        .order_by()
        .values_list("sku_id", "warehouse_id")
        .annotate(units=Sum("cleaned_qty"))
    )
    return {(sku_id, place_id): float(units) for sku_id, place_id, units in rows}


def _here(site: Site, row: CoverStatus, asked: Mapping[tuple[int, int], float]) -> Here:
    return Here(
        site=site,
        asked=asked.get((row.sku_id, row.warehouse_id), 0.0),
        daily=row.daily_qty,
        stock=max(row.sellable_qty, 0) + row.inbound_qty,
        movable=max(row.sellable_qty - row.buffer_qty, 0),
    )


def _goods(
    wanted: list[int], covers: Mapping[int, list[CoverStatus]], today: dt.date
) -> dict[int, Goods]:
    rows = Sku.objects.filter(pk__in=wanted).order_by("pk")
    worth: dict[str, float] = {}
    return {
        pk: Goods(
            unit_cost=_unit_cost(covers.get(pk, ()), cost, currency, worth, today),
            weight_kg=(weight or 0) / 1_000,
            case_qty=max([1, *(_number(row.terms, "pack") for row in covers.get(pk, ()))]),
            cycle_days=max((_cycle(row.terms) for row in covers.get(pk, ())), default=CYCLE_DAYS),
        )
        for pk, weight, cost, currency in rows.values_list(
            "pk", "weight_g", "default_cost", "currency"
        )
    }


def _number(terms: Mapping[str, Any], name: str) -> int:
    found = terms.get(name)
    return int(found) if isinstance(found, int | float) else 0


def _cycle(terms: Mapping[str, Any]) -> float:
    days = _number(terms, "lead_days") + _number(terms, "review_days")
    return float(days) if days else CYCLE_DAYS


def _unit_cost(
    rows: Collection[CoverStatus],
    default: Decimal | None,
    currency: str,
    worth: dict[str, float],
    today: dt.date,
) -> float:
    """Return the value of a unit in the base currency: as it lies, else as listed, else 0."""
    units = sum(row.on_hand_qty for row in rows if row.stock_value_amount > 0)
    if units > 0:
        return float(sum(row.stock_value_amount for row in rows)) / units
    if default is None:
        return 0.0
    if currency not in worth:
        worth[currency] = _rate(currency, today)
    return float(default) * worth[currency]


def _rate(currency: str, today: dt.date) -> float:
    if currency in ("", rates.base_currency()):
        return 1.0
    try:
        return float(rates.rate_on(currency, today))
    except rates.RateUnknown:
        return 0.0


def _distance(one: Site, other: Site) -> float | None:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return float(geo.distance_km((one.lat, one.lon), (other.lat, other.lon)))


def _proposals(wanted: list[int]) -> dict[tuple[int, int, int], int]:
    rows = Proposal.objects.waiting().filter(
        sku_id__in=wanted, source_kind="transfer", from_warehouse__isnull=False
    )
    return {
        (sku_id, source, goal): pk
        for sku_id, source, goal, pk in rows.order_by("pk").values_list(
            "sku_id", "from_warehouse_id", "warehouse_id", "pk"
        )
    }
